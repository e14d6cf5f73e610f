"""Databases for tests: each test gets its own, copied from one that was migrated (and filled) once.

A test that asks for `database` runs on both engines, unless `@pytest.mark.on` names those it is about.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import ENGINES, FileMaker, Maker, ServerMaker
from tests.processes import Premises
from tools.postgres import PostgresServer
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

MakeUrl = Callable[[str], str]
SoakFigure = Callable[[str, str, str], None]
SoakSize = Callable[[int], int]


def pytest_configure() -> None:
    """Programs that tests start can be stopped by Ctrl+C, also where the tests themselves run in the background.

    A shell lets what it starts there ignore it, and so would everything that is started from it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database once an engine."""
    if "engine" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("on")
        metafunc.parametrize("engine", marker.args if marker else ENGINES, scope="session")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> FileMaker:
    return FileMaker(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def migrated_file(files: FileMaker) -> Path:
    return files.template("migrated")


@pytest.fixture(scope="session")
def released_file(files: FileMaker) -> Path:
    return files.template("released")


@pytest.fixture(scope="session")
def picked_file(files: FileMaker) -> Path:
    return files.template("picked")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of this test process, started when a test first asks for it."""
    if sys.platform == "win32":
        pytest.skip("the server is kept by a shell script")
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_maker(postgres: PostgresServer) -> ServerMaker:
    return ServerMaker(postgres)


@pytest.fixture(scope="session")
def maker(engine: str, request: pytest.FixtureRequest) -> Maker:
    """Makes databases of the engine that this test runs on."""
    found: Maker = request.getfixturevalue("files" if engine == "sqlite" else "postgres_maker")
    return found


@pytest.fixture
def make_url(maker: Maker, tmp_path: Path) -> Iterator[MakeUrl]:
    """Makes a fresh database of this engine from the template of this name, for this test only."""
    made: list[str] = []

    def make(template: str) -> str:
        made.append(maker.make(template, tmp_path))
        return made[-1]

    yield make
    for url in made:
        maker.drop(url)


@pytest.fixture
def make_database(make_url: MakeUrl) -> Iterator[Callable[[str], Database]]:
    """Opens such a fresh database."""
    opened: list[Database] = []

    def make(template: str) -> Database:
        opened.append(Database(open_database(make_url(template))))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def database(make_database: Callable[[str], Database]) -> Database:
    """An empty database with all tables and no warehouse yet."""
    return make_database("migrated")


@pytest.fixture
def sample_database(make_database: Callable[[str], Database]) -> Database:
    """The sample warehouse with stock on its shelves and the week's orders imported, nothing reserved yet."""
    return make_database("sample")


@pytest.fixture
def sample_premises(make_url: MakeUrl, tmp_path: Path) -> Premises:
    """The released sample for processes of our own program, with an empty station's folder."""
    return Premises(make_url("released"), tmp_path / "home")


@pytest.fixture
def soak_figure() -> SoakFigure:
    """Keeps what a long test ran and what came out under the row of the table that it belongs to.

    `make soak` makes docs/reliability.md's table of these; a test that fails before keeps nothing.
    """
    kept_in = os.environ.get("WAREHOUSE_SOAK_FIGURES", "")

    def keep(row: str, did: str, outcome: str) -> None:
        if kept_in:
            with Path(kept_in).open("a") as file:
                file.write(json.dumps({"row": row, "did": did, "outcome": outcome}) + "\n")

    return keep


@pytest.fixture
def soak_size() -> SoakSize:
    """Scales the size of a long test for a trial: WAREHOUSE_SOAK_SCALE=0.01 makes 500 of 50,000, and at least 1."""
    scale = float(os.environ.get("WAREHOUSE_SOAK_SCALE", "1"))
    return lambda size: max(1, round(size * scale))
