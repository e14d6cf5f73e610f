"""What a command is given: the database and the station's folder, opened when they are first used."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from warehouse_app.cli.output import Output
from warehouse_app.operations.import_orders import Readers

Database = Any
"""The shared database; commands only hand it on to operations."""


@dataclass
class Context:
    """The objects a command works with; made by the program's entry."""

    home: Path
    output: Output
    readers: Readers
    program: tuple[str, ...]
    """How to start this program again on the same database, for child processes."""
    database_url: str
    database_is_named: bool
    """Whether a person named the shared database; else it is the one in the user's data folder."""
    open_database: Callable[[], Database]
    open_at: Callable[[str], Database]
    """The shared database of another URL, in whatever state."""
    require_ready: Callable[[Database], None]
    """Raises DatabaseNotReady; an embedded database that does not exist yet is made."""
    run_errands: Callable[..., Any]
    """The errands service with the carriers that this database knows; see errands.loop."""
    virtual_devices: Callable[..., Any]
    """Virtual devices of these kinds, a context manager; see devices.virtual_set."""
    fresh_sample_database: Callable[[], Database]
    """An empty, migrated database in place of an earlier sample. Raises NotEmpty for one that is in use."""

    @cached_property
    def database(self) -> Database:
        """The shared database with the tables of this release. Raises DatabaseNotReady, StoreUnavailable."""
        self.require_ready(self.any_database)
        return self.any_database

    @cached_property
    def any_database(self) -> Database:
        """The shared database in whatever state."""
        return self.open_database()

    def close(self) -> None:
        """Take leave of the database, if one was opened; a server notes down everybody who goes without a word."""
        if "any_database" in self.__dict__:
            self.any_database.close()


Run = Callable[[Context, Namespace], int]
