"""How long the largest decisions keep everybody else waiting: no transaction may be long, however much is decided."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse_app.cli.benchmarks.figures import Figure, percentile
from warehouse_app.cli.benchmarks.sale import HOT, Sale, prepare_shelves, take_orders
from warehouse_app.cli.context import Context, Database
from warehouse_app.operations.campaigns import CampaignRequest, add_campaign, end_campaign
from warehouse_app.operations.holds import hold_stock, remove_hold
from warehouse_app.operations.keeping import book_once, seal_books
from warehouse_app.operations.moving import StockWanted, Why, adjust_stock
from warehouse_app.operations.periods import close_period
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.stock import stock_now
from warehouse_app.operations.waves import WaveRequest, release_waves

PART = "transactions-made"
LIMIT_MS = 250.0
SALE = Sale()


def decide(context: Context, _folder: Path) -> list[Figure]:
    """Every large decision once; the longest transaction of all of them, and what it did."""
    database = context.database
    prepare_shelves(database, SALE)
    seen: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for name, act in _decisions(context).items():
        database.watch = lambda held, name=name: seen[f"{name} ({held.job})"].append((held.seconds * 1000, held.rows))
        act(database)
    times = sorted((took, rows, name) for name, found in seen.items() for took, rows in found)
    longest = [f"{name} {took:.0f} ms for {rows} rows" for took, rows, name in reversed(times[-3:])]
    most = percentile([took for took, _, _ in times], 0.99)
    note = f"{len(times)} transactions, 99 of 100 within {most:.0f} ms; the longest: {', '.join(longest)}"
    return [Figure("longest-transaction", round(times[-1][0]), "ms", LIMIT_MS, note=note)]


def _decisions(context: Context) -> dict[str, Callable[[Database], object]]:
    now = datetime.now(UTC)
    sale = CampaignRequest("SALE", HOT, 1_000, now + timedelta(days=1), partly=True)
    lost = StockWanted(HOT, -900)
    return {
        "import": lambda database: take_orders(database, SALE, context.readers),
        "set aside": lambda database: database.write(add_campaign, sale, "SUPERVISOR-1"),
        "reserve": reserve_open_orders,
        "end campaign": lambda database: database.write(end_campaign, "SALE", None, "SUPERVISOR-1"),
        "lose": lambda database: database.write(
            adjust_stock, lost, _hot_place(database), Why("lost", "SUPERVISOR-1", force=True)
        ),
        "hold": lambda database: hold_stock(database, "recall", "SUPERVISOR-1", sku=HOT),
        "unhold": lambda database: database.write(remove_hold, "SUPERVISOR-1", sku=HOT),
        "reserve again": reserve_open_orders,
        "release": lambda database: release_waves(database, WaveRequest()),
        "hold what is released": lambda database: hold_stock(database, "recall", "SUPERVISOR-1", sku=HOT),
        "seal": seal_books,
        "keep": book_once,
        "close period": lambda database: close_period(database, "until now", datetime.now(UTC), "SUPERVISOR-1"),
    }


def _hot_place(database: Database) -> str:
    """A place with many units of what everybody wants."""
    return str(max(database.read(stock_now, HOT), key=lambda row: int(row.on_hand)).location)
