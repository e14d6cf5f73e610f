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
