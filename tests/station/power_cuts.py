"""Cuts the power under a working journal again and again, and compares what the disk has with what people were told."""

import random
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pysqlite3

from tests.faulty_disk import Connection, FaultyDisk
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import AmendmentTaken, Fact, PutAway, WorkFinished, encode
from warehouse_app.domain.packets import PutawayPacket
from warehouse_app.domain.session import PrintRequest
from warehouse_app.station.file import StationFile
from warehouse_app.station.journal import Journal
from warehouse_app.station.posting import prune

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WORKS = ("putaway:A01", "putaway:A02", "putaway:A03")
CUTS_A_DISK = 25
CHECKPOINT_PAGES = 12
"""Far fewer than SQLite's 1,000, so that cuts fall into checkpoints too."""

Row = tuple[int, str, str, str, str]


@dataclass(frozen=True)
class State:
    """What the file holds: sequence, fact id, work, kind and payload of the journal's rows, and all that goes along.

    A fact id that is not known yet is empty. `kept` are the copies that beginning again has left.
    """

    rows: tuple[Row, ...] = ()
    pruned_to: int = 0
    packets: tuple[tuple[str, int, int], ...] = ()
    prints: tuple[tuple[str, str], ...] = ()
    incarnation: str = ""
    kept: int = 0

    def is_this(self, expected: "State") -> bool:
        """Whether this is what was expected, ids that nobody knows aside."""
        if len(self.rows) != len(expected.rows):
            return False
        ids = {row[1] for row in self.rows}
        rows = tuple(
            (mine[0], mine[1] if row[1] else "", *mine[2:]) for mine, row in zip(self.rows, expected.rows, strict=True)
        )
        incarnation = self.incarnation if expected.incarnation else ""
        seen = replace(self, rows=rows, incarnation=incarnation)
        return seen == expected and len(ids) == len(self.rows)


@dataclass
class Tally:
    """How many cuts there were, and after how many of them something that was told was not there, or half there."""

    cuts: int = 0
    acts: int = 0
    broken: list[str] = field(default_factory=list)


def cut_power(folder: Path, seed: int, cuts: int, *, careless: bool = False) -> Tally:
    """Work, cut and look, so often. With `careless` commits are not synced, as they must be."""
    rng, tally = random.Random(seed), Tally()
    while tally.cuts < cuts:
        told = State()
        for life in range(min(CUTS_A_DISK, cuts - tally.cuts)):
            here, there = folder / f"{tally.cuts}", folder / f"{tally.cuts + 1}"
            here.mkdir(exist_ok=True)
            there.mkdir()
            hand = Hand(here, told, rng, careless=careless)
            hand.work(on_new_disk=life == 0)
            hand.disk.lay_down(here, there, rng)
            told, trouble = look(there, hand.told, hand.possible)
            tally.cuts += 1
            tally.acts += hand.acts
            if trouble:
                tally.broken.append(f"seed {seed}, cut {tally.cuts}: {trouble}")
                break
            _empty(here)
        _empty(there)
    return tally


def look(folder: Path, told: State, possible: Sequence[State]) -> tuple[State, str]:
    """What another program finds on the disk after a cut, and what is wrong with it."""
    path = folder / "station.db"
    if not path.exists():
        return State(), "" if told == State() else "the file is gone"
    with closing(pysqlite3.connect(str(path))) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        if sound != "ok":
            return State(), str(sound)
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'print_job'").fetchone() is None:
            # Not even all tables were made.
            return State(), "" if told == State() else "the tables are gone"
        found = replace(read(connection), kept=len(list(folder.glob("station-*.db"))))
    if not any(found.is_this(one) for one in (told, *possible)):
        return found, f"found {found}, told {told}, underway {possible}"
    return found, _trouble_with_copies(folder)


def read(connection: pysqlite3.Connection | Connection) -> State:
    rows = connection.execute("SELECT sequence, fact_id, work, kind, payload FROM journal ORDER BY 1").fetchall()
    settings = dict(connection.execute("SELECT key, value FROM setting").fetchall())
    packets = connection.execute("SELECT work, epoch, amended FROM packet ORDER BY 1").fetchall()
    prints = connection.execute("SELECT work, state || error FROM print_job ORDER BY rowid").fetchall()
    pruned_to = int(settings.get("pruned_to", 0))
    return State(tuple(rows), pruned_to, tuple(packets), tuple(prints), settings.get("incarnation", ""))


def _trouble_with_copies(folder: Path) -> str:
    for path in folder.glob("station-*.db"):
        with closing(pysqlite3.connect(str(path))) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return f"{path.name} is not whole"
            if not read(connection).incarnation:
                return f"{path.name} is empty"
    return ""


