"""Whatever is decided about orders, in whatever order: the books tie, and no channel line loses or gains a unit."""

import io
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.despatch import DOCK, PICKER
from tests.order_desk import Buyer, OrderDesk
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import (
    AmendmentTaken,
    Fact,
    ListFinished,
    Picked,
    PutAway,
    ToteOpened,
    WorkFinished,
    WorkStopped,
)
from warehouse_app.operations.cancelling import cancel_order
from warehouse_app.operations.import_bundles import import_bundles
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.merging import merge_orders
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.operations.unreleasing import unrelease_order
from warehouse_app.store import tables
from warehouse_app.store.database import Database

numbers = st.integers(0, 5)
acts = st.sampled_from(
    (
        "reserve",
        "release",
        "change",
        "change",
        "split",
        "split",
        "merge",
        "unrelease",
        "cancel",
        "walk",
        "pick",
        "stop",
        "stop",
    )
)
steps = st.lists(st.tuples(acts, numbers, numbers, numbers), min_size=3, max_size=14)
runs = count(1)


@pytest.fixture
def desk(database: Database) -> OrderDesk:
    desk = OrderDesk(database)
    import_products(database, io.BytesIO(b"sku,name\nSET,Tea set\n"))
    import_bundles(database, io.BytesIO(b"bundle,part,quantity\nSET,CUP,2\nSET,POT,1\n"))
    totes = "".join(f"T-{number:04d},tote\n" for number in range(2, 40))
    import_locations(database, io.BytesIO(f"location,kind\n{totes}".encode()))
    return desk


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=steps, released=st.booleans())
def test_any_decisions_leave_books_that_tie_and_every_channel_line_served(
    desk: OrderDesk, story: Sequence[tuple[str, int, int, int]], *, released: bool
) -> None:
    names = [f"{next(runs)}-{letter}" for letter in "ABC"]
    policies = ("complete", "partial", "partial")
    for name, policy in zip(names, policies, strict=True):
        desk.take(name, ("CUP", 3), ("SET", 2), ("POT", 2), buyer=Buyer(policy=policy))
    if released:
        desk.release_all()
    served, on_hand = desk.served(), stock_of(desk)

    for act, *choices in story:
        with suppress(WarehouseError):
            decide(desk, names, act, choices)
        assert desk.differences() == ()
        assert desk.served() == served
        assert still_to_fetch(desk) == {}

    assert stock_of(desk) == on_hand
    tidy_up(desk, names)
    assert desk.promised() == (0, 0)
    assert desk.differences() == ()


def decide(desk: OrderDesk, names: list[str], act: str, choices: Sequence[int]) -> None:
    """One decision about one of the orders, or one thing that a picker does."""
    first, second, quantity = choices
    order_no, line_no = names[first % len(names)], 1 + second % 4
    if act == "reserve":
        desk.reserve()
    elif act == "release":
        desk.release_all()
    elif act == "change":
        desk.change(order_no, line_no, quantity)
    elif act == "split":
        request = SplitRequest((line_no,), quantity or None)
        names.append(desk.database.write(split_order, order_no, request, "").new_order_no)
    elif act == "merge":
        desk.database.write(merge_orders, [order_no, names[second % len(names)]], "")
    elif act == "unrelease":
        desk.database.write(unrelease_order, order_no, "", "")
    elif act == "cancel":
        desk.database.write(cancel_order, order_no, "", "")
    elif act == "walk":
        desk.walk(order_no)
    else:
        answer_for(desk, order_no, quantity if act == "pick" else 0, finish=act == "stop")


def answer_for(desk: OrderDesk, order_no: str, units: int, *, finish: bool) -> None:
    """A picker takes units of one stop, or has heard of a change, and brings the list in."""
    packet = desk.walk(order_no)
    facts: list[Fact] = []
    stop = packet.stops[0]
    taken = min(units, stop.quantity)
    if taken and packet.free_totes:
        tote = packet.totes.get(stop.order_no) or packet.free_totes[0]
        facts.append(ToteOpened(packet.list_no, stop.order_no, tote))
        facts.append(
            Picked(
                packet.list_no, stop.stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot, taken,
                stop.location, tote,
            )
        )  # fmt: skip
    if finish:
        orders = {one.order_no for one in packet.stops}
        asked = [name for name in orders if desk.show(name).summary.reason == "coming_back"]
        facts += [AmendmentTaken(packet.work, 1, "{}"), *(WorkStopped(name, 1, "") for name in asked)]
        facts += [ListFinished(packet.list_no), WorkFinished(packet.work)]
    desk.post(PICKER, facts, packet.work)


def still_to_fetch(desk: OrderDesk) -> Counter[tuple[str, str]]:
    """By order and place: units promised on shelves without a stop that fetches them, or the other way round."""
    difference: Counter[tuple[str, str]] = Counter()
    for order_no, location, units in desk.open_stops():
        difference[order_no, location] += units
    rows = desk.database.read(lambda tx: tx.rows(select(tables.allocation)))
    for row in rows:
        if not row["location"].startswith("T-"):
            difference[row["order_no"], row["location"]] -= row["quantity"]
    return Counter({key: units for key, units in difference.items() if units})


def stock_of(desk: OrderDesk) -> Counter[str]:
    """Units in the house by product."""
    found: Counter[str] = Counter()
    for (location, sku), units in desk.on_hand().items():
        if location != "SUPPLIER":
            found[sku] += units
    return found


def tidy_up(desk: OrderDesk, names: Sequence[str]) -> None:
    """End what is left of a story: orders are cancelled, pickers bring their lists in, totes are put back."""
    for name in names:
        with suppress(WarehouseError):
            desk.database.write(cancel_order, name, "", "")
    claims = desk.database.read(lambda tx: tx.rows(select(tables.claim).where(tables.claim.c.state == "held")))
    for row in claims:
        facts: list[Fact] = [ListFinished(row["work"].partition(":")[2]), WorkFinished(row["work"])]
        desk.post(PICKER, facts, row["work"])
    for (location, sku), units in desk.on_hand().items():
        if location.startswith("T-"):
            desk.post(DOCK, [PutAway("", sku, "", units, location, "A01")], f"putaway:{location}")
