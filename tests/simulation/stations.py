"""A station with a person who scans, on the product's own file, journal, sessions and link."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.simulation.clock import WrongClock
from tests.simulation.house import TASKS
from tests.simulation.network import Wire
from tests.simulation.trace import Trace
from warehouse_app.domain.errors import StoreUnavailable, WarehouseError
from warehouse_app.domain.facts import Fact, GoodsReceived, PutAway, Recorded
from warehouse_app.domain.own_codes import (
    command_code,
    location_code,
    order_code,
    pick_list_code,
    purchase_order_code,
    tote_code,
)
from warehouse_app.domain.session import UNDO
from warehouse_app.station.ahead import WorkAhead
from warehouse_app.station.bench import Bench, ConnectedBench
from warehouse_app.station.file import StationFile, connect
from warehouse_app.station.following import FeedFollower
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica

WORKERS = {"NORTH": "W-01", "EAST": "W-02", "SOUTH": "W-03", "WEST": "W-04"}
WORK_SEEN = {
    "pick": [pick_list_code(f"PL-{number:06d}") for number in range(5, 9)],
    "pack": [*(tote_code(f"T-{number:04d}") for number in range(1, 5)), *(order_code(str(no)) for no in range(1, 9))],
    "receive": [purchase_order_code("PO-1"), purchase_order_code("PO-2")],
    "putaway": [location_code("RECV-01")],
    "ship": ["00095212340000000013", "00095212340000000099"],
    "count": [location_code("B01"), location_code("C01")],
}
"""What a person finds on the floor at noon."""
SHARED = "Z-99"
"""Where several stations bring goods to and take them from without any plan."""


class Floor(Protocol):
    """What a station can know and do of the world around it."""

    dice: random.Random
    trace: Trace
    ahead: bool
    """Work is claimed ahead."""
    frozen: bool
    """Nothing may be claimed any more: a backup was taken, and what is decided after it could be forgotten."""

    def physically_there(self, place: str, sku: str) -> int:
        """Units that really lie there."""

    def bring(self, place: str, sku: str, units: int) -> None:
        """Units are laid there, or taken from there (a negative number)."""

    def confirmed(self, facts: tuple[Recorded, ...]) -> None:
        """The worker was told that these are recorded."""

    def wait(self, seconds: float) -> None:
        """Time passes, in which others act."""

    def seconds(self) -> float:
        """The true time, as a counter of seconds."""

    def may_die(self, actor: str) -> None:
        """Here the actor's process can be killed. Raises Died."""


