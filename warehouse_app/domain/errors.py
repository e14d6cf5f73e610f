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


class ServerUnproven(WarehouseError):
    """The URL leads to another computer, and does not ask for proof of who that is."""

    message = mark(
        "{server} is another computer, and by this URL everything would go to whoever answers there (sslmode is"
        " {sslmode}). Nothing was sent. Add sslmode=verify-full&sslrootcert=FILE to the URL, behind a ? or an &; FILE"
        " is the certificate of the authority that signed the server's, often called ca.crt. docs/team.md says how to"
        " make both."
    )


class ServiceInUrl(WarehouseError):
    """The URL names an entry of a service file, which could lead anywhere."""

    message = mark(
        "A URL with service={service} does not tell where it leads. Name the server and the database in the URL, or put"
        " PGSERVICE={service} into the environment."
    )


class NoAuthority(StoreUnavailable):
    """The file by which a server's certificate is checked is not there."""

    message = mark(
        "The certificate that signed the database server's is missing: {file}. Copy the authority's ca.crt to this"
        " computer and name it in the URL: sslrootcert=FILE. Your scans are kept."
    )


class ServerNotTrusted(StoreUnavailable):
    """Somebody answers at the server's address who cannot prove to be the server."""

    message = mark(
        "Whoever answers at {server} cannot prove to be the database server ({reason}). Nothing was sent; your scans"
        " are kept. Compare sslrootcert in the URL with the authority that signed the server's certificate, and the"
        " host in the URL with the name in that certificate."
    )


class ServerSpeaksPlainly(StoreUnavailable):
    """The server has no certificate, or its encryption is switched off."""

    message = mark(
        "The database server at {server} does not encrypt. Nothing was sent; your scans are kept. Give the server a"
        " certificate and switch ssl on, as docs/team.md says."
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


class DatabaseIsNewer(DatabaseNotReady):
    """A later release made the tables. It has only added to them, so that stations of this one go on."""

    message = mark("The database is of a newer release ({revision}; this program knows {head}). Install that one.")


class NoWarehouse(WarehouseError):
    """Nothing has been set up in this database."""

    message = mark("This database holds no warehouse yet. Run: warehouse-app sample, or import locations first.")
