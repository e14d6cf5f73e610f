"""How fast rush orders are served that come in one by one, on several connections at once."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse_app.cli.benchmarks.figures import Figure, percentile
from warehouse_app.cli.benchmarks.hands import number_of, together, work
from warehouse_app.cli.benchmarks.programs import ProgramFailed
from warehouse_app.cli.benchmarks.sale import Sale, any_product, prepare_shelves, require_nothing_oversold
from warehouse_app.cli.context import Context, Database
from warehouse_app.operations.rushing import serve_rush

CONNECTIONS = 8
ORDERS, WARM_UP = 250, 10
"""Of each connection."""

LINES = 3
SALE = Sale(orders=2_000, products=5_000, units=20_000, stock_share=5.0)
"""What the stock is made from: far more than will be ordered, so that hardly an order is short."""

ORDERS_A_SECOND, P95_LIMIT_MS = 400.0, 50.0
PART = "rush-hand"

# In one statement, so that the order and its lines arrive in one round trip.
ARRIVE = """
    WITH arrived AS (
        INSERT INTO fulfilment_order
            (warehouse_id, order_no, state, service, ship_policy, ordered_at, ship_by, state_since, rush)
        VALUES (%(house)s, %(order_no)s, 'new', 'standard', 'partial', %(now)s, %(now)s, %(now)s, true)
    )
    INSERT INTO fulfilment_line (warehouse_id, order_no, line_no, sku, ordered)
    SELECT %(house)s, %(order_no)s, line_no, sku, 1
    FROM unnest(CAST(%(skus)s AS text[])) WITH ORDINALITY AS line (sku, line_no)
"""


def rush(context: Context, folder: Path) -> list[Figure]:
    """Each process inserts an order as it arrives and has it served at once, one after the other."""
    prepare_shelves(context.database, SALE)
    done = together(context, PART, folder, CONNECTIONS)
    allocated = require_nothing_oversold(context.database)
    if done.errors:
        raise ProgramFailed(program="rush", reason=done.errors[0])
    note = (
        f"{len(done.times_ms)} orders of {LINES} units in {CONNECTIONS} processes, {allocated} units allocated; p50"
        f" {percentile(done.times_ms, 0.5):.1f} ms, the slowest {max(done.times_ms):.0f} ms"
    )
    p95 = round(percentile(done.times_ms, 0.95), 1)
    return [
        Figure("rush", round(len(done.times_ms) / done.seconds), "orders/s", ORDERS_A_SECOND, more_is_better=True,
               note=note),
        Figure("rush-p95", p95, "ms", P95_LIMIT_MS, note=note),
    ]  # fmt: skip


def serve_own_share(context: Context, folder: Path) -> list[Figure]:
    """One of these processes; what it does first is not measured."""
    number = number_of(folder)
    dice = random.Random(number)  # noqa: S311 - material for a measurement
    jobs = [_serving(context.database, f"R{number}-{again:05d}", _skus(dice)) for again in range(WARM_UP + ORDERS)]
    for job in jobs[:WARM_UP]:
        job()
    return work(folder, jobs[WARM_UP:])


def _skus(dice: random.Random) -> list[str]:
    return sorted({any_product(SALE, dice) for _ in range(LINES)})


def _serving(database: Database, order_no: str, skus: Sequence[str]) -> Callable[[], int]:
    def serve() -> int:
        database.write(_arrive, order_no, skus)
        database.write(serve_rush, order_no, "")
        return len(skus)

    return serve


def _arrive(tx: Any, order_no: str, skus: Sequence[str]) -> None:  # noqa: ANN401 - handed on as the database is
    values = {"house": tx.warehouse_id, "order_no": order_no, "now": datetime.now(UTC), "skus": list(skus)}
    tx.connection.exec_driver_sql(ARRIVE, values)
