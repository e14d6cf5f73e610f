"""A built house on which one story after the other is played, each beginning with the house as it was built."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from tests.databases import Maker
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.tables.base import metadata

Build = Callable[[Database], None]


class Stage:
    """A database that starts over for each story. The engines stay, for compiling their statements takes longest."""

    def __init__(self, maker: Maker, folder: Path, build: Build, *, people: int = 1) -> None:
        """Everybody on it has connections of his own."""
        self._maker = maker
        self._url = maker.make("migrated", folder)
        self.people = tuple(Database(open_database(self._url)) for _ in range(people))
        build(self.people[0])
        self._on_server = self.people[0].engine.dialect.name == "postgresql"
        if self._on_server:
            self._keep_rows()
        else:
            self._give_back_connections()
            self._built = maker.copy(self._url, folder)

    def start_over(self) -> None:
        """The house as it was built."""
        if self._on_server:
            self._bring_rows_back()
        else:
            self._give_back_connections()
            self._maker.replace(self._url, self._built)

    def close(self) -> None:
        """Nobody needs it any more."""
        self._give_back_connections()
        self._maker.drop(self._url)

    def _give_back_connections(self) -> None:
        for database in self.people:
            database.close()

    def _keep_rows(self) -> None:
        """A server takes a tenth of a second to copy a database, and connections would have to be made anew."""
        copies = [f"CREATE TABLE built.{name} AS TABLE public.{name}" for name in metadata.tables]
        with self.people[0].engine.begin() as connection:
            connection.execute(text("; ".join(("CREATE SCHEMA built", *copies))))

    def _bring_rows_back(self) -> None:
        """Behind the back of the guards that let nobody remove moves."""
        swaps = [f"DELETE FROM {name}; INSERT INTO {name} TABLE built.{name}" for name in metadata.tables]  # noqa: S608
        guards = "SET LOCAL session_replication_role = replica"
        with self.people[0].engine.begin() as connection:
            connection.execute(text("; ".join((guards, *swaps))))


@contextmanager
def on_stage(maker: Maker, folder: Path, build: Build, *, people: int = 1) -> Iterator[Stage]:
    """A stage that is taken down in the end."""
    stage = Stage(maker, folder, build, people=people)
    try:
        yield stage
    finally:
        stage.close()
