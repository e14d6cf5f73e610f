"""Two people decide about the same orders at once: one of them goes first, and the books tie."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.despatch import PICKER
from tests.order_desk import OrderDesk
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.cancelling import cancel_order
from warehouse_app.operations.changing import LineChange, OrderChange, change_order
from warehouse_app.operations.merging import merge_orders
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.operations.unreleasing import unrelease_order
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store.database import Database

Decision = Callable[[Database], object]
LINE_DOWN = OrderChange(LineChange(1, 1))
DECISIONS: dict[str, Decision] = {
    "reserve": reserve_open_orders,
    "release": lambda database: release_waves(database, WaveRequest()),
    "change": lambda database: database.write(change_order, "1", LINE_DOWN, "A"),
    "split": lambda database: database.write(split_order, "1", SplitRequest((2,)), "B"),
    "merge": lambda database: database.write(merge_orders, ["1", "2"], "C"),
    "unrelease": lambda database: database.write(unrelease_order, "3", "", "D"),
    "cancel": lambda database: database.write(cancel_order, "1", "", "E"),
    "change released": lambda database: database.write(change_order, "3", LINE_DOWN, "F"),
    "split released": lambda database: database.write(split_order, "3", SplitRequest((2,)), "G"),
    "claim": lambda database: database.write(claim_pick_list, PICKER, Need(ScanKind.PICK_LIST, "PL-000001")),
}
PAIRS = [
    ("change", "reserve"),
    ("change", "release"),
    ("change", "change"),
    ("split", "release"),
    ("split", "change"),
    ("split", "split"),
    ("merge", "reserve"),
    ("merge", "release"),
    ("merge", "change"),
    ("merge", "split"),
    ("merge", "cancel"),
    ("unrelease", "claim"),
    ("unrelease", "unrelease"),
    ("unrelease", "split released"),
    ("change released", "claim"),
    ("split released", "claim"),
]


@pytest.fixture
def desk(database: Database) -> OrderDesk:
    """Order 3 is on the floor, orders 1 and 2 have just come in."""
    desk = OrderDesk(database)
    desk.take("3", ("CUP", 4), ("POT", 2))
    desk.release_all()
    desk.take("1", ("CUP", 4), ("POT", 2))
    desk.take("2", ("CUP", 4))
    return desk


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_decisions_that_meet_are_made_one_after_the_other(desk: OrderDesk, one: str, other: str) -> None:
    served = desk.served()
    start = Barrier(2)

    def decide(name: str) -> str:
        start.wait()
        try:
            DECISIONS[name](desk.database)
        except WarehouseError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(2) as people:
        outcomes = list(people.map(decide, (one, other)))

    assert "done" in outcomes
    assert {"StoreUnavailable", "StockChanged"}.isdisjoint(outcomes)
    assert desk.differences() == ()
    assert desk.served() == served