class Hand:
    """Works the real journal on a faulty disk until its power is cut; knows what it was told and what is underway."""

    def __init__(self, folder: Path, told: State, rng: random.Random, *, careless: bool) -> None:
        self.disk = FaultyDisk()
        self._folder, self._rng = folder, rng
        self._opens: Callable[[Path], Connection] = self.disk.connect_carelessly if careless else self.disk.connect
        self.told = told
        self.possible: tuple[State, ...] = ()
        """Where the act that is underway may leave the file if it is not told to be done."""
        self.acts = 0

    def work(self, *, on_new_disk: bool) -> None:
        """Open the station, work, and have the power cut at some change of the disk, now and then of the opening."""
        if self._rng.random() < 0.2:
            self.disk.cut_after = self._rng.randrange(40 if on_new_disk else 6)
        with suppress(WarehouseError, pysqlite3.DatabaseError):
            self._work()

    def _work(self) -> None:
        file = StationFile(self._folder, "S1", self._open)
        try:
            self._tell(replace(self.told, incarnation=file.incarnation))
            poster = self._open(file.path)
            if self.disk.cut_after is None:
                self.disk.cut_after = self._rng.randrange(1, self._rng.choice((40, 160, 480)))
            while True:
                self._act(file, Journal(file), poster)
                self.acts += 1
        finally:
            file.close()
            poster.close()

    def _open(self, path: Path) -> Connection:
        connection = self._opens(path)
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return connection

    def _act(self, file: StationFile, journal: Journal, poster: Connection) -> None:
        """One act; what it should lead to is worked out before it is done, and told once it has returned."""
        chance = self._rng.random()
        if chance < 0.70:
            self._append(journal)
        elif chance < 0.80:
            self._keep_packet(journal)
        elif chance < 0.88:
            self._print(journal)
        elif chance < 0.92:
            self._prune(file, journal)
        elif chance < 0.94:
            self._begin_again(file)
        else:
            poster.execute("PRAGMA synchronous=NORMAL")
            poster.execute("INSERT OR REPLACE INTO setting VALUES ('posted', ?)", (str(self._rng.random()),))

    def _append(self, journal: Journal) -> None:
        work, told = self._rng.choice(WORKS), self.told
        facts: list[Fact] = [
            PutAway("", "CUP", "", self._rng.randrange(1, 99), "A01", "x" * self._rng.randrange(3_000))
        ]
        packets = {one[0]: one for one in told.packets}
        prints = list(told.prints)
        asked: list[PrintRequest] = []
        if work in packets and self._rng.random() < 0.3:
            facts.append(AmendmentTaken(work, packets[work][2] + 1, "{}"))
            packets[work] = (*packets[work][:2], packets[work][2] + 1)
        if self._rng.random() < 0.2:
            asked.append(PrintRequest("label", work, "1", "c"))
            prints.append((work, "waiting"))
        if work in packets and self._rng.random() < 0.2:
            facts.append(WorkFinished(work))
            del packets[work]
        last = max([told.pruned_to, *(row[0] for row in told.rows)])
        rows = tuple((last + place, "", work, fact.kind, encode(fact)) for place, fact in enumerate(facts, 1))
        after = replace(told, rows=told.rows + rows, packets=tuple(sorted(packets.values())), prints=tuple(prints))
        self.possible = (after,)
        recorded = journal.append(facts, "W-01", work, NOON, asked)
        known = tuple((row[0], one.fact_id, *row[2:]) for row, one in zip(rows, recorded, strict=True))
        assert [one.sequence for one in recorded] == [row[0] for row in rows]
        self._tell(replace(after, rows=told.rows + known))

    def _keep_packet(self, journal: Journal) -> None:
        packet = PutawayPacket(self._rng.choice(WORKS), self._rng.randrange(1, 9), "A01", ())
        packets = {one[0]: one for one in self.told.packets}
        amended = packets.get(packet.work, ("", 0, 0))[2]
        packets[packet.work] = (packet.work, packet.epoch, amended)
        after = replace(self.told, packets=tuple(sorted(packets.values())))
        self.possible = (after,)
        journal.keep_packet(packet)
        self._tell(after)

    def _print(self, journal: Journal) -> None:
        waiting = [place for place, (_, state) in enumerate(self.told.prints) if state.startswith("waiting")]
        if not waiting:
            return
        prints = list(self.told.prints)
        job = journal.prints.waiting()[0]
        done = self._rng.random() < 0.5
        prints[waiting[0]] = (job.request.work, "done" if done else "waitingno paper")
        after = replace(self.told, prints=tuple(prints))
        self.possible = (after,)
        if done:
            journal.prints.done([job.job_id])
        else:
            journal.prints.failed([job.job_id], "no paper")
        self._tell(after)

    def _prune(self, file: StationFile, journal: Journal) -> None:
        if not self.told.rows:
            return
        high_water = self._rng.randrange(self.told.rows[0][0], journal.last_sequence + 1)
        rows = tuple(row for row in self.told.rows if row[0] > high_water)
        after = replace(self.told, rows=rows, pruned_to=high_water)
        self.possible = (after,)
        prune(file, high_water, NOON + timedelta(days=31))
        self._tell(after)

    def _begin_again(self, file: StationFile) -> None:
        carried = file.connection.execute("SELECT * FROM journal ORDER BY 1").fetchall()[-2:]
        rows = tuple((place, row[1], *row[2:]) for place, row in enumerate(self.told.rows[-2:], 1))
        after = State(rows, kept=self.told.kept + 1)
        # The copy has its name before the file is begun again.
        self.possible = (replace(self.told, kept=after.kept), after)
        file.begin_again(carried)
        self._tell(replace(after, incarnation=file.incarnation))

    def _tell(self, told: State) -> None:
        self.told, self.possible = told, ()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