class MortalConnection:
    """A connection to the station's file whose process can die right before and right after a commit."""

    def __init__(self, connection: Any, may_die: Callable[[], None]) -> None:  # noqa: ANN401 - has no types
        self._connection = connection
        self._may_die = may_die

    def execute(self, statement: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401 - the driver's
        """Carry the statement out."""
        if statement != "COMMIT":
            return self._connection.execute(statement, values)
        self._may_die()
        done = self._connection.execute(statement)
        self._may_die()
        return done

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - everything else is the driver's
        return getattr(self._connection, name)


class SimStation:
    """One station. `act` does one thing that a person or the program there does."""

    busyness = 4.0

    def __init__(self, floor: Floor, name: str, home: Path, wire: Wire, clock: WrongClock) -> None:
        self.name = name
        self.wire, self.clock = wire, clock
        self._floor, self._home = floor, home
        self._file: StationFile | None = None
        self._connected: ConnectedBench | None = None
        self._follower: FeedFollower | None = None
        self._ahead: WorkAhead | None = None
        self._live = True
        self._last_scan = "ZZZ"
        self._tried: set[str] = set()
        """Work that was begun, or refused: nobody scans that again and again."""
        self._acts: tuple[tuple[Callable[[], None], float], ...] = (
            (self.scan, 10), (self.synchronize, 4), (self.follow, 1.5), (self.by_hand, 3), (self.look_again, 0.5),
            (self.restart, 0.2), (self.keep_ahead, 5 if floor.ahead else 0),
        )  # fmt: skip

    @property
    def running(self) -> bool:
        """Whether the program runs there."""
        return self._connected is not None

    @property
    def connected(self) -> ConnectedBench:
        """The bench. The program must run."""
        assert self._connected is not None
        return self._connected

    @property
    def bench(self) -> Bench:
        """The bench without its link."""
        return self.connected.bench

    def act(self) -> None:
        """Do one thing."""
        if self._connected is None:
            self.boot()
            return
        acts, weights = zip(*self._acts, strict=True)
        (act,) = self._floor.dice.choices(acts, weights)
        act()

    def boot(self, task: str = "") -> None:
        """Start the program: it stands where the journal stands."""
        file = self._file = StationFile(self._home, self.name, self._open)
        self._work_on(file, task or self._task_in_hand(file) or self._floor.dice.choice(TASKS))
        if self._floor.dice.random() < 0.5:
            return  # The synchronization connects before the program does.
        try:
            self.connected.link.connect()
        except WarehouseError as error:
            self._tell("starts without the database:", error)

    def die(self) -> None:
        """The process is gone: its files are closed by the system."""
        if self._connected is not None:
            self.connected.link.close()
        if self._file is not None:
            self._file.close()
        self._connected = self._file = None

    def restart(self) -> None:
        """End the program in good order."""
        self._tell("ends the program")
        self.die()

    def scan(self) -> None:
        """A person scans a few times, mostly what is expected."""
        if self.bench.session.state is not None and self.bench.session.state.paused:
            self.bench.session.current = ""
        for _ in range(self._floor.dice.randint(1, 9)):
            if self.bench.idle:
                self._begin_something()
                if self.bench.idle:
                    return
            expected = [one.scan_text for one in self.bench.expected()]
            if expected:
                self._scan(self._next_scan(expected))

    def synchronize(self) -> None:
        """What the program does every third of a second."""
        link = self.connected.link
        try:
            if not link.connected:
                link.connect(may_begin_again=False, in_full=False)
            if not self._live:
                link.look_again()
            self.wire.posting = True
            posted = link.post()
            self._live = True
            self._tell("has posted up to", posted.high_water)
        except WarehouseError as error:
            self._live = False
            self._tell("cannot post:", type(error).__name__, error)
            if isinstance(error, StoreUnavailable):
                link.reconnect()
        finally:
            self.wire.posting = False

    def follow(self) -> None:
        """What the program does when it is woken by news, or every few seconds."""
        assert self._follower is not None
        if self.connected.link.connected:
            try:
                self._follower._step()  # noqa: SLF001 - the thread around it is time's, which is simulated
                self._tell("has followed the feed")
            except WarehouseError as error:
                self._follower._works = None  # noqa: SLF001
                self._live = False
                self._tell("cannot follow the feed:", type(error).__name__)

    def look_again(self) -> None:
        """What the program does once a minute."""
        self._live = False
        self.synchronize()

    def keep_ahead(self) -> None:
        """What the program does every few seconds: hear what became of its claims, claim ahead, give back."""
        if self._floor.frozen or not self._floor.ahead or not self.connected.link.connected:
            return
        assert self._ahead is not None
        try:
            if self._floor.dice.random() < 0.15:
                self._tell("gives back", *self._ahead.give_back())
            self._ahead.keep()
            self._tell("has at hand", *self.bench.ahead())
        except WarehouseError as error:
            self._tell("cannot see to its claims:", type(error).__name__, error)

    def by_hand(self) -> None:
        """Goods come and go without a plan: onto a place of one's own, or one that all share."""
        dice = self._floor.dice
        place = dice.choice((f"X-{self.name}", SHARED))
        there = self._floor.physically_there(place, "CUP")
        fact: Fact = GoodsReceived("PO-0", 0, "", "CUP", "", "", "", dice.randint(1, 3), place)
        if there and dice.random() < 0.5:
            fact = PutAway("", "CUP", "", dice.randint(1, there), place, f"Y-{self.name}")
        self.report(fact)

    def report(self, fact: Fact) -> None:
        """Journal a fact outside any session."""
        if isinstance(fact, PutAway):
            self._floor.bring(fact.from_location, fact.sku, -fact.quantity)
        recorded = self.bench.journal.append((fact,), self.bench.worker, "", self.clock())
        if isinstance(fact, GoodsReceived):
            self._floor.bring(fact.dock, fact.sku, fact.quantity)
        self._floor.confirmed(recorded)
        self._tell("reports", fact)

    def _scan(self, scan_text: str) -> None:
        answer = self.connected.scan(scan_text)
        self._last_scan = scan_text
        self._floor.confirmed(answer.facts)
        kinds = [one.fact.kind for one in answer.facts]
        self._tell("scans", scan_text, answer.feedback.kind.value, *kinds, answer.feedback.values.get("reason", ""))

    def _next_scan(self, expected: list[str]) -> str:
        dice, chance = self._floor.dice, self._floor.dice.random()
        if chance < 0.85:
            return expected[0]
        if chance < 0.93:
            return dice.choice(expected)
        return dice.choice((command_code(UNDO), "NOBODY-KNOWS", self._last_scan))

    def _begin_something(self) -> None:
        """Scan work that was seen lying there, or that the program knows of; else do something else."""
        dice, seen = self._floor.dice, [code for code in WORK_SEEN[self.bench.session.task] if code not in self._tried]
        at_hand = self.bench.session.at_hand()
        if at_hand and dice.random() < 0.7:
            self._scan(at_hand[0].scan_text)
        elif self._floor.frozen or dice.random() < 0.2 or not seen:
            self._other_task()
            self.by_hand()
        elif dice.random() < 0.8:
            code = dice.choice(seen)
            self._tried.add(code)
            self._scan(code)
        else:
            self.connected.look_for_work()
            if self.bench.expected():
                self._scan(self.bench.expected()[0].scan_text)

    def _other_task(self) -> None:
        """Nothing to do here: another task of the same station, when nothing is in hand."""
        facts = self.bench.finish()
        self._floor.confirmed(facts)
        if not self.bench.journal.works_in_hand():
            self._work_on(self.bench.file, self._floor.dice.choice(TASKS), self.connected.link)

    def _work_on(self, file: StationFile, task: str, link: Link | None = None) -> None:
        replica = Replica(file)
        link = link or Link(file, self.wire, replica)
        self._connected = ConnectedBench(Bench(file, task, self.clock, replica), link)
        link.pause, link.seconds = self._floor.wait, self._floor.seconds
        self._follower = FeedFollower(self.bench, link, lambda: None)
        self._ahead = WorkAhead(self.bench, link, depth=2)
        self.bench.sign_on(WORKERS[self.name])
        self._tell("works on", task, "after fact", self.bench.journal.last_sequence)

    def _open(self, path: Path) -> MortalConnection:
        return MortalConnection(connect(path), lambda: self._floor.may_die(self.name))

    @staticmethod
    def _task_in_hand(file: StationFile) -> str:
        row = file.connection.execute("SELECT task FROM packet ORDER BY rowid DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    def _tell(self, what: str, *about: object) -> None:
        self._floor.trace.tell(self.name, what, *about)
