"""Whatever is decided and whatever happens on the floor, in whatever order: nothing breaks, and the books tie."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.books.test_any_order import parked, zero_sums
from tests.crossroads import promised_twice
from tests.databases import Maker
from tests.hands import Station
from tests.order_desk import HEADER, Buyer, OrderDesk
from tests.stage import Stage, on_stage
from tests.warehouse import at
from warehouse_app.books.bookkeeping import book_facts
from warehouse_app.books.verify import verify
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import StockChanged, StoreUnavailable, WarehouseError
from warehouse_app.domain.facts import GoodsReceived, PutAway
from warehouse_app.operations.campaigns import (
    CampaignChange,
    CampaignRequest,
    add_campaign,
    change_campaign,
    end_campaign,
    keep_campaigns,
)
from warehouse_app.operations.cancelling import cancel_order, hold_order, unhold_order
from warehouse_app.operations.changing import LineChange, OrderChange, change_order
from warehouse_app.operations.counting_approval import Tolerance, approve_counts, ask_for_recount
from warehouse_app.operations.counting_plan import plan_counts
from warehouse_app.operations.holds import add_hold, remove_hold
from warehouse_app.operations.import_bundles import import_bundles
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.keeping import book_once, seal_books
from warehouse_app.operations.landed_costs import add_landed_cost
from warehouse_app.operations.merging import merge_orders
from warehouse_app.operations.moving import StockWanted, Why, adjust_stock, move_stock
from warehouse_app.operations.periods import close_period
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.rushing import rush_order
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.operations.unreleasing import unrelease_order
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store.database import Database

PARTS = {"CUP": 1, "POT": 1, "TEA": 1, "SET": 3}
LOTS = (
    "sku,location,quantity,lot,expires_on\nTEA,A01,6,L1,2026-04-01\nTEA,C01,5,L2,2026-05-01\nTEA,B01,4,L3,2026-03-02\n"
)
PURCHASES = "po_no,line_no,supplier,sku,quantity,unit_cost\nPO-1,1,SUP,CUP,12,1.99\nPO-1,2,SUP,TEA,9,0.37\n"
PLACES = ("A01", "A02", "B01", "C01", "RECV-01", "DAMAGED", "T-0001", "T-0002")

numbers = st.integers(0, 5)
few = st.integers(1, 6)
many = st.integers(1, 30)
skus = st.sampled_from(tuple(PARTS))
goods = st.sampled_from((("CUP", ""), ("POT", ""), ("TEA", "L1"), ("TEA", "L2"), ("TEA", "L9")))
places = st.sampled_from(PLACES)
shelves = st.sampled_from(PLACES[:4])
names_held = st.sampled_from(
    ({"sku": "CUP"}, {"lot": "L1"}, {"location": "A01"}, {"location": "B01"}, {"receipt": "PO-1"})
)
yes_or_no = st.booleans()
order_lines = st.lists(st.tuples(skus, few), min_size=1, max_size=3)
shops = st.sampled_from(("shop", "outlet"))
channels = st.sampled_from(("", "csv", "csv/outlet"))
findings = st.sampled_from(("picked", "picked", "picked", "missing", "damaged"))


def build_day(database: Database) -> None:
    """Cups, pots and tea of three lots, one of which expires today; sets of two cups and a pot; a delivery to come."""
    OrderDesk(database)
    import_products(database, io.BytesIO(b"sku,name\nSET,Tea set\nTEA,Green tea\n"))
    import_bundles(database, io.BytesIO(b"bundle,part,quantity\nSET,CUP,2\nSET,POT,1\n"))
    totes = "".join(f"T-{number:04d},tote\n" for number in range(2, 9))
    import_locations(database, io.BytesIO(f"location,kind\nDAMAGED,damaged\n{totes}".encode()))
    import_stock(database, io.BytesIO(LOTS.encode()))
    import_purchase_orders(database, io.BytesIO(PURCHASES.encode()))


class AnyDay(RuleBasedStateMachine):
    """One house; each rule is something that a person or a station does, or time that passes."""

    stage: ClassVar[Stage]
    each_step: ClassVar[bool] = False
    """Whether the whole books are proved after each step, or at the end of the day."""

    def __init__(self) -> None:
        super().__init__()
        self.stage.start_over()
        self.now = at("08:00")
        self.database = self.stage.people[0]
        self.database.clock = lambda: self.now
        self.desk = OrderDesk.__new__(OrderDesk)
        self.desk.database, self.desk._sequences = self.database, {}  # noqa: SLF001 - it is furnished already
        self.pickers = [
            Station(self.desk, "PICK-1", "W-03"),
            Station(self.desk, "PICK-2", "W-04", timedelta(minutes=7)),
        ]
        self.packer, self.dock = Station(self.desk, "PACK-1", "W-03"), Station(self.desk, "DOCK-1", "W-03")
        self.hands = (*self.pickers, self.packer, self.dock)
        self.orders: list[str] = []
        self.ordered: Counter[tuple[str, str]] = Counter()
        self.campaigns = self.counted = 0

    def decide(self, job: Callable[..., object], *args: object, **kwargs: object) -> None:
        """A decision that may be refused, for a reason that a person can act on."""
        self.allowed(self.database.write, job, *args, **kwargs)

    def allowed(self, act: Callable[..., object], *args: object, **kwargs: object) -> None:
        """Whatever may be refused, but never because the database had to refuse it."""
        try:
            act(*args, **kwargs)
        except (StockChanged, StoreUnavailable):
            raise
        except WarehouseError:
            return

    def order(self, number: int) -> str:
        return self.orders[number % len(self.orders)] if self.orders else "none"

    @initialize(quantities=st.tuples(few, few, few), partly=yes_or_no, released=st.sampled_from((True, True, False)))
    def begin(self, quantities: tuple[int, int, int], partly: bool, released: bool) -> None:  # noqa: FBT001
        """Three orders in the morning, which may be on the floor already."""
        for quantity in quantities:
            self.take_order([("CUP", quantity), ("TEA", quantity), ("SET", 1)], partly=partly, shop="shop")
        if released:
            self.release()

    def walking(self, number: int) -> Station:
        """A picker with a list in the hands."""
        walking = [picker for picker in self.pickers if picker.picking]
        return walking[number % len(walking)]

    # What the channels do.

    @rule(
        lines=order_lines,
        partly=yes_or_no,
        shop=shops,
    )
    def take_order(self, lines: list[tuple[str, int]], partly: bool, shop: str) -> None:  # noqa: FBT001
        name = f"{shop}-{len(self.orders) + 1}"
        self.orders.append(name)
        self.import_order(name, lines, partly=partly)

    @rule(number=numbers, lines=order_lines)
    def take_it_again(self, number: int, lines: list[tuple[str, int]]) -> None:
        name = self.order(number)
        if name.startswith(("shop-", "outlet-")) and name.count("-") == 1:
            self.import_order(name, lines, partly=True)

    def import_order(self, name: str, lines: list[tuple[str, int]], *, partly: bool) -> None:
        who = Buyer(policy="partial" if partly else "complete")
        rows = "".join(
            f"{name},{number},{at('07:00').isoformat()},{who.service},{sku},{quantity},{who.name},{who.address},"
            f"{who.city},GB,{who.policy},{who.customer},{who.note}\n"
            for number, (sku, quantity) in enumerate(lines, 1)
        )
        file, shop = io.BytesIO((HEADER + rows).encode()), name.partition("-")[0]
        done = import_orders(self.database, "csv", shop, [file], readers=READERS)
        assert not done.rejects
        if done.added or done.updated:
            units = {(name, str(number)): PARTS[sku] * quantity for number, (sku, quantity) in enumerate(lines, 1)}
            self.ordered = Counter({key: count for key, count in self.ordered.items() if key[0] != name}) + Counter(
                units
            )

    # What supervisors decide.

    @rule()
    def reserve(self) -> None:
        reserve_open_orders(self.database)

    @rule()
    def release(self) -> None:
        reserve_open_orders(self.database)
        release_waves(self.database, WaveRequest())

    @rule(number=numbers)
    def rush(self, number: int) -> None:
        self.allowed(rush_order, self.database, self.order(number), "W-02")

    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        self.decide(cancel_order, self.order(number), "", "W-02")

    @rule(number=numbers)
    def hold(self, number: int) -> None:
        self.decide(hold_order, self.order(number), "why", "W-02")

    @rule(number=numbers)
    def unhold(self, number: int) -> None:
        self.decide(unhold_order, self.order(number), "why", "W-02")

    @rule(number=numbers, line=few, quantity=numbers)
    def change(self, number: int, line: int, quantity: int) -> None:
        self.decide(change_order, self.order(number), OrderChange(LineChange(line, quantity)), "W-02")

    @rule(number=numbers, line=few, quantity=numbers)
    def split(self, number: int, line: int, quantity: int) -> None:
        def do() -> None:
            done = self.database.write(split_order, self.order(number), SplitRequest((line,), quantity or None), "W-02")
            self.orders.append(done.new_order_no)

        self.allowed(do)

    @rule(number=numbers, other=numbers)
    def merge(self, number: int, other: int) -> None:
        self.decide(merge_orders, [self.order(number), self.order(other)], "W-02")

    @rule(number=numbers)
    def unrelease(self, number: int) -> None:
        self.decide(unrelease_order, self.order(number), "", "W-02")

    @rule(names=names_held)
    def hold_stock(self, names: dict[str, str]) -> None:
        self.decide(add_hold, "recall", "W-02", **names)

    @rule(names=names_held)
    def release_stock(self, names: dict[str, str]) -> None:
        self.decide(remove_hold, "W-02", **names)

    @rule(what=goods, quantity=few, source=places, goal=places, force=yes_or_no)
    def move(self, what: tuple[str, str], quantity: int, source: str, goal: str, force: bool) -> None:  # noqa: FBT001
        wanted = StockWanted(what[0], quantity, what[1])
        self.decide(move_stock, wanted, source, goal, Why("tidy", "W-02", force=force))

    @rule(what=goods, quantity=st.integers(-12, 6), place=places, force=yes_or_no)
    def adjust(self, what: tuple[str, str], quantity: int, place: str, force: bool) -> None:  # noqa: FBT001
        wanted = StockWanted(what[0], quantity, what[1])
        self.decide(adjust_stock, wanted, place, Why("seen", "W-02", force=force))

    @rule(
        sku=st.sampled_from(("CUP", "TEA")),
        quantity=many,
        minutes=numbers,
        channel=channels,
    )
    def set_aside(self, sku: str, quantity: int, minutes: int, channel: str) -> None:
        self.campaigns += 1
        starts_at = self.now + timedelta(minutes=minutes * 5)
        ends_at = starts_at + timedelta(minutes=40)
        asked = CampaignRequest(f"SALE-{self.campaigns}", sku, quantity, ends_at, starts_at, channel, partly=True)
        self.decide(add_campaign, asked, "W-02")

    @precondition(lambda self: self.campaigns)
    @rule(number=few, quantity=many)
    def change_campaign(self, number: int, quantity: int) -> None:
        change = CampaignChange(quantity=quantity, partly=True)
        self.decide(change_campaign, f"SALE-{number}", change, "W-02")

    @precondition(lambda self: self.campaigns)
    @rule(number=few)
    def end_campaign(self, number: int) -> None:
        self.decide(end_campaign, f"SALE-{number}", None, "W-02")

    @rule(place=shelves, off_by=st.integers(-4, 3), book=yes_or_no)
    def count(self, place: str, off_by: int, book: bool) -> None:  # noqa: FBT001
        self.decide(plan_counts, "W-02", locations=(place,))
        self.allowed(self.dock.count, place, off_by)
        self.counted += 1
        if book:
            self.book(100)

    @precondition(lambda self: self.counted)
    @rule(number=few)
    def approve(self, number: int) -> None:
        self.decide(approve_counts, "W-01", f"CP-{number:06d}", tolerance=Tolerance(units=50))

    @precondition(lambda self: self.counted)
    @rule(number=few, place=shelves)
    def recount(self, number: int, place: str) -> None:
        self.decide(ask_for_recount, "W-01", f"CS-{number:06d}", place)

    @rule(what=st.sampled_from(("seal", "book and keep", "close", "cost")))
    def keep(self, what: str) -> None:
        if what == "seal":
            seal_books(self.database)
        elif what == "book and keep":
            book_once(self.database)
        elif what == "close":
            self.allowed(close_period, self.database, f"P{self.now:%H%M}", self.now - timedelta(minutes=1), "W-01")
        else:
            self.decide(add_landed_cost, "PO-1", "3.01", "freight", "value")

    # What happens on the floor.

    @rule(number=numbers)
    def take_list(self, number: int) -> None:
        self.allowed(self.pickers[number % 2].take_list, number)

    @precondition(lambda self: self.pickers[0].picking or self.pickers[1].picking)
    @rule(
        number=numbers,
        stop=numbers,
        units=few,
        how=findings,
    )
    def pick(self, number: int, stop: int, units: int, how: str) -> None:
        self.walking(number).pick(stop, units, how)

    @rule(number=numbers)
    def pick_everything(self, number: int) -> None:
        picker = self.pickers[number % 2]
        self.allowed(picker.take_list, number)
        for _ in range(len(picker.picking.left) if picker.picking else 0):
            picker.pick(0, 100, "picked")
        picker.bring_in()
        self.book(100)

    @precondition(lambda self: self.pickers[0].picking or self.pickers[1].picking)
    @rule(number=numbers)
    def bring_in(self, number: int) -> None:
        self.walking(number).bring_in()

    @rule(number=numbers)
    def open_order(self, number: int) -> None:
        self.allowed(self.packer.open_order, number)

    @precondition(lambda self: self.packer.packing)
    @rule(units=few, how=findings)
    def pack(self, units: int, how: str) -> None:
        self.packer.pack(units, how)

    @precondition(lambda self: self.packer.packing)
    @rule(last=st.sampled_from((True, True, False)))
    def close_carton(self, last: bool) -> None:  # noqa: FBT001
        self.packer.close_carton(last=last)

    @rule(number=numbers)
    def pack_everything(self, number: int) -> None:
        self.book(100)
        self.allowed(self.packer.open_order, number)
        for _ in range(len(self.packer.packing.packet.units) if self.packer.packing else 0):
            self.packer.pack(0, "picked")
        self.packer.close_carton(last=True)
        self.book(100)

    @rule(number=numbers, refused=st.sampled_from((False, False, True)))
    def hand_over(self, number: int, refused: bool) -> None:  # noqa: FBT001
        self.allowed(self.dock.hand_over, number, refused=refused)

    @precondition(lambda self: any(hand.reported for hand in self.hands))
    @rule(number=numbers, back=numbers)
    def undo(self, number: int, back: int) -> None:
        self.hands[number % 4].undo(back)

    @rule(what=goods, quantity=few)
    def receive(self, what: tuple[str, str], quantity: int) -> None:
        expires_on = "2026-06-01" if what[1] else ""
        received = GoodsReceived("PO-1", 0, "", what[0], what[1], expires_on, "", quantity, "RECV-01")
        self.dock.report([received], "receive:PO-1")

    @rule(what=goods, quantity=few, source=places, goal=st.sampled_from((*PLACES[:6], "LOSS")))
    def put_away(self, what: tuple[str, str], quantity: int, source: str, goal: str) -> None:
        if source != goal:
            self.dock.report([PutAway("", what[0], what[1], quantity, source, goal)], f"putaway:{source}")

    @rule(size=st.sampled_from((1, 3, 100, 100)))
    def book(self, size: int) -> None:
        while (done := book_facts(self.database, size)).applied or done.parked:
            pass

    @rule(minutes=st.sampled_from((1, 5, 20, 60)))
    def wait(self, minutes: int) -> None:
        self.now = min(self.now + timedelta(minutes=minutes), datetime(2026, 3, 6, tzinfo=self.now.tzinfo))
        keep_campaigns(self.database)

    # What is always so.

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        assert self.database.read(promised_twice) == []

    @invariant()
    def every_ordered_unit_is_served(self) -> None:
        assert self.desk.served() == self.ordered

    @invariant()
    def the_books_tie(self) -> None:
        if self.each_step:
            assert self.database.read(verify).differences == ()

    def teardown(self) -> None:
        self.book(100)
        reserve_open_orders(self.database)
        release_waves(self.database, WaveRequest())
        assert zero_sums(self.desk) == []
        assert parked(self.desk) == []
        assert self.database.read(verify).differences == ()


@pytest.fixture(scope="module")
def day(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[AnyDay]]:
    with on_stage(maker, tmp_path_factory.mktemp("day"), build_day) as stage:
        yield type("Day", (AnyDay,), {"stage": stage})


def quick(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def test_any_day_ends_with_books_that_tie(day: type[AnyDay]) -> None:
    run_state_machine_as_test(day, settings=quick(40, 30))


@pytest.mark.soak
def test_two_thousand_days_end_with_books_that_tie(day: type[AnyDay]) -> None:
    random = settings(quick(2_000, 60), derandomize=False, database=None)
    run_state_machine_as_test(type("Day", (day,), {"each_step": True}), settings=random)
