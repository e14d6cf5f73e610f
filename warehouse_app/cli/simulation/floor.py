"""One simulated station: the product's own journal, posting, claims and sessions, with hands instead of a person."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from threading import Event
from typing import Any

from warehouse_app.cli.simulation.hands import GOOD, Hands, NextScan, Shelves
from warehouse_app.cli.simulation.kept import read_lines
from warehouse_app.cli.simulation.logs import Log, now_s
from warehouse_app.cli.simulation.plan import chance
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.packets import Packet
from warehouse_app.domain.session import FeedbackKind, Need
from warehouse_app.operations.claiming import Holder
from warehouse_app.station.bench import Answer, Bench, ConnectedBench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.station.sync import StationSync

REST_S = 0.15
STUCK_AFTER = 60
"""So many answers in a row that are not good: this work cannot be gone on with just now."""
ALL_PAGES = 1_073_741_823
FLOOR_TASKS = ("receive", "putaway", "pick", "pack", "ship")


@dataclass(frozen=True, slots=True)
class Setup:
    """What a station is told when it starts."""

    name: str
    folder: Path
    seed: int
    worker: str
    counters: tuple[str, ...]
    """Who counts here, in turn: recounts are another person's."""
    pace_s: float
    first_task: int
    astray: tuple[str, ...] = ()


class WatchedLink(Link):
    """The product's link, with a log of who was given which work under which claim, and when."""

    claims: Log

    def fetch(self, task: str, holder: Holder, need: Need) -> Packet:
        """Claim work, and note it."""
        asked_at = now_s()
        packet = super().fetch(task, holder, need)
        self.claims.write(work=packet.work, epoch=packet.epoch, asked_at=asked_at, answered_at=now_s())
        return packet


class SimulatedStation:
    """Works through every task in turn until it is told to stop; `tell` hears whether there is anything to do."""

    def __init__(self, setup: Setup, database: Any, tell: Callable[..., None]) -> None:  # noqa: ANN401 - handed on only
        self._setup = setup
        self._tell = tell
        self._stop = Event()
        self._clock_s = self._disk_s = 0.0
        self._full_disk = self._found_full = False
        self._shelves: Shelves = {}
        self.file = StationFile(setup.folder, setup.name)
        if database.engine.dialect.name == "postgresql":
            # As on a computer of its own. Who works on one file has one clock, and the others are not to jump with it.
            database.clock.own = self.now
            self._clock: Callable[[], datetime] = database.clock
        else:
            self._clock = self.now
        self._replica = Replica(self.file)
        self._link = WatchedLink(self.file, database, self._replica)
        self._link.claims = Log(setup.folder / "claims.jsonl")
        self._announced = Log(setup.folder / "announced.jsonl")
        self._contradictions = Log(setup.folder / "contradictions.jsonl")
        self._hands = Hands(setup.seed, setup.name, self._shelves, frozenset(setup.astray))
        for line in read_lines(setup.folder / "contradictions.jsonl"):
            self._hands.spoken(line["kind"], tuple(line["about"]))
        self.file.connection.set_trace_callback(self._sleep_at_commit)
        self._pace = chance(setup.seed, setup.name, "pace")
        self._counters = cycle(setup.counters)

    def now(self) -> datetime:
        """The time by this station's clock, which somebody may have put wrong."""
        return datetime.now(UTC) + timedelta(seconds=self._clock_s)

    def hear(self, word: Mapping[str, Any]) -> None:
        """A fault, its end, or what lies on the shelves."""
        if "clock_s" in word:
            self._clock_s = float(word["clock_s"])
        if "disk_full" in word:
            self._full_disk = bool(word["disk_full"])
        if "disk_s" in word:
            self._disk_s = float(word["disk_s"])
        if "shelves" in word:
            self._hands.shelves = {
                place: {(sku, lot): units for sku, lot, units in lies} for place, lies in word["shelves"].items()
            }

    def stop(self) -> None:
        """Put the work down."""
        self._stop.set()

    def run(self) -> None:
        """Work until told to stop; then post what is left."""
        turn = self._setup.first_task
        idle_tasks = 0
        while not self._stop.is_set():
            self._fill_disk()
            tasks = (*FLOOR_TASKS, "count") if self._hands.shelves else FLOOR_TASKS
            if self._work(tasks[turn % len(tasks)]):
                idle_tasks = 0
            else:
                idle_tasks += 1
            turn += 1
            self._tell(station=self._setup.name, idle=idle_tasks >= len(tasks), waiting=self._link.waiting_facts())
            if idle_tasks >= len(tasks):
                self._stop.wait(REST_S)
        self._link.close()
        self.file.close()

    def _work(self, task: str) -> bool:
        """Do what waits of a task; False when nothing did."""
        bench = ConnectedBench(Bench(self.file, task, self._clock, self._replica), self._link)
        bench.bench.sign_on(next(self._counters) if task == "count" else self._setup.worker)
        if not self._connect(bench):
            return False
        bench.look_for_work()
        if not bench.bench.expected():
            return False
        self._tell(station=self._setup.name, idle=False, waiting=0)
        with StationSync(bench.bench, self._link):
            self._follow(bench)
            self._announce(None, bench.bench.finish())
        return True

    def _connect(self, bench: ConnectedBench) -> bool:
        """A station that was never connected has no products yet and can only wait."""
        try:
            if not self._link.connected:
                self._link.connect(may_begin_again=False)
                bench.bench.use_catalogue()
            self._link.post()
        except WarehouseError:
            self._stop.wait(REST_S)
            return bool(self._replica.workers)
        return True

    def _follow(self, bench: ConnectedBench) -> None:
        trouble = 0
        while not self._stop.is_set() and trouble < STUCK_AFTER and (expected := bench.bench.expected()):
            answer = self._scan(bench, self._hands.next_scan(bench, expected))
            trouble = 0 if answer.feedback.kind in GOOD else trouble + 1
            if answer.feedback.kind is FeedbackKind.OFFLINE:
                self._stop.wait(REST_S)
            if bench.wants_work:
                bench.look_for_work()
            self._stop.wait(self._pace.uniform(0, self._setup.pace_s))

    def _scan(self, bench: ConnectedBench, scan: NextScan) -> Answer:
        self._fill_disk()
        if scan.contradiction is not None:
            said = scan.contradiction
            last = bench.bench.journal.last_sequence
            self._contradictions.write(kind=said.kind, about=said.about, after=last, **said.note)
            self._hands.spoken(said.kind, said.about)
        answer = bench.scan(scan.scan_text)
        self._announce(scan.scan_text, answer.facts)
        return answer

    def _announce(self, scan_text: str | None, facts: tuple[Any, ...]) -> None:
        """Only now a person would hear the good tone."""
        if facts:
            self._announced.write(at=now_s(), scan=scan_text, facts=[one.fact_id for one in facts])

    def _sleep_at_commit(self, said: str) -> None:
        """A slow disk: what must be durable takes its time."""
        if self._disk_s and said.startswith("COMMIT"):
            time.sleep(self._disk_s)

    def _fill_disk(self) -> None:
        """A full disk: the file may not grow. Only the thread that works with the connection may tell it."""
        if self._full_disk != self._found_full:
            self._found_full = self._full_disk
            execute = self.file.connection.execute
            pages = execute("PRAGMA page_count").fetchone()[0] if self._full_disk else ALL_PAGES
            execute(f"PRAGMA max_page_count = {pages}")
