"""The station's copy of the reference data, so that it can work without the shared database.

It lies in tables of the station's file and is looked up there: a station of a hundred thousand products starts as fast
as one of a hundred, and holds as little in memory.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from threading import Lock
from typing import Any, TypeVar

from warehouse_app.domain.catalogue import Barcode, Catalogue, ProductCard
from warehouse_app.operations.reference import REPLICATED, Worker
from warehouse_app.station.file import Connection, StationFile
from warehouse_app.station.replica_tables import SCHEMA, take_over_first_form

REMEMBERED = 500
"""Products that are not looked up again while nothing changes: those of the orders in hand."""

CARD_COLUMNS = ", ".join(field.name for field in fields(ProductCard))
WORKER_COLUMNS = ", ".join(field.name for field in fields(Worker))
FLAGS = tuple(field.type is bool for field in fields(ProductCard))

Found = TypeVar("Found")


class Replica:
    """Products, codes, places and people as the station last heard of them. May be asked from any thread."""

    def __init__(self, file: StationFile) -> None:
        self._file = file
        self._asking = Lock()
        self._connection: Connection = self._open()
        self._cards: dict[str, ProductCard | None] = {}
        self.catalogue = Catalogue(self)
        self.storage: Collection[str] = _Shelves(self)

    def empty(self) -> None:
        """The station belongs to another database now: it knows nothing of it yet."""
        with self._file.transaction():
            for table in (*REPLICATED, "replica_progress"):
                self._file.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - constants
        self.forget()

    def forget(self) -> None:
        """Something was changed in the tables: look it up again."""
        self._cards = {}

    def product(self, sku: str) -> ProductCard | None:
        """See catalogue.Products."""
        cards = self._cards
        if sku not in cards:
            found = self._card("sku = ?", sku)
            if len(cards) >= REMEMBERED:
                cards.clear()
            cards[sku] = found
            return found
        return cards[sku]

    def product_folded(self, sku_folded: str) -> ProductCard | None:
        """See catalogue.Products."""
        return self._card("sku_folded = ?", sku_folded)

    def barcode(self, code: str) -> Barcode | None:
        """See catalogue.Products."""
        found = self.ask("SELECT code, sku, quantity FROM barcode WHERE normal_code = ? LIMIT 1", code)
        return Barcode(*found[0]) if found else None

    def barcodes_of(self, sku: str) -> Sequence[Barcode]:
        """See catalogue.Products."""
        return [Barcode(*row) for row in self.ask("SELECT code, sku, quantity FROM barcode WHERE sku = ?", sku)]

    def unknown(self, skus: Iterable[str]) -> list[str]:
        """Those of these products that the station does not know yet."""
        return [sku for sku in skus if self.product(sku) is None]

    def worker_of(self, badge: str) -> Worker | None:
        """The person with this badge."""
        return self._worker("badge_folded", badge.casefold())

    def worker(self, name: str) -> Worker | None:
        """The person of this name in the books."""
        return self._worker("worker", name)

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Everybody with a badge."""
        query = f"SELECT {WORKER_COLUMNS} FROM worker ORDER BY worker"  # noqa: S608 - constant
        return tuple(Worker(*row) for row in self.ask(query))

    def counts(self) -> dict[str, int]:
        """How many rows of each kind the station knows."""
        return {table: int(self.ask(f"SELECT count(*) FROM {table}")[0][0]) for table in REPLICATED}  # noqa: S608 - constants

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query to the copy; none for a text with bytes that are no UTF-8, which is nobody's name."""
        with self._asking:
            try:
                return list(self._connection.execute(query, values).fetchall())
            except UnicodeEncodeError:
                return []

    def close(self) -> None:
        """Close the connection; nothing can be looked up any more."""
        with self._asking:
            self._connection.close()

    def _open(self) -> Connection:
        with self._file.transaction():
            for statement in SCHEMA:
                self._file.connection.execute(statement)
            take_over_first_form(self._file.connection)
        connection = self._file.opens(self._file.path)
        connection.execute("PRAGMA query_only=ON")
        return connection

    def _card(self, where: str, value: str) -> ProductCard | None:
        found = self.ask(f"SELECT {CARD_COLUMNS} FROM product WHERE {where} LIMIT 1", value)  # noqa: S608 - constants
        return _card_of(found[0]) if found else None

    def _worker(self, column: str, value: str) -> Worker | None:
        query = f"SELECT {WORKER_COLUMNS} FROM worker WHERE {column} = ? LIMIT 1"  # noqa: S608 - constants
        found = self.ask(query, value)
        return Worker(*found[0]) if found else None


class _Shelves(Collection[str]):
    """The places where goods may be put away."""

    def __init__(self, replica: Replica) -> None:
        self._ask: Callable[..., list[tuple[Any, ...]]] = replica.ask

    def __contains__(self, place: object) -> bool:
        return bool(self._ask("SELECT 1 FROM location WHERE location = ? AND pickable", place))

    def __iter__(self) -> Iterator[str]:
        return (place for (place,) in self._ask("SELECT location FROM location WHERE pickable ORDER BY location"))

    def __len__(self) -> int:
        return int(self._ask("SELECT count(*) FROM location WHERE pickable")[0][0])

    def __bool__(self) -> bool:
        return bool(self._ask("SELECT 1 FROM location WHERE pickable LIMIT 1"))


def _card_of(row: Sequence[Any]) -> ProductCard:
    """SQLite has no type for yes and no."""
    values: list[Any] = [bool(value) if is_flag else value for value, is_flag in zip(row, FLAGS, strict=True)]
    return ProductCard(*values)
