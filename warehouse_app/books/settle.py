"""After the facts of a batch: nothing may stay promised that is not there, and what was lost is sought elsewhere."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select

from warehouse_app.books.availability import shelf_balances
from warehouse_app.books.campaigns import reduce_campaigns
from warehouse_app.books.held_stock import held_stock
from warehouse_app.books.late_facts import reverse_explained_variances
from warehouse_app.books.ledger import Books, Replacement
from warehouse_app.books.loading import Needs, load, load_stock
from warehouse_app.books.order_states import settle_order
from warehouse_app.books.ranking import order_rank
from warehouse_app.books.rows import BalanceRow, LineRow, PickListRow, StopRow
from warehouse_app.planning.allocation import LotBalance, Take, plan_allocations
from warehouse_app.planning.demand import LineDemand, OrderDemand
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key

NOTHING: Mapping[str, str] = {}


def settle(tx: Transaction, books: Books) -> None:
    """Give back promises that stock no longer covers, replace lost units, and look at the orders concerned again."""
    reverse_explained_variances(tx, books)
    _give_back_allocations(tx, books)
    _write_doubts(tx, books)
    _replace(tx, books)
    _give_back_reservations(tx, books)
    for order_no in sorted(books.touched):
        settle_order(order_no, books)


def _give_back_allocations(tx: Transaction, books: Books) -> None:
    """Of a place that holds less than was promised from it, the least urgent orders give back."""
    over = [row for row in books.balances if row.physical and row.allocated > row.on_hand]
    if not over:
        return
    found = books.allocations.load(tx, "location", {row.location for row in over})
    load(tx, books, Needs(orders=frozenset(row.order_no for row in found)))
    for balance in over:
        give_back(balance, balance.allocated - balance.on_hand, books)


def give_back(
    balance: BalanceRow, quantity: int, books: Books, what: str = "allocation_lost", told: Mapping[str, str] = NOTHING
) -> None:
    """Take so many promised units of a place back, from the least urgent orders first, to be replaced from elsewhere.

    `what` goes into the orders' history, `told` to the pickers. The orders must be loaded.
    """
    key = (balance.location, balance.sku, balance.owner, balance.lot)
    mine = [row for row in books.allocations if (row.location, row.sku, row.owner, row.lot) == key]
    for row in sorted(mine, key=lambda row: urgency(books, row.order_no), reverse=True):
        if quantity <= 0:
            return
        line = books.lines[row.order_no, row.line_no]
        lost = books.deallocate(line, row.location, row.lot, quantity)
        quantity -= lost
        list_no = _withdraw_stop(line, balance.location, balance.lot, lost, books, told)
        books.replacements.append(Replacement(row.order_no, row.line_no, lost, list_no))
        books.note(row.order_no, what, sku=row.sku, quantity=lost, location=row.location, **told)


def urgency(books: Books, order_no: str) -> tuple[object, ...]:
    """What sorts orders, the most urgent first."""
    order = books.orders.get(order_no)
    return (*order_rank(order), order_no) if order else ()


def _withdraw_stop(
    line: LineRow, location: str, lot: str, quantity: int, books: Books, told: Mapping[str, str] = NOTHING
) -> str:
    for stop in books.stops_of(line.order_no):
        here = (stop.line_no, stop.location, stop.lot)
        if here == (line.line_no, location, lot) and stop.open_quantity:
            taken = min(quantity, stop.open_quantity)
            stop.withdrawn += taken
            books.amend(f"pick:{stop.list_no}", what="drop_stop", stop=stop.stop_no, quantity=taken, **told)
            return stop.list_no
    return ""


def _write_doubts(tx: Transaction, books: Books) -> None:
    """A place that did not hold what it should is not promised from until it has been counted."""
    if not books.doubts:
        return
    table = tables.hold
    known = {
        (row["location"], row["sku"])
        for row in tx.rows(select(table).where(tx.mine(table), table.c.removed_at.is_(None)))
    }
    new = [pair for pair in dict.fromkeys(books.doubts) if pair not in known]
    tx.add(
        table,
        [
            {"hold_id": new_key(), "location": location, "sku": sku, "reason": "count_first", "since": tx.recorded_at}
            for location, sku in new
        ],
    )


def _replace(tx: Transaction, books: Books) -> None:
    """Find other places for lost units; what is nowhere becomes short."""
    lost: dict[tuple[str, int], Replacement] = {}
    for one in books.replacements:
        order = books.orders.get(one.order_no)
        before = lost.get((one.order_no, one.line_no))
        quantity = one.quantity + (before.quantity if before else 0)
        ended = order is None or order.cancel_requested or order.state in ("cancelled", "shipped")
        if quantity and not ended:
            lost[one.order_no, one.line_no] = Replacement(one.order_no, one.line_no, quantity, one.list_no)
    if not lost:
        return
    takes = _plan_replacements(tx, books, lost)
    found: dict[tuple[str, int], int] = defaultdict(int)
    for take in takes:
        found[take.order_no, take.line_no] += take.quantity
    _add_stops(tx, books, takes, lost)
    for key, replacement in lost.items():
        missing = replacement.quantity - found[key]
        line = books.lines[key]
        missing = min(missing, line.reserved)
        books.lose(line, missing)
        line.short += missing
        if missing:
            books.note(line.order_no, "short", sku=line.sku, quantity=missing)
        books.touched.add(line.order_no)


def _plan_replacements(tx: Transaction, books: Books, lost: dict[tuple[str, int], Replacement]) -> tuple[Take, ...]:
    skus = {books.lines[key].sku for key in lost}
    written = shelf_balances(tx, skus)
    books.balances.load(tx, "sku", skus)
    books.locations.load(tx, "location", {balance.location for balance in written})
    doubted, held = set(books.doubts), held_stock(tx, skus)
    free = []
    for shelf in written:
        # The batch may have changed the place since it was written, so the loaded row counts.
        goods = (shelf.owner, shelf.sku, shelf.lot)
        row = books.balance(shelf.location, goods)
        available = row.on_hand - row.allocated - held.units(goods, shelf.location, row.on_hand)
        if available > 0 and (shelf.location, shelf.sku) not in doubted:
            free.append(
                LotBalance(
                    shelf.owner, shelf.location, shelf.sku, shelf.lot, shelf.expires_on, available, shelf.stop_rank,
                    shelf.pick_face,
                )
            )  # fmt: skip
    demands = []
    for (order_no, line_no), replacement in lost.items():
        line, order = books.lines[order_no, line_no], books.orders[order_no]
        demand = LineDemand(line_no, line.owner, line.sku, replacement.quantity)
        demands.append(OrderDemand(order_no, order_rank(order), complete_only=False, lines=(demand,)))
    return plan_allocations(demands, free).takes


def _add_stops(
    tx: Transaction, books: Books, takes: tuple[Take, ...], lost: dict[tuple[str, int], Replacement]
) -> None:
    """The picker who is still on the list goes there too; otherwise a new list is made."""
    for take in takes:
        line = books.lines[take.order_no, take.line_no]
        books.allocate(line, take.location, take.lot, take.quantity)
        list_no = lost[take.order_no, take.line_no].list_no
        pick_list = books.pick_lists.get(list_no)
        if pick_list is None or pick_list.state == "done":
            pick_list = _new_list(tx, books, take.order_no)
        books.stops.load(tx, "list_no", [pick_list.list_no])
        mine = books.stops.under(pick_list.list_no)
        slot = next((stop.slot for stop in mine if stop.order_no == take.order_no), "A")
        stop = StopRow(
            pick_list.list_no, max((stop.stop_no for stop in mine), default=0) + 1, take.order_no, take.line_no, slot,
            take.owner, take.sku, take.lot, take.location, take.quantity, 0, 0, 0,
        )  # fmt: skip
        books.stops.add(stop)
        books.amend(
            f"pick:{pick_list.list_no}", what="add_stop", stop=stop.stop_no, order=stop.order_no, line=stop.line_no,
            slot=slot, owner=stop.owner, sku=stop.sku, lot=stop.lot, location=stop.location, quantity=stop.quantity,
        )  # fmt: skip
        books.note(take.order_no, "replaced", sku=take.sku, quantity=take.quantity, location=take.location)


def _new_list(tx: Transaction, books: Books, order_no: str) -> PickListRow:
    order = books.orders[order_no]
    for row in books.pick_lists:
        if row.state == "open" and row.list_no.startswith("RL-") and _serves(books, row.list_no, order_no):
            return row
    number = tx.next_in_series("replacement_list")
    row = PickListRow(f"RL-{number:06d}", order.wave_no, "open", 0, 0, order.ship_by)
    return books.pick_lists.add(row)


def _serves(books: Books, list_no: str, order_no: str) -> bool:
    return any(stop.order_no == order_no for stop in books.stops.under(list_no))


def _give_back_reservations(tx: Transaction, books: Books) -> None:
    """When less can be sold than was promised, campaigns give back, then the least urgent orders."""
    over = [row for row in books.stock if row.reserved + row.set_aside > row.sellable]
    if not over:
        return
    reduce_campaigns(tx, books, over)
    over = [row for row in over if row.reserved + row.set_aside > row.sellable]
    if not over:
        return
    found = books.reservations.load(tx, "sku", {row.sku for row in over})
    load(tx, books, Needs(orders=frozenset(row.order_no for row in found)))
    load_stock(tx, books, {row.sku for row in over})
    for total in over:
        mine = [row for row in books.reservations if (row.sku, row.owner) == (total.sku, total.owner)]
        for row in sorted(mine, key=lambda row: urgency(books, row.order_no), reverse=True):
            excess = total.reserved + total.set_aside - total.sellable
            if excess <= 0:
                break
            _give_back_reservation(row.order_no, row.line_no, excess, books)


def _give_back_reservation(order_no: str, line_no: int, excess: int, books: Books) -> None:
    line = books.lines[order_no, line_no]
    lost = min(excess, line.reserved)
    books.lose(line, lost)
    line.short += lost
    surplus = line.allocated - line.reserved
    for row in books.allocations.under(order_no):
        if row.line_no == line_no and surplus > 0 and books.place(row.location).pickable:
            taken = books.deallocate(line, row.location, row.lot, surplus)
            _withdraw_stop(line, row.location, row.lot, taken, books)
            surplus -= taken
    books.note(order_no, "reservation_lost", sku=line.sku, quantity=lost)
    books.touched.add(order_no)
