"""Which orders get the stock that can be sold: a share for every line, by rank.

A complete-only order takes all its units or none; any other order takes what there is, but a bundle only whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from warehouse_app.planning.campaigns import ChannelPool, Draw, SetAside
from warehouse_app.planning.demand import LineDemand, OrderDemand, Pool, ShortReason, StockKey, by_rank


class LineReservation(NamedTuple):
    """`quantity` of `quantity_open` is reserved; where it is less, `short` says why.

    A line that a complete-only order gives up although it could be filled names the line the order waits for. `draws`
    are those of its units that campaigns had kept for it.
    """

    order_no: str
    line_no: int
    quantity: int
    quantity_open: int
    short: ShortReason | None
    draws: tuple[Draw, ...] = ()


def plan_reservations(
    orders: Iterable[OrderDemand], available: Mapping[StockKey, int], set_aside: SetAside | None = None
) -> tuple[LineReservation, ...]:
    """Share out what is available (owner and sku to quantity), and what is set aside for the channels of the orders.

    One result a line, in the order of service.
    """
    if not set_aside:
        return tuple(_share(orders, Pool(available)))
    pool = ChannelPool(available, set_aside)
    results = _share(orders, pool)
    return tuple(result._replace(draws=pool.draws.get((result.order_no, result.line_no), ())) for result in results)


def _share(orders: Iterable[OrderDemand], pool: Pool) -> list[LineReservation]:
    results: list[LineReservation] = []
    for order in by_rank(orders):
        pool.begin(order)
        waits_for = pool.shortage(order) if order.complete_only else None
        if waits_for is not None:
            results += (
                LineReservation(order.order_no, line.line_no, 0, line.quantity_open, waits_for) for line in order.lines
            )
            continue
        whole = {} if order.complete_only else _whole_bundles(order, pool)
        for line in order.lines:
            short = pool.shortage_of(order, line)
            most = line.quantity_open
            if line.bundle_line in whole:
                bundles, waiting = whole[line.bundle_line]
                most = min(most, max(0, bundles * line.bundle_units - line.quantity_held))
                short = short or (waiting if most < line.quantity_open else None)
            results.append(
                LineReservation(order.order_no, line.line_no, pool.take(order, line, most), line.quantity_open, short)
            )
    return results


def _whole_bundles(order: OrderDemand, pool: Pool) -> dict[int, tuple[int, ShortReason | None]]:
    """For each bundle of the order (by its first line): how many the stock makes whole, and what the next one lacks."""
    parts: defaultdict[int, list[LineDemand]] = defaultdict(list)
    for line in order.lines:
        if line.bundle_units:
            parts[line.bundle_line].append(line)
    return {bundle_line: _whole(order, lines, pool) for bundle_line, lines in parts.items()}


def _whole(order: OrderDemand, lines: Sequence[LineDemand], pool: Pool) -> tuple[int, ShortReason | None]:
    wanted = max((line.quantity_held + line.quantity_open) // line.bundle_units for line in lines)
    whole, beyond = 0, wanted + 1
    while beyond - whole > 1:
        middle = (whole + beyond) // 2
        if _lacking(lines, middle, pool) is None:
            whole = middle
        else:
            beyond = middle
    lacking = _lacking(lines, beyond, pool) if whole < wanted else None
    return whole, pool.reason(order, *lacking) if lacking else None


def _lacking(lines: Sequence[LineDemand], bundles: int, pool: Pool) -> tuple[StockKey, int] | None:
    """The first product of which there is not enough for so many whole bundles, and how much they want of it."""
    wanted: dict[StockKey, int] = {}
    for line in lines:
        key = (line.owner, line.sku)
        wanted[key] = wanted.get(key, 0) + min(
            line.quantity_open, max(0, bundles * line.bundle_units - line.quantity_held)
        )
    return next(((key, quantity) for key, quantity in wanted.items() if pool.left(key) < quantity), None)
