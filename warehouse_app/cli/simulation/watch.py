"""Looks on while the run goes on: how far each station is posted and booked, and how long it takes after a fault."""

from dataclasses import dataclass, field
from pathlib import Path

from warehouse_app.cli.simulation.kept import read_journal
from warehouse_app.cli.simulation.logs import now_s
from warehouse_app.cli.simulation.rows import rows
from warehouse_app.domain.errors import StoreUnavailable

POSTED = "SELECT MAX(sequence) AS posted FROM fact WHERE warehouse_id = ? AND station = ? AND incarnation = ?"
UNAPPLIED = """
SELECT COUNT(*) AS facts FROM fact f
  LEFT JOIN station_cursor c ON c.warehouse_id = f.warehouse_id AND c.station = f.station
        AND c.incarnation = f.incarnation
 WHERE f.warehouse_id = ? AND f.sequence > COALESCE(c.applied_sequence, 0)
"""
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Drained:
    """How long a station took to post what it had when its way was whole again; `facts` is how many waited then."""

    station: str
    act: str
    seconds: float
    facts: int


@dataclass
class Watch:
    """What is still to be posted since faults have healed."""

    url: str
    folder: Path
    done: list[Drained] = field(default_factory=list)
    _pending: dict[str, tuple[str, float, str, int, int]] = field(default_factory=dict)
    _looked_at: float = 0.0

    def healed(self, station: str, act: str) -> None:
        """From now on it is measured how long this station takes."""
        journal = read_journal(self.folder / station / "station.db")
        if not journal:
            self.done.append(Drained(station, act, 0.0, 0))
            return
        last = journal[-1]
        posted = self._posted(station, last.incarnation)
        self._pending[station] = (act, now_s(), last.incarnation, last.sequence, last.sequence - posted)

    def look(self) -> None:
        """Note who is done."""
        if now_s() - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = now_s()
        for station, (act, since, incarnation, sequence, waited) in list(self._pending.items()):
            if self._posted(station, incarnation) >= sequence:
                self.done.append(Drained(station, act, now_s() - since, waited))
                del self._pending[station]

    def give_up(self) -> None:
        """Whoever is not done yet will not be."""
        for station, (act, since, _, _, waited) in self._pending.items():
            self.done.append(Drained(station, act, now_s() - since, waited))
        self._pending.clear()

    def is_pending(self, station: str) -> bool:
        """Whether a station (any, by the name `server`) is still being measured."""
        return bool(self._pending) if station == "server" else station in self._pending

    def unapplied(self) -> int:
        """Facts that the books do not have yet. Raises StoreUnavailable."""
        return int(rows(self.url, UNAPPLIED, ["WH1"])[0]["facts"])

    def _posted(self, station: str, incarnation: str) -> int:
        try:
            return int(rows(self.url, POSTED, ["WH1", station, incarnation])[0]["posted"] or 0)
        except StoreUnavailable:
            return 0
