"""Replays the ledger from its first move: what lies where by the moves alone, and whether every snapshot says the same.

It goes in steps that may each be a transaction of their own: what is booked already never changes, so they fit together
although more is booked in between, and no step holds anybody up or keeps a database's log from being cut short.
"""

from dataclasses import dataclass, field

from warehouse_app.books.sealing import newest_move
from warehouse_app.books.snapshots import (
    Cell,
    Snapshot,
    Totals,
    add_moves,
    header_of,
    in_the_house,
    snapshot_cells,
    whole_snapshots,
)
from warehouse_app.store.database import Transaction

MOVES_A_STEP = 50_000
"""A step of so many moves takes about 0.2 s."""


@dataclass(frozen=True, slots=True)
class BadSnapshot:
    """A number of a snapshot that the moves do not give."""

    key: str
    found: int | str
    proven: int | str


@dataclass(slots=True)
class Replay:
    """How far the ledger is replayed (the number `done`), how many moves there were, and what was found."""

    totals: Totals = field(default_factory=dict)
    done: int = 0
    moves: int = 0
    bad: list[BadSnapshot] = field(default_factory=list)
    _number: int = 0
    _number_from: int = 0
    _known_off: dict[Cell, int] = field(default_factory=dict)

    def step(self, tx: Transaction) -> bool:
        """Replay up to the next snapshot, or some way towards it; False when there is nothing left."""
        newest = newest_move(tx)
        snapshot = self._next_snapshot(tx)
        if snapshot is not None and not self.done < snapshot.last_move_no <= newest:
            said = f"up to move {snapshot.last_move_no}"
            self.bad.append(BadSnapshot(str(snapshot.number), said, f"moves {self.done + 1} to {newest}"))
            self._number = snapshot.number
            return True
        if self.done >= newest:
            return False
        last = min(self.done + MOVES_A_STEP, newest if snapshot is None else snapshot.last_move_no)
        self.moves += add_moves(tx, self.totals, self.done + 1, last)
        self.done = last
        if snapshot is not None and last == snapshot.last_move_no:
            self._prove(tx, snapshot)
        return True

    def _next_snapshot(self, tx: Transaction) -> Snapshot | None:
        return next((one for one in whole_snapshots(tx) if one.number > self._number), None)

    def _prove(self, tx: Transaction, snapshot: Snapshot) -> None:
        """A difference that an earlier snapshot had already is not told again."""
        found, proven = snapshot_cells(tx, snapshot.number), in_the_house(self.totals)
        off = {} if found == proven else _difference(found, proven)
        for cell in sorted(off):
            if off[cell] != self._known_off.get(cell):
                sku, place, owner, lot = cell
                key = " / ".join((str(snapshot.number), place, sku, owner, lot))
                self.bad.append(BadSnapshot(key, found.get(cell, 0), proven.get(cell, 0)))
        self._known_off = off
        self._prove_header(tx, snapshot)
        self._number, self._number_from = snapshot.number, snapshot.last_move_no

    def _prove_header(self, tx: Transaction, snapshot: Snapshot) -> None:
        expected = header_of(tx, self._number + 1, self._number_from + 1, snapshot.last_move_no)
        if expected is not None and expected != snapshot:
            self.bad.append(BadSnapshot(str(snapshot.number), _header_text(snapshot), _header_text(expected)))


def replay_all(tx: Transaction, replay: Replay) -> Replay:
    """Replay whatever is left, in one transaction."""
    while replay.step(tx):
        pass
    return replay


def _difference(found: Totals, proven: Totals) -> dict[Cell, int]:
    cells = found.keys() | proven.keys()
    differences = ((cell, found.get(cell, 0) - proven.get(cell, 0)) for cell in cells)
    return {cell: units for cell, units in differences if units}


def _header_text(snapshot: Snapshot) -> str:
    times = (snapshot.recorded_at, snapshot.happened_from, snapshot.happened_to)
    return " ".join((str(snapshot.number), *(time.isoformat() for time in times)))
