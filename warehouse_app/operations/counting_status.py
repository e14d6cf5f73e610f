"""What was counted, against what the books say for the instant of the count."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, or_, select

from warehouse_app.books.ledger import UNRECONCILED, Goods
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.money import UNIT_COST_SCALE
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

Rounds = Mapping[int, Mapping[Goods, RowMapping]]


@dataclass(frozen=True, slots=True)
class CountLine:
    """One product at a counted location. The value of the variance is in minor units, at the product's unit cost.

    `booked` is below zero where facts took more than the books had. `seen_by` is empty when nothing was seen.
    """

    owner: str
    sku: str
    lot: str
    booked: int
    counted: int
    counted_first: int
    value_minor: int
    seen_by: str = ""

    @property
    def variance(self) -> int:
        """Units found more, or less, than booked."""
        return self.counted - self.booked


@dataclass(frozen=True, slots=True)
class CountedTask:
    """A location of a count. The lines are those of the last round that was counted; an open location has none.

    `counters` are the people who counted, the first first.
    """

    plan_no: str
    sheet_no: str
    location: str
    state: str
    why: str
    round_no: int
    counted_at: datetime | None
    counted_by: str
    counters: tuple[str, ...]
    approved_at: datetime | None
    approved_by: str
    reason: str
    recounted_by_another: bool
    lines: tuple[CountLine, ...] = ()

    @property
    def booked(self) -> int:
        """Units the books had."""
        return sum(line.booked for line in self.lines)

    @property
    def counted(self) -> int:
        """Units seen."""
        return sum(line.counted for line in self.lines)

    @property
    def variance(self) -> int:
        """Units found more or less, of all products together."""
        return sum(line.variance for line in self.lines)

    @property
    def units_off(self) -> int:
        """Units found more and units missing, added up."""
        return sum(abs(line.variance) for line in self.lines)

    @property
    def value_minor(self) -> int:
        """The value of the variance."""
        return sum(line.value_minor for line in self.lines)

    @property
    def value_off_minor(self) -> int:
        """The values found and missing, added up."""
        return sum(abs(line.value_minor) for line in self.lines)


def count_status(tx: Transaction, name: str | None = None) -> tuple[CountedTask, ...]:
    """The locations of a plan or sheet with what was counted so far.

    Without a name: those of the newest business day, and whatever else is not approved yet. Raises NotFound.
    """
    return counted_tasks(tx, task_rows(tx, name) if name else _current_rows(tx))


def task_rows(tx: Transaction, name: str) -> Sequence[RowMapping]:
    """The tasks of a plan or a sheet in walking order. Raises NotFound."""
    task = tables.count_task
    named = (tx.mine(task), or_(task.c.plan_no == name, task.c.sheet_no == name))
    rows = tx.rows(select(task).where(*named).order_by(task.c.sheet_no, task.c.walk_no))
    if not rows:
        raise NotFound(thing=mark("count plan or sheet"), name=name)
    return rows


def counted_tasks(tx: Transaction, rows: Sequence[RowMapping]) -> tuple[CountedTask, ...]:
    """These tasks with their lines: as booked where they are decided, else as the books have it now."""
    instants = {row["location"]: row["counted_at"] for row in rows if row["state"] == "counted"}
    booked = booked_at(tx, instants)
    results = _results(tx, rows)
    skus = {goods[1] for rounds in results.values() for seen in rounds.values() for goods in seen}
    skus |= {goods[1] for here in booked.values() for goods in here}
    costs = {row["sku"]: row["unit_cost"] for row in tx.rows_in(tables.product, "sku", skus)}
    return tuple(_task(row, results[row["sheet_no"], row["location"]], booked, costs) for row in rows)


def booked_at(tx: Transaction, instants: Mapping[str, datetime]) -> dict[str, dict[Goods, int]]:
    """What the books have at each location for one instant of its own: now, less what moved since.

    Units owed are taken off, so moves from and to the unreconciled place, the other side of debts, are left out.
    """
    booked: dict[str, dict[Goods, int]] = {location: defaultdict(int) for location in instants}
    balance, debt = tables.balance, tables.debt
    for row in tx.rows_in(balance, "location", instants, balance.c.on_hand != 0):
        booked[row["location"]][_goods(row)] += row["on_hand"]
    for row in tx.rows_in(debt, "location", instants):
        booked[row["location"]][_goods(row)] -= row["quantity"]
    for row in _moves_since(tx, instants):
        for location, back in ((row["from_location"], row["quantity"]), (row["to_location"], -row["quantity"])):
            if location in instants and row["happened_at"] > instants[location]:
                booked[location][_goods(row)] += back
    return booked


def value_minor(units: int, unit_cost: int) -> int:
    """The value of units in minor units, rounded to the nearest one, halves away from zero."""
    value = (2 * abs(units) * unit_cost + UNIT_COST_SCALE) // (2 * UNIT_COST_SCALE)
    return value if units > 0 else -value


def _moves_since(tx: Transaction, instants: Mapping[str, datetime]) -> Sequence[RowMapping]:
    """Moves that touch these locations after the earliest of the instants; few, where counts are decided in time."""
    if not instants:
        return ()
    move, names = tables.move, list(instants)
    return tx.rows(
        select(move).where(
            tx.mine(move),
            move.c.happened_at > min(instants.values()),
            or_(move.c.from_location.in_(names), move.c.to_location.in_(names)),
            move.c.from_location != UNRECONCILED,
            move.c.to_location != UNRECONCILED,
        )
    )


def _current_rows(tx: Transaction) -> Sequence[RowMapping]:
    task, plan = tables.count_task, tables.count_plan
    newest = select(func.max(plan.c.business_day)).where(tx.mine(plan)).scalar_subquery()
    today = select(plan.c.plan_no).where(tx.mine(plan), plan.c.business_day == newest)
    wanted = or_(task.c.state != "approved", task.c.plan_no.in_(today))
    return tx.rows(select(task).where(tx.mine(task), wanted).order_by(task.c.sheet_no, task.c.walk_no))


def _results(tx: Transaction, rows: Sequence[RowMapping]) -> dict[tuple[str, str], dict[int, dict[Goods, RowMapping]]]:
    found: dict[tuple[str, str], dict[int, dict[Goods, RowMapping]]] = defaultdict(lambda: defaultdict(dict))
    for row in tx.rows_in(tables.count_result, "sheet_no", (row["sheet_no"] for row in rows)):
        found[row["sheet_no"], row["location"]][row["round_no"]][_goods(row)] = row
    return found


def _task(
    row: RowMapping, rounds: Rounds, booked: Mapping[str, Mapping[Goods, int]], costs: Mapping[str, int]
) -> CountedTask:
    last = row["round_no"] - 1 if row["state"] == "recount" else row["round_no"]
    seen_by = [found["counted_by"] for round_no in sorted(rounds) for found in rounds[round_no].values()]
    before = {found["counted_by"] for found in rounds.get(last - 1, {}).values()}
    lines: tuple[CountLine, ...] = ()
    if row["state"] != "open":
        lines = _lines(rounds, last, booked.get(row["location"]) if row["state"] == "counted" else None, costs)
    return CountedTask(
        row["plan_no"],
        row["sheet_no"],
        row["location"],
        row["state"],
        row["why"],
        row["round_no"],
        row["counted_at"],
        row["counted_by"],
        tuple(dict.fromkeys(who for who in (*seen_by, row["counted_by"]) if who)),
        row["approved_at"],
        row["approved_by"],
        row["reason"],
        last > 1 and row["counted_by"] not in before,
        lines,
    )


def _lines(
    rounds: Rounds, last: int, booked: Mapping[Goods, int] | None, costs: Mapping[str, int]
) -> tuple[CountLine, ...]:
    """Booked and not seen counts as 0, seen and not booked counts fully. Without `booked`, as kept with the result."""
    seen, first = rounds.get(last, {}), rounds.get(1, {})
    if booked is None:
        booked = {goods: row["booked"] for goods, row in seen.items()}
    lines = []
    for goods in sorted({*booked, *seen}):
        row = seen.get(goods)
        has, found = booked.get(goods, 0), row["counted"] if row else 0
        if has or found:
            value = value_minor(found - has, costs.get(goods[1], 0))
            found_first = first[goods]["counted"] if goods in first else 0
            lines.append(CountLine(*goods, has, found, found_first, value, row["counted_by"] if row else ""))
    return tuple(lines)


def _goods(row: RowMapping) -> Goods:
    return row["owner"], row["sku"], row["lot"]
