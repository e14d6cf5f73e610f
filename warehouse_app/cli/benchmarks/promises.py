"""How fast the orders of a flash sale are promised their stock: in waves, and one at a time by several at once."""

import time
from collections.abc import Callable
from pathlib import Path

from warehouse_app.cli.benchmarks.figures import Figure, percentile
from warehouse_app.cli.benchmarks.hands import number_of, together, work
from warehouse_app.cli.benchmarks.programs import ProgramFailed
from warehouse_app.cli.benchmarks.sale import Sale, fill_orders, prepare_shelves, require_nothing_oversold
from warehouse_app.cli.context import Context, Database
from warehouse_app.language import mark
from warehouse_app.operations.keeping import database_revision
from warehouse_app.operations.pace import paced
from warehouse_app.operations.promising import OPEN_STATES, open_order_nos, promise_orders
from warehouse_app.operations.waves import new_wave

SALE = Sale(orders=40_000, products=5_000, units=100_000)
ORDERS_A_SECOND = {"sqlite": 5_000.0, "postgresql": 10_000.0}
WAVE = 5_000
FIRST_PART, LARGEST_PART = 1_000, 2_500
"""Orders a transaction."""

RIVALS = Sale(orders=400, products=1, units=400, hot_share=1.0, stock_share=0.5, spread=0.0)
PROCESSES = 4
CONTENTION_LIMIT_S = 2.0
PROMISE_PART = "contention-hand"


def promises(context: Context, _folder: Path) -> list[Figure]:
    """A whole flash sale, as it comes in."""
    return promise_sale(context.database, SALE)


def promise_sale(database: Database, sale: Sale) -> list[Figure]:
    """Reserve and allocate every order of the sale, rows and reasons written, in an empty database."""
    prepare_shelves(database, sale)
    ordered = fill_orders(database, sale)
    names = database.read(open_order_nos, OPEN_STATES)
    times: list[float] = []
    ready = units = 0
    started = time.perf_counter()
    for start in range(0, len(names), WAVE):
        wave_no = database.write(new_wave, "")
        for part in paced(names[start : start + WAVE], FIRST_PART, LARGEST_PART):
            began = time.perf_counter()
            done = database.write(promise_orders, part, "", wave_no)
            times.append(time.perf_counter() - began)
            ready, units = ready + len(done.orders), units + sum(take.quantity for take in done.takes)
    seconds = time.perf_counter() - started
    if require_nothing_oversold(database) != units:
        raise ProgramFailed(program="promises", reason=mark("not every promise is in the books"))
    note = (
        f"{ready} of {len(names)} orders reserved, {units} of {ordered} units allocated, 0 oversold;"
        f" {len(times)} transactions, the slowest {max(times) * 1000:.0f} ms"
    )
    limit = ORDERS_A_SECOND[database_revision(database).engine]
    return [Figure("promises", round(len(names) / seconds), "orders/s", limit, more_is_better=True, note=note)]


def contention(context: Context, folder: Path) -> list[Figure]:
    """Twice as many orders for one product as there is stock, promised one by one by several processes at once."""
    prepare_shelves(context.database, RIVALS)
    fill_orders(context.database, RIVALS)
    there = int(RIVALS.units * RIVALS.stock_share)
    done = together(context, PROMISE_PART, folder, PROCESSES)
    if done.errors:
        raise ProgramFailed(program="contention", reason=done.errors[0])
    allocated = require_nothing_oversold(context.database)
    if (allocated, done.units) != (there, there):
        raise ProgramFailed(program="contention", reason=mark("not all of the stock is promised, or more than that"))
    note = (
        f"{allocated} of {there} units allocated to {RIVALS.orders} orders by {PROCESSES} processes,"
        f" 0 errors seen, one order {percentile(done.times_ms, 0.5):.1f} ms (p50);"
        " Tryton 8.2 33.8 s, 41% see an error; GreaterWMS 294 sold"
    )
    return [Figure("contention", round(done.seconds, 2), "s", CONTENTION_LIMIT_S, note=note)]


def promise_own_share(context: Context, folder: Path) -> list[Figure]:
    """One of these processes."""
    names = context.database.read(open_order_nos, OPEN_STATES)[number_of(folder) :: PROCESSES]
    return work(folder, [_promising(context.database, name) for name in names])


def _promising(database: Database, name: str) -> Callable[[], int]:
    return lambda: sum(take.quantity for take in database.write(promise_orders, [name], "").takes)
