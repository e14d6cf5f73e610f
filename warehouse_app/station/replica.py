"""The station's copy of the reference data, so that it can work without the shared database."""

import json
from dataclasses import asdict

from warehouse_app.domain.catalogue import Barcode, Catalogue, ProductCard
from warehouse_app.operations.reference import Reference, Worker
from warehouse_app.station.file import StationFile


class Replica:
    """Products, codes and people as the station last heard of them."""

    def __init__(self, file: StationFile) -> None:
        self._file = file
        self.catalogue = Catalogue((), ())
        self.storage: frozenset[str] = frozenset()
        self._by_badge: dict[str, Worker] = {}
        row = file.connection.execute("SELECT version, content FROM reference WHERE name = 'all'").fetchone()
        self.version = 0
        if row is not None:
            self._use(_reference_from(row[1]))

    def keep(self, reference: Reference) -> None:
        """Replace the copy by a newer one."""
        with self._file.transaction():
            self._file.connection.execute(
                "INSERT OR REPLACE INTO reference VALUES ('all', ?, ?)",
                (reference.version, json.dumps(asdict(reference))),
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


def _reference_from(text: str) -> Reference:
    values = json.loads(text)
    return Reference(
        values["identity"],
        values["version"],
        tuple(ProductCard(**card) for card in values["products"]),
        tuple(Barcode(**barcode) for barcode in values["barcodes"]),
        tuple(Worker(**worker) for worker in values["workers"]),
        tuple(values.get("storage", ())),
    )
