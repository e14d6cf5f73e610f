"""Decisions about counting: which station counts which sheet."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import RowMapping, select

from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.packets import CountPacket, CountStop
from warehouse_app.domain.scan import ScanKind, pick_list_code
from warehouse_app.domain.session import Expected, Need
from warehouse_app.language import mark
from warehouse_app.operations.claiming import Holder, NotReady, held_elsewhere, hold, keep_packet
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

TO_COUNT = ("open", "recount")
"""States of a location that somebody must still count."""


def claim_count_sheet(tx: Transaction, holder: Holder, need: Need) -> CountPacket:
    """Take a count sheet to a station, by its code or one of its locations.

    Raises NotFound, NotReady (also when all that is left was counted by this very person), WorkHeldElsewhere.
    """
    sheet_no = need.code if need.kind is ScanKind.PICK_LIST else _sheet_of(tx, need.code)
    task = tables.count_task
    rows = tx.rows(select(task).where(tx.mine(task), task.c.sheet_no == sheet_no).order_by(task.c.walk_no))
    if not rows:
        raise NotFound(thing=mark("count sheet"), name=sheet_no)
    left = [row for row in rows if row["state"] in TO_COUNT]
    if not left:
        raise NotReady(name=sheet_no, reason=mark("every location of it is counted"))
    if not any(_may_count(row, holder.worker) for row in left):
        raise NotReady(name=sheet_no, reason=mark("another person must count what is left of it"))
    work = f"count:{sheet_no}"
    packet = CountPacket(work, hold(tx, work, holder), sheet_no, _stops(tx, left))
    keep_packet(tx, packet)
    return packet


def waiting_counts(tx: Transaction, holder: Holder) -> Sequence[Expected]:
    """The codes of count sheets that nobody walks and of which this person may count something, the oldest first."""
    task = tables.count_task
    held = held_elsewhere(tx, "count", holder)
    query = (
        select(task.c.sheet_no, task.c.state, task.c.counted_by)
        .where(tx.mine(task), task.c.state.in_(TO_COUNT))
        .order_by(task.c.sheet_no)
    )
    sheets = dict.fromkeys(row["sheet_no"] for row in tx.rows(query) if _may_count(row, holder.worker))
    return [Expected("pick_list", pick_list_code(sheet)) for sheet in sheets if sheet not in held][:20]


def _sheet_of(tx: Transaction, location: str) -> str:
    task = tables.count_task
    here = (tx.mine(task), task.c.location == location, task.c.state.in_(TO_COUNT))
    sheet_no = tx.value(select(task.c.sheet_no).where(*here).order_by(task.c.sheet_no))
    if sheet_no is None:
        raise NotFound(thing=mark("location to count"), name=location)
    return str(sheet_no)


def _may_count(task: RowMapping, worker: str) -> bool:
    """A recount is another person's than who counted the round before."""
    return task["state"] == "open" or not worker or task["counted_by"] != worker


def _stops(tx: Transaction, tasks: Sequence[RowMapping]) -> tuple[CountStop, ...]:
    """The locations in walking order, with the products (and lots) that the books have there, but not how many."""
    balance = tables.balance
    here: dict[str, list[RowMapping]] = defaultdict(list)
    for row in tx.rows_in(balance, "location", (task["location"] for task in tasks), balance.c.on_hand > 0):
        here[row["location"]].append(row)
    return tuple(_stop(task, here[task["location"]]) for task in tasks)


def _stop(task: RowMapping, balances: Sequence[RowMapping]) -> CountStop:
    lots: dict[str, list[str]] = defaultdict(list)
    for row in sorted(balances, key=lambda row: (row["sku"], row["lot"])):
        if row["lot"]:
            lots[row["sku"]].append(row["lot"])
    return CountStop(
        task["location"],
        task["round_no"],
        task["counted_by"] if task["state"] == "recount" else "",
        min((row["owner"] for row in balances), default=""),
        tuple(sorted({row["sku"] for row in balances})),
        {sku: tuple(found) for sku, found in lots.items()},
    )
