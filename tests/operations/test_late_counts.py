"""Counts against what stations tell late: whatever comes in whatever order, in the end the books are right."""

import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.conftest import SoakFigure, SoakSize
from tests.databases import Maker
from tests.order_desk import OrderDesk
from tests.stage import Stage, on_stage
from tests.warehouse import at
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import verify
from warehouse_app.domain.facts import Counted, Fact, LocationCounted, Picked, PutAway, ToteOpened, WorkFinished
from warehouse_app.domain.packets import PickPacket
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.counting import claim_count_sheet
from warehouse_app.operations.counting_approval import Approval, Tolerance, approve_counts
from warehouse_app.operations.counting_plan import plan_counts
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.store import tables
from warehouse_app.store.database import Database

SHELVES = ("A01", "A02", "B01")
STATIONS = ("PICK-1", "PICK-2", "DOCK-1")
ANYTHING = Tolerance(units=1_000)


@dataclass(frozen=True, slots=True)
class Deed:
    """What happens next: what, by which station (or where), and how much of it."""

    what: str
    who: int
    units: int


deeds = st.builds(
    Deed,
    st.sampled_from(("pick", "pick", "pick", "put_away", "count", "count", "stray", "post", "approve", "go_on")),
    st.integers(0, 2),
    st.integers(1, 3),
)
stories = st.lists(deeds, min_size=6, max_size=30)


def build(database: Database) -> None:
    """Two released orders of nine cups each."""
    desk = OrderDesk(database)
    totes = "".join(f"T-{number:04d},tote\n" for number in range(5, 12))
    import_locations(database, io.BytesIO(f"location,kind\n{totes}".encode()))
    desk.take("1", ("CUP", 9))
    desk.release_all()
    desk.take("2", ("CUP", 9))
    desk.release_all()


