"""What the files and tables say, read with plain SQL on the driver: no code of the product is used."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pysqlite3

from tests.simulation.arithmetic import Done, Lying, Written

FACT = "station, incarnation, sequence, fact_id, work, epoch, kind, version, payload"


def rows_of(home: Path, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query on a station's file."""
    connection = pysqlite3.connect(f"file:{home / 'station.db'}?mode=ro", uri=True)
    try:
        return list(connection.execute(query).fetchall())
    finally:
        connection.close()


def journal_of(home: Path) -> list[Written]:
    """A station's journal, in order."""
    settings = dict(rows_of(home, "SELECT key, value FROM setting"))
    query = "SELECT sequence, fact_id, work, epoch, kind, version, payload FROM journal ORDER BY sequence"
    return [Written(settings["station"], settings["incarnation"], *row) for row in rows_of(home, query)]


class Tables:
    """The shared database as it stands."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - the driver ships no types
        self._connection = connection

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return list(self._connection.execute(query, values).fetchall())

    def facts(self, stations: Iterable[str]) -> dict[tuple[str, str], list[Written]]:
        """The facts of these stations by station and incarnation, each stream in order."""
        found: dict[tuple[str, str], list[Written]] = {}
        for row in self.rows(f"SELECT {FACT} FROM fact ORDER BY sequence"):  # noqa: S608 - constant
            if row[0] in stations:
                found.setdefault((row[0], row[1]), []).append(Written(*row))
        return found

    def lying(self) -> Lying:
        """Units by place and goods, places outside the house included."""
        rows = self.rows("SELECT location, owner, sku, lot, on_hand FROM balance WHERE on_hand <> 0")
        return Counter({(place, (owner, sku, lot)): units for place, owner, sku, lot, units in rows})

    def owed(self) -> Lying:
        """What the books owe to each place."""
        rows = self.rows("SELECT location, owner, sku, lot, quantity FROM debt")
        return Counter({(place, (owner, sku, lot)): units for place, owner, sku, lot, units in rows})

    def takeovers(self) -> list[tuple[str, int, str, int]]:
        """Work that was taken over: its name and epoch, from which station, and how far the books have that one."""
        return self.rows(
            "SELECT t.work, t.epoch, t.station, coalesce(c.applied_sequence, 0) FROM takeover t"
            " LEFT JOIN station_cursor c ON c.station = t.station"
        )

    def parked(self) -> dict[str, str]:
        """Facts that wait for a person, with the reason."""
        return dict(self.rows("SELECT fact_id, error FROM parked_fact"))

    def lines(self) -> Done:
        """Units picked and packed of every order line."""
        rows = self.rows("SELECT order_no, line_no, picked, packed FROM fulfilment_line")
        return defaultdict(
            Counter, {(order, line): Counter(picked=picked, packed=packed) for order, line, picked, packed in rows}
        )

    def streams_with_holes(self) -> list[tuple[Any, ...]]:
        """Stations of which a later fact is there and an earlier one is not."""
        return self.rows(
            "SELECT station, incarnation, count(*), max(sequence) FROM fact GROUP BY 1, 2"
            " HAVING count(*) <> max(sequence) - min(sequence) + 1 OR min(sequence) <> 1"
        )
