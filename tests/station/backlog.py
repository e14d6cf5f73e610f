"""A backlog of facts that stations have posted and no bookkeeper has applied yet."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from tests.warehouse import TinyWarehouse, at
from warehouse_app.domain.facts import GoodsReceived, PutAway, encode
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

STATIONS = ("S1", "S2", "S3")


class Backlog:
    """So many facts of three stations: each receives a cup and brings it to a shelf, again and again."""

    def __init__(self, house: TinyWarehouse, count: int) -> None:
        self.database = house.database
        self.count = 0
        self.grow(count)

    def grow(self, count: int) -> None:
        """Post so many more."""
        numbers = range(self.count, self.count + count)
        self.database.write(self._post, numbers)
        self.count += count

    def applied(self) -> int:
        """Facts that are in the books by the stations' cursors."""
        return int(self.database.read(_applied))

    def moved(self) -> Counter[str]:
        """How often each fact moved stock."""
        move = tables.move
        rows = self.database.read(
            lambda tx: tx.rows(select(move.c.cause_id).where(move.c.cause_kind != "stock_import"))
        )
        return Counter(row["cause_id"] for row in rows)

    def _post(self, tx: Transaction, numbers: range) -> None:
        rows = []
        for number in numbers:
            station, turn = STATIONS[number % 3], number // 3
            fact = (
                PutAway("", "CUP", "", 1, "RECV-01", ("A01", "A02", "B01")[number % 3])
                if turn % 2
                else GoodsReceived("PO-1", 0, "", "CUP", "", "", "", 1, "RECV-01")
            )
            rows.append(
                {
                    "fact_id": new_key(), "station": station, "incarnation": "1", "sequence": turn + 1,
                    "worker": "W-03", "work": f"{station}:{turn // 20}", "epoch": 1, "kind": fact.kind,
                    "version": fact.version,
                    "payload": encode(fact), "content_hash": "",
                    "happened_at": at("09:00") + timedelta(milliseconds=number), "recorded_at": tx.now,
                }
            )  # fmt: skip
        tx.add(tables.fact, rows)
        cursors = [{"station": name, "incarnation": "1", "applied_sequence": 0} for name in STATIONS]
        tx.put(tables.station_cursor, cursors, keep=True)


def _applied(tx: Transaction) -> int:
    return int(tx.value(select(func.sum(tables.station_cursor.c.applied_sequence))) or 0)


__all__ = ["Backlog", "Database"]