@dataclass
class Floor:
    """The floor as it really is, kept without a look at the books; facts wait at the stations that know them."""

    database: Database
    now: datetime = field(default_factory=lambda: at("09:00"))
    waiting: dict[str, list[tuple[datetime, str, Fact]]] = field(default_factory=lambda: defaultdict(list))
    lying: Counter[str] = field(default_factory=Counter)
    strays: list[tuple[datetime, str, int]] = field(default_factory=list)
    counted: dict[str, datetime] = field(default_factory=dict)
    approved: dict[str, datetime] = field(default_factory=dict)
    lists: list[PickPacket] = field(default_factory=list)
    totes: set[str] = field(default_factory=set)

    def begin(self) -> None:
        self.database.clock = lambda: self.now
        self._desk = OrderDesk.__new__(OrderDesk)
        self._desk.database, self._desk._sequences = self.database, {}  # noqa: SLF001 - it is furnished already
        for row in self.database.read(lambda tx: tx.rows(select(tables.balance))):
            if row["location"] in SHELVES and row["sku"] == "CUP":
                self.lying[row["location"]] += row["on_hand"]
        for station, name in zip(STATIONS, ("PL-000001", "PL-000002"), strict=False):
            need = Need(ScanKind.PICK_LIST, name)
            self.lists.append(self.database.write(claim_pick_list, Holder(station, "W-03"), need))
        self.left = [{stop.stop_no: stop.quantity for stop in packet.stops} for packet in self.lists]

    def do(self, deed: Deed) -> None:
        self.now += timedelta(minutes=1)
        getattr(self, deed.what)(deed)

    def pick(self, deed: Deed) -> None:
        """Units leave a shelf, if they really lie there; nobody but the station knows."""
        which = deed.who % 2
        packet, left = self.lists[which], self.left[which]
        stop = next((one for one in packet.stops if left[one.stop_no]), None)
        if stop is None:
            return
        units = min(deed.units, left[stop.stop_no], self.lying[stop.location])
        tote = packet.free_totes[0]
        if not units:
            return
        left[stop.stop_no] -= units
        self.lying[stop.location] -= units
        facts: list[Fact] = [] if tote in self.totes else [ToteOpened(packet.list_no, stop.order_no, tote)]
        self.totes.add(tote)
        picked = Picked(
            packet.list_no, stop.stop_no, stop.order_no, stop.line_no, "", "CUP", "", units, stop.location, tote
        )
        self._know(STATIONS[which], packet.work, [*facts, picked])

    def put_away(self, deed: Deed) -> None:
        to = SHELVES[deed.who]
        self.lying[to] += deed.units
        self._know("DOCK-1", "putaway:RECV-01", [PutAway("", "CUP", "", deed.units, "RECV-01", to)])

    def stray(self, deed: Deed) -> None:
        """Units are gone, or turn up, and no station has seen it."""
        shelf, units = SHELVES[deed.who], deed.units if deed.units % 2 else -deed.units
        units = max(units, -self.lying[shelf])
        self.lying[shelf] += units
        self.strays.append((self.now, shelf, units))

    def count(self, deed: Deed) -> None:
        """What really lies there is counted and known at once."""
        shelf = SHELVES[deed.who]
        if shelf in self.counted:
            return
        self.database.write(plan_counts, "W-02", locations=(shelf,))
        packet = self.database.write(claim_count_sheet, Holder("COUNT", "W-04"), Need(ScanKind.LOCATION, shelf))
        facts: list[Fact] = [Counted(packet.sheet_no, 1, shelf, "", "CUP", "", self.lying[shelf])]
        self._know("COUNT", packet.work, [*facts, LocationCounted(packet.sheet_no, 1, shelf)])
        self._know("COUNT", packet.work, [WorkFinished(packet.work)])
        self.counted[shelf] = self.now
        self._post("COUNT")

    def post(self, deed: Deed) -> None:
        self._post(STATIONS[deed.who])

    def approve(self, deed: Deed) -> Approval:
        """Nothing is approved while a picker whose list leads there has facts from before."""
        done = self._approve(())
        for task in done.approved:
            behind = [name for name in STATIONS[:2] if self._has_told_late(name, task.location)]
            assert behind == []
        del deed
        return done

    def go_on(self, deed: Deed) -> None:
        """A supervisor does not wait for anybody."""
        del deed
        self._approve(STATIONS)

    def end(self) -> None:
        self.now += timedelta(minutes=1)
        for station in STATIONS:
            self._post(station)
        self._approve(STATIONS)
        book_everything(self.database)

    def expected(self, shelf: str) -> int:
        """What lies there, but for what strayed after it was counted last."""
        since = self.approved.get(shelf, at("00:00"))
        unseen = sum(units for when, where, units in self.strays if where == shelf and when > since)
        return self.lying[shelf] - unseen

    def booked(self, shelf: str) -> int:
        balance, debt = tables.balance, tables.debt
        here = (balance.c.location == shelf, balance.c.sku == "CUP")
        owed = (debt.c.location == shelf, debt.c.sku == "CUP")
        on_hand = self.database.read(lambda tx: tx.value(select(balance.c.on_hand).where(*here)))
        missing = self.database.read(lambda tx: tx.value(select(debt.c.quantity).where(*owed)))
        return int(on_hand or 0) - int(missing or 0)

    def _approve(self, without: tuple[str, ...]) -> Approval:
        book_everything(self.database)
        plans = self.database.read(lambda tx: tx.rows(select(tables.count_plan.c.plan_no)))
        done = Approval()
        for row in plans:
            one = self.database.write(approve_counts, "W-01", row["plan_no"], tolerance=ANYTHING, without=without)
            done = Approval(done.approved + one.approved, waiting=done.waiting + one.waiting)
        for task in done.approved:
            self.approved[task.location] = self.counted.pop(task.location)
        return done

    def _has_told_late(self, station: str, shelf: str) -> bool:
        facts = (one for one in self.waiting[station] if isinstance(one[2], Picked) and one[2].location == shelf)
        return any(when <= self.approved[shelf] for when, _, _ in facts)

    def _know(self, station: str, work: str, facts: list[Fact]) -> None:
        self.waiting[station] += [(self.now, work, fact) for fact in facts]

    def _post(self, station: str) -> None:
        for when, work, fact in self.waiting.pop(station, []):
            self.database.write(self._desk._post, when, "W-03", [fact], station, work)  # noqa: SLF001 - not booked yet


@pytest.fixture(scope="module")
def stage(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with on_stage(maker, tmp_path_factory.mktemp("counts"), build) as stage:
        yield stage


def counts_come_right(stage: Stage, examples: int) -> int:
    """Play so many stories; gives how many counts were approved, of which some before a late fact."""
    approvals = 0

    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    @given(stories)
    def play(story: list[Deed]) -> None:
        nonlocal approvals
        stage.start_over()
        floor = Floor(stage.people[0])
        floor.begin()

        for deed in story:
            floor.do(deed)
        floor.end()

        assert {shelf: floor.booked(shelf) for shelf in SHELVES} == {shelf: floor.expected(shelf) for shelf in SHELVES}
        proved = stage.people[0].read(verify)
        assert (proved.differences, proved.parked, proved.unapplied) == ((), 0, 0)
        approvals += len(floor.approved)

    play()
    return approvals


def test_counts_and_late_facts_in_any_order_leave_the_books_right(stage: Stage) -> None:
    assert counts_come_right(stage, 6) > 0


@pytest.mark.soak
def test_counts_and_late_facts_in_very_many_orders(stage: Stage, soak_figure: SoakFigure, soak_size: SoakSize) -> None:
    stories_played = soak_size(600)

    approvals = counts_come_right(stage, stories_played)

    soak_figure(
        "counts against late facts", f"{stories_played} stories, {approvals} approved counts", "all books right"
    )
