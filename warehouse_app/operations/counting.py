"""Decisions about counting: which station counts which sheet."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import RowMapping, select

from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.packets import CountPacket, CountStop, Packet
from warehouse_app.domain.scan import ScanKind, pick_list_code
from warehouse_app.domain.session import EXPECTED_LIMIT, Expected, Need
from warehouse_app.language import mark
from warehouse_app.operations.claiming import (
    Holder,
    NotReady,
    held_elsewhere,
    hold,
    hold_ahead,
    keep_packet,
    keep_packets,
)
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


def sheets_to_claim(tx: Transaction, holder: Holder, limit: int) -> list[str]:
    """The works of count sheets of which this person may count something and that no other station holds."""
    return [f"count:{sheet}" for sheet in _open_sheets(tx, holder)][:limit]


def claim_sheets_ahead(tx: Transaction, holder: Holder, works: Sequence[str]) -> list[Packet]:
    """Claim those of these count sheets that are still free and have something left to count."""
    task = tables.count_task
    names = [work.partition(":")[2] for work in works]
    rows = sorted(tx.rows_in(task, "sheet_no", names, task.c.state.in_(TO_COUNT)), key=lambda row: row["walk_no"])
    left = {name: [row for row in rows if row["sheet_no"] == name] for name in names}
    epochs = hold_ahead(tx, [f"count:{name}" for name in names if left[name]], holder)
    claimed: list[Packet] = []
    for work, epoch in epochs.items():
        name = work.partition(":")[2]
        claimed.append(CountPacket(work, epoch, name, _stops(tx, left[name])))
    keep_packets(tx, claimed)
    return claimed


def waiting_counts(tx: Transaction, holder: Holder) -> Sequence[Expected]:
    """The codes of count sheets that nobody walks and of which this person may count something, the oldest first."""
    return [Expected("pick_list", pick_list_code(sheet)) for sheet in _open_sheets(tx, holder)][:EXPECTED_LIMIT]


def _open_sheets(tx: Transaction, holder: Holder) -> list[str]:
    task = tables.count_task
    held = held_elsewhere(tx, "count", holder)
    query = (
        select(task.c.sheet_no, task.c.state, task.c.counted_by)
        .where(tx.mine(task), task.c.state.in_(TO_COUNT))
        .order_by(task.c.sheet_no)
    )
    sheets = dict.fromkeys(row["sheet_no"] for row in tx.rows(query) if _may_count(row, holder.worker))
    return [sheet for sheet in sheets if sheet not in held]


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
