"""What can go wrong for the person at the screen. Everything else is a bug."""

from typing import ClassVar

from warehouse_app.language import mark


class WarehouseError(Exception):
    """An error that a person can act on: a translatable template and the values that fill it."""

    message: ClassVar[str] = ""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.message.format(**values))


class StoreUnavailable(WarehouseError):
    """The shared database cannot be reached, or stayed busy for too long."""

    message = mark("The shared database does not answer ({reason}). Your scans are kept; try again in a moment.")


class ServerAway(StoreUnavailable):
    """Nobody answers at the server's address, or the server takes no connections now."""

    message = mark(
        "The shared database at {server} does not answer ({reason}). Check that the server runs and that the network"
        " reaches it; your scans are kept."
    )


class WrongPassword(StoreUnavailable):
    """The server does not let this user in."""

    message = mark(
        "The database server at {server} does not let {user} in ({reason}). Correct user and password in --database or"
        " WAREHOUSE_DATABASE; a password with special characters is percent-encoded there."
    )


class NoSuchDatabase(StoreUnavailable):
    """The server runs, but has no database of this name."""

    message = mark(
        "The server at {server} has no database {database}. Correct the name, or create it on the server: createdb"
        " --owner={user} --encoding=UTF8 --template=template0 {database}"
    )


class ServerTooOld(StoreUnavailable):
    """A release of PostgreSQL that lacks what is used here."""

    message = mark("The database server runs PostgreSQL {release}; {oldest} or newer is needed. Upgrade the server.")


class TextsNotUnicode(StoreUnavailable):
    """The database was created for the letters of a few languages only."""

    message = mark(
        "The database {database} keeps texts as {encoding}, which cannot hold every name. Create it again: createdb"
        " --encoding=UTF8 --template=template0 {database}"
    )


class UnusableValue(WarehouseError):
    """A text or a number that no database can hold."""

    message = mark("This cannot be stored: {reason}. Correct what was entered.")


class StockChanged(WarehouseError):
    """Somebody else changed the same stock; the decision was not made."""

    message = mark("The stock changed while this was decided ({reason}). Try again.")


class NotFound(WarehouseError):
    """A name that a person gave is not known."""

    message = mark("There is no {thing} called {name}. Check the spelling.")


class WrongState(WarehouseError):
    """The thing exists, but this cannot be done to it now."""

    message = mark("{name} is {state}: {remedy}")


class BadFile(WarehouseError):
    """A file that cannot be read at all."""

    message = mark("{file} cannot be read: {reason}")


class Interrupted(WarehouseError):
    """A person ended a long piece of work; what it says is how far it came, and that this stays."""


class DatabaseNotReady(WarehouseError):
    """The database has no tables yet, or those of another release."""

    message = mark("The database is at revision {revision}, this program needs {head}. Run: warehouse-app db upgrade")


class NoWarehouse(WarehouseError):
    """Nothing has been set up in this database."""

    message = mark("This database holds no warehouse yet. Run: warehouse-app sample, or import locations first.")
