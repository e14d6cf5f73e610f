"""What a day came to: every ordered unit is shipped, short, on hold or cancelled."""

from dataclasses import dataclass

from sqlalchemy import Table, case, func, select
from sqlalchemy.sql import ColumnElement

from warehouse_app.store import tables
from warehouse_app.store.database import Transaction


@dataclass(frozen=True, slots=True)
class DaySummary:
    """Counts over all orders in the books. Units are those of stocked products; fees and postage are none.

    `units_open` are promised and still on their way through the house; at the end of a day there are none.
    """

    orders: int
    lines: int
    units_ordered: int
    units_shipped: int
    units_short: int
    units_held: int
    units_cancelled: int
    units_open: int
    waves: int
    pick_lists: int
    cartons: int
    labels: int
    shipments: int
    counted_locations: int
    variances: int


def summarise_day(tx: Transaction) -> DaySummary:
    """Add up the books."""
    order, line = tables.fulfilment_order, tables.fulfilment_line
    same = (order.c.warehouse_id == line.c.warehouse_id) & (order.c.order_no == line.c.order_no)
    unsettled = line.c.ordered - line.c.shipped - line.c.cancelled
    held = order.c.held & (order.c.state != "cancelled")
    names = ("ordered", "shipped", "cancelled", "held", "open", "lines")
    query = (
        select(
            func.sum(line.c.ordered),
            func.sum(line.c.shipped),
            func.sum(line.c.cancelled),
            func.sum(case((held, unsettled), else_=0)),
            func.sum(case((held, 0), else_=line.c.reserved)),
            func.count(),
        )
        .join(order, same)
        .where(tx.mine(line), line.c.stocked)
    )
    units = dict(zip(names, (int(value or 0) for value in tx.connection.execute(query).one()), strict=True))
    short = units["ordered"] - units["shipped"] - units["cancelled"] - units["held"] - units["open"]
    carton = tables.carton
    kept = carton.c.state.in_(("closed", "handed_over"))
    return DaySummary(
        orders=_count(tx, order),
        lines=_count(tx, line),
        units_ordered=units["ordered"],
        units_shipped=units["shipped"],
        units_short=short,
        units_held=units["held"],
        units_cancelled=units["cancelled"],
        units_open=units["open"],
        waves=_count(tx, tables.wave),
        pick_lists=_count(tx, tables.pick_list),
        cartons=_count(tx, carton, kept),
        labels=_count(tx, carton, kept, carton.c.labels_printed > 0),
        shipments=_count(tx, tables.shipment, tables.shipment.c.state == "handed_over"),
        counted_locations=_count(tx, tables.count_task, tables.count_task.c.state == "approved"),
        variances=_variances(tx),
    )


def _count(tx: Transaction, table: Table, *where: ColumnElement[bool]) -> int:
    return int(tx.value(select(func.count()).select_from(table).where(tx.mine(table), *where)))


def _variances(tx: Transaction) -> int:
    """Products at counted locations whose last count differs from the books of that instant."""
    task, result = tables.count_task, tables.count_result
    same = (
        (task.c.warehouse_id == result.c.warehouse_id)
        & (task.c.sheet_no == result.c.sheet_no)
        & (task.c.location == result.c.location)
        & (task.c.round_no == result.c.round_no)
    )
    differs = (task.c.state == "approved", result.c.counted != result.c.booked)
    return int(tx.value(select(func.count()).select_from(result.join(task, same)).where(tx.mine(result), *differs)))
