"""How long a large file of real orders takes to import, and how much memory."""

import csv
import gzip
import io
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from pathlib import Path
from typing import BinaryIO, cast

from warehouse_app.cli.benchmarks.engines import on_each_engine
from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.cli.benchmarks.memory import peak_mb
from warehouse_app.cli.benchmarks.programs import ProgramFailed
from warehouse_app.cli.context import Context
from warehouse_app.language import mark
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.resources import resource_path

FILE = "WAREHOUSE_BENCH_ORDERS"
"""The environment variable that names another file of orders (docs/files.md) than the one made here."""

LINES = 320_705
SECONDS_LIMIT, MB_LIMIT = 30.0, 300.0
PART = "import-orders-file"
ORDERS, PRODUCTS = "orders.csv", "products.csv"


def order_files(context: Context, folder: Path) -> list[Figure]:
    """The same file into a fresh SQLite database and, where there is a server, into a PostgreSQL database."""
    orders = _orders(folder)
    if not os.environ.get(FILE):
        _write_orders(orders)
    _write_products(orders, folder / PRODUCTS)
    return on_each_engine(PART, context, folder)


def import_file(context: Context, folder: Path) -> list[Figure]:
    """In a process of its own: the file that was made beside its folder into this database, whose tables are new."""
    import_products(context.database, folder.parent / PRODUCTS)
    started = time.perf_counter()
    done = import_orders(context.database, "csv", "bench", [_orders(folder.parent)], readers=context.readers)
    seconds = time.perf_counter() - started
    if done.rejects or done.conflicts:
        raise ProgramFailed(program=PART, reason=mark("not every order was taken"))
    note = f"{done.lines} lines, {done.added} orders"
    figures = [Figure("import-orders", round(seconds, 1), "s", SECONDS_LIMIT, note=note)]
    memory = peak_mb()
    if memory is not None:
        figures.append(Figure("import-orders-memory", round(memory), "MB", MB_LIMIT, note=note))
    return figures


def _orders(folder: Path) -> Path:
    return Path(os.environ.get(FILE) or folder / ORDERS)


def _write_orders(path: Path) -> None:
    """The sample's real lines, again and again under other order numbers."""
    with _rows(resource_path("sample") / "orders.csv.gz") as rows:
        names, *lines = rows
    place = names.index("order_no")
    repeated = ([*line[:place], f"{line[place]}-{again}", *line[place + 1 :]] for again in count() for line in lines)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names])
        csv.writer(file).writerows(islice(repeated, LINES))


def _write_products(orders: Path, path: Path) -> None:
    """A product for each SKU that the orders name."""
    with _rows(orders) as rows:
        place = next(rows).index("sku")
        skus = {row[place].strip().casefold(): row[place].strip() for row in rows if row}
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("sku", "name"), *((sku, sku) for sku in skus.values())])


@contextmanager
def _rows(path: Path) -> Iterator[Iterator[list[str]]]:
    with ExitStack() as files:
        raw = files.enter_context(path.open("rb"))
        stream = files.enter_context(gzip.open(raw)) if path.suffix == ".gz" else raw
        yield csv.reader(files.enter_context(io.TextIOWrapper(cast("BinaryIO", stream), "utf-8-sig", newline="")))
