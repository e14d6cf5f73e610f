"""Closed periods: their figures, the seal that keeps them, and the proof that they still come out of the ledger.

A period holds what was recorded after its start and up to its end. Nothing that is recorded later has such a time, so
its figures never change; a late fact is in the period that is open when it arrives.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from warehouse_app.books.sealing import FIELD_END, MOVE_END, as_text
from warehouse_app.books.snapshots import stock_by_books
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

ENTRIES_A_QUERY = 50_000
"""About 8 MB of text at a time while a period is sealed or proved."""

SEALED_COLUMNS = (
    "cost_no",
    "owner",
    "sku",
    "kind",
    "move_no",
    "cause_id",
    "reference",
    "quantity",
    "value",
    "recorded_at",
)
Totals = Mapping[str, tuple[int, int]]
"""Units in the house and their value in 1/10,000 of a minor unit, by owner."""

Found = tuple[str, str, int | str, int | str]
"""What differs, where, what is booked and what is proven."""


@dataclass(frozen=True, slots=True)
class Period:
    """A closed period with its totals; `starts_at` is None for the first one."""

    period_no: int
    name: str
    starts_at: datetime | None
    ends_at: datetime
    last_move_no: int
    last_cost_no: int
    head: str
    totals: Totals
    seal: str = ""
    worker: str = ""
    closed_at: datetime | None = None


def read_periods(tx: Transaction) -> list[Period]:
    """All closed periods, the earliest first."""
    period, total = tables.period, tables.period_total
    totals: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in tx.rows(select(total).where(tx.mine(total)).order_by(total.c.owner)):
        totals[row["period_no"]][row["owner"]] = (row["quantity"], row["value"])
    rows = tx.rows(select(period).where(tx.mine(period)).order_by(period.c.period_no))
    return [_period_of(row, totals[row["period_no"]]) for row in rows]


def last_numbers(tx: Transaction, at: datetime) -> tuple[int, int]:
    """The newest move and the newest cost entry that the books had at this time."""
    found = []
    for table, number in ((tables.move, tables.move.c.move_no), (tables.cost_entry, tables.cost_entry.c.cost_no)):
        query = select(number).where(tx.mine(table), table.c.recorded_at <= at).order_by(number.desc()).limit(1)
        found.append(int(tx.value(query) or 0))
    return found[0], found[1]


def totals_after(tx: Transaction, before: Period | None, last_cost_no: int) -> Totals:
    """What is in the house after these cost entries, by owner; owners without anything are left out."""
    entry = tables.cost_entry
    units: dict[str, int] = defaultdict(int)
    values: dict[str, int] = defaultdict(int)
    for owner, (quantity, value) in (before.totals if before else {}).items():
        units[owner], values[owner] = quantity, value
    query = select(entry.c.owner, func.sum(entry.c.quantity), func.sum(entry.c.value))
    first = before.last_cost_no + 1 if before else 1
    query = query.where(tx.mine(entry), entry.c.cost_no.between(first, last_cost_no)).group_by(entry.c.owner)
    for owner, quantity, value in tx.connection.execute(query):
        units[owner] += int(quantity)
        values[owner] += int(value)
    return {owner: (units[owner], values[owner]) for owner in sorted(units) if units[owner] or values[owner]}


def units_lying(tx: Transaction, at: datetime) -> dict[str, int]:
    """Units of each owner that lay in the house by the ledger of moves, when the books had this time."""
    found: dict[str, int] = defaultdict(int)
    for (_sku, _place, owner, _lot), units in stock_by_books(tx, at, None).items():
        found[owner] += units
    return found


def is_sealed(tx: Transaction, period: Period) -> bool:
    """Whether the period's head is in the seal chain, and covers every move of the period."""
    page = tables.ledger_page
    query = select(page.c.last_move_no).where(tx.mine(page), page.c.hash == period.head)
    return period.last_move_no <= int(tx.value(query) or 0)


def seal_of(tx: Transaction, period: Period, before: Period | None) -> str:
    """SHA-256 over the seal before, everything that the period says, and each of its cost entries."""
    said = (
        before.seal if before else tx.warehouse_id,
        period.period_no,
        period.name,
        _instant(period.starts_at),
        _instant(period.ends_at),
        period.last_move_no,
        period.last_cost_no,
        period.head,
        *(f"{owner}{FIELD_END}{units} {value}" for owner, (units, value) in sorted(period.totals.items())),
    )
    digest = hashlib.sha256(MOVE_END.join(map(str, said)).encode())
    first = before.last_cost_no + 1 if before else 1
    for start in range(first, period.last_cost_no + 1, ENTRIES_A_QUERY):
        digest.update(_entries_text(tx, start, min(start + ENTRIES_A_QUERY - 1, period.last_cost_no)).encode())
    return digest.hexdigest()


def period_differences(tx: Transaction) -> Iterator[Found]:
    """Every closed period whose figures, neighbours or seal are not what the ledger says."""
    before: Period | None = None
    for period in read_periods(tx):
        number, start = (before.period_no + 1, before.ends_at) if before else (1, None)
        if (period.period_no, period.starts_at) != (number, start):
            yield "period", f"{period.name}: start", _instant(period.starts_at), _instant(start)
        yield from _figures(tx, period, before)
        before = period


def _figures(tx: Transaction, period: Period, before: Period | None) -> Iterator[Found]:
    name = period.name
    last_move_no, last_cost_no = last_numbers(tx, period.ends_at)
    if period.last_move_no != last_move_no:
        yield "period", f"{name}: last move", period.last_move_no, last_move_no
    if period.last_cost_no != last_cost_no:
        yield "period", f"{name}: last cost entry", period.last_cost_no, last_cost_no
    proven = totals_after(tx, before, period.last_cost_no)
    lying = units_lying(tx, period.ends_at)
    for owner in sorted({*period.totals, *proven, *lying}):
        units, value = period.totals.get(owner, (0, 0))
        entered, worth = proven.get(owner, (0, 0))
        for what, booked, found in (
            ("units", units, lying.get(owner, 0)),
            ("units of cost entries", units, entered),
            ("value", value, worth),
        ):
            if booked != found:
                yield "period", f"{name} / {owner}: {what}", booked, found
    if not is_sealed(tx, period):
        yield "period", f"{name}: head", period.head, "not in the chain"
    if seal_of(tx, period, before) != period.seal:
        yield "period", f"{name}: seal", period.seal, "its figures or cost entries were altered"


def _period_of(row: Row, totals: Totals) -> Period:
    names = ("period_no", "name", "starts_at", "ends_at", "last_move_no", "last_cost_no", "head", "seal", "worker")
    return Period(**{name: row[name] for name in names}, totals=totals, closed_at=row["closed_at"])


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def _entries_text(tx: Transaction, first: int, last: int) -> str:
    entry = tables.cost_entry
    line = func.concat_ws(FIELD_END, *(as_text(tx, entry.c[name]) for name in SEALED_COLUMNS))
    joined = func.aggregate_strings(line, MOVE_END).aggregate_order_by(entry.c.cost_no)
    return str(tx.value(select(joined).where(tx.mine(entry), entry.c.cost_no.between(first, last))) or "")
