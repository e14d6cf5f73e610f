"""The station's copy of the reference data, so that it can work without the shared database."""

import json
from dataclasses import fields
from typing import Any, TypeVar

from warehouse_app.domain.catalogue import Barcode, Catalogue, ProductCard
from warehouse_app.operations.reference import Reference, Worker
from warehouse_app.station.file import StationFile

RowType = TypeVar("RowType", ProductCard, Barcode, Worker)
_COLUMNS = {kind.__name__: [field.name for field in fields(kind)] for kind in (ProductCard, Barcode, Worker)}


class Replica:
    """Products, codes and people as the station last heard of them."""

    def __init__(self, file: StationFile) -> None:
        self._file = file
        self.catalogue = Catalogue((), ())
        self.storage: frozenset[str] = frozenset()
        self._by_badge: dict[str, Worker] = {}
        row = file.connection.execute("SELECT version, content FROM reference WHERE name = 'rows'").fetchone()
        self.version = 0
        if row is not None:
            self._use(_reference_from(row[1]))

    def keep(self, reference: Reference) -> None:
        """Replace the copy by a newer one."""
        with self._file.transaction():
            self._file.connection.execute(
                "INSERT OR REPLACE INTO reference VALUES ('rows', ?, ?)",
                (reference.version, _text_of(reference)),
            )
        self._use(reference)

    def worker_of(self, badge: str) -> Worker | None:
        """The person with this badge."""
        return self._by_badge.get(badge.casefold())

    def worker(self, name: str) -> Worker | None:
        """The person of this name in the books."""
        return next((worker for worker in self._by_badge.values() if worker.worker == name), None)

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Everybody with a badge."""
        return tuple(self._by_badge.values())

    def _use(self, reference: Reference) -> None:
        self.version = reference.version
        self.catalogue = Catalogue(reference.products, reference.barcodes)
        self.storage = frozenset(reference.storage)
        self._by_badge = {worker.badge.casefold(): worker for worker in reference.workers}


def _text_of(reference: Reference) -> str:
    """Rows without names: thousands of products are read at every start."""
    parts = {name: [_values(row) for row in getattr(reference, name)] for name in ("products", "barcodes", "workers")}
    head = {"identity": reference.identity, "version": reference.version, "storage": reference.storage}
    return json.dumps({**head, **parts, "columns": _COLUMNS})


def _values(row: object) -> list[object]:
    return [getattr(row, name) for name in _COLUMNS[type(row).__name__]]


def _rows(row_type: type[RowType], columns: dict[str, list[str]], rows: list[list[Any]]) -> tuple[RowType, ...]:
    """Rows by the names they were kept under, so that another release's copy is read as well."""
    known = {field.name for field in fields(row_type)}
    names = columns[row_type.__name__]
    return tuple(
        row_type(**{name: value for name, value in zip(names, row, strict=True) if name in known}) for row in rows
    )


def _reference_from(text: str) -> Reference:
    values = json.loads(text)
    return Reference(
        values["identity"],
        values["version"],
        _rows(ProductCard, values["columns"], values["products"]),
        _rows(Barcode, values["columns"], values["barcodes"]),
        _rows(Worker, values["columns"], values["workers"]),
        tuple(values.get("storage", ())),
    )
