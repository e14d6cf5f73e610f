"""How fast a history of a million moves is proved, asked about and copied."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from warehouse_app.cli.benchmarks import history, postgres
from warehouse_app.cli.benchmarks.figures import Figure, percentile
from warehouse_app.cli.benchmarks.programs import ProgramFailed, measured, output_of
from warehouse_app.cli.context import Context
from warehouse_app.language import mark
from warehouse_app.operations.copying import copy_database, say_nothing
from warehouse_app.operations.keeping import database_revision, verify_books
from warehouse_app.operations.on_hand import on_hand
from warehouse_app.operations.stock import explain, stock_at, stock_now

VERIFY_LIMIT_S, STOCK_AT_LIMIT_S, EXPLAIN_LIMIT_MS, ON_HAND_LIMIT_MS = 10.0, 0.3, 50.0, 30.0
MAKE = "history"
CELLS = 10_000
TIMES = 20

SIZE = history.Size()
_runs: dict[Path, ExitStack] = {}


@contextmanager
def kept_for(run: Path) -> Iterator[None]:
    """Whatever is made for this run's folder is used by all its benchmarks, and dropped in the end."""
    with ExitStack() as made:
        _runs[run] = made
        try:
            yield
        finally:
            del _runs[run]


def on_each_engine(part: str, context: Context, folder: Path) -> list[Figure]:
    """The benchmark in a process of its own for SQLite and, where there is a server, for PostgreSQL."""
    figures = []
    for engine, database in _databases(context, folder.parent).items():
        found = measured(list(context.program), part, folder, database)
        figures += [replace(figure, name=f"{figure.name}-{engine}") for figure in found]
    return figures


def make(context: Context, _folder: Path) -> list[Figure]:
    """The history itself, in an empty database."""
    started = time.perf_counter()
    history.make_history(context.database, SIZE)
    return [Figure(MAKE, round(time.perf_counter() - started, 1), "s", note=f"{SIZE.moves} moves")]


def verify(context: Context, _folder: Path) -> list[Figure]:
    """Everything is proved, and ties."""
    started, used = time.perf_counter(), time.process_time()
    found = verify_books(context.database)
    seconds = time.perf_counter() - started
    if found.differences:
        raise ProgramFailed(program="verify", reason=mark("the books do not tie"))
    note = f"{found.moves} moves; {time.process_time() - used:.1f} s of this process"
    return [Figure("verify", round(seconds, 1), "s", VERIFY_LIMIT_S, note=note)]


def stock_of_the_past(context: Context, _folder: Path) -> list[Figure]:
    """All stock at moments anywhere in the history, by the books and as it happened."""
    dice = random.Random(SIZE.seed)  # noqa: S311 - no secret
    span_s = SIZE.moves * history.MEAN_GAP_S / len(history.LINE)
    moments = [history.START + timedelta(seconds=span_s * dice.random()) for _ in range(TIMES)]
    figures = []
    for name, as_happened in (("stock-at", False), ("stock-at-as-happened", True)):
        jobs = [_reading(context, stock_at, None, at, as_happened=as_happened) for at in moments]
        figures.append(_slowest(name, jobs, "s", STOCK_AT_LIMIT_S))
    return figures


def explain_products(context: Context, _folder: Path) -> list[Figure]:
    """The product that everybody wants, with its tens of thousands of moves, and others."""
    wanted = [("P0000", None), ("P0000", "S00000"), ("P0000", "T0003"), *((f"P{one:04}", None) for one in range(1, 8))]
    jobs = [_reading(context, explain, *one) for one in wanted * 2]
    return [_slowest("explain", jobs, "ms", EXPLAIN_LIMIT_MS)]


def on_hand_of_cells(context: Context, _folder: Path) -> list[Figure]:
    """Thousands of cells asked for at once."""
    cells = list(dict.fromkeys((row.sku, row.location) for row in context.database.read(stock_now, None)))[:CELLS]
    jobs = [_reading(context, on_hand, cells) for _ in range(TIMES)]
    return [_slowest("on-hand", jobs, "ms", ON_HAND_LIMIT_MS)]


def db_copy(context: Context, folder: Path) -> list[Figure]:
    """Everything to the other engine where there is a server, else to another file; with its proof."""
    with ExitStack() as made:
        server = postgres.server_url()
        if server and database_revision(context.database).engine == "sqlite":
            to, target = "postgresql", made.enter_context(postgres.fresh_database(server))
        else:
            to, target = "sqlite", str(folder / "copy.db")
        started = time.perf_counter()
        copied = copy_database(context.database, target, say_nothing)
        seconds = time.perf_counter() - started
    if not copied.verified:
        raise ProgramFailed(program="db copy", reason=mark("the books do not tie"))
    return [Figure("db-copy", round(seconds, 1), "s", note=f"{sum(copied.tables.values())} rows to {to}")]


PARTS: dict[str, Callable[[Context, Path], list[Figure]]] = {
    "verify": verify,
    "stock-at": stock_of_the_past,
    "explain": explain_products,
    "on-hand": on_hand_of_cells,
    "db-copy": db_copy,
}


def _databases(context: Context, run: Path) -> dict[str, str]:
    """The history on each engine, made when it is first asked for in this run."""
    place = run / "past"
    if not place.exists():
        place.mkdir()
        (place / "sqlite").write_text(str(place / "warehouse.db"), encoding="utf-8")
        if postgres.server_url():
            url = _runs[run].enter_context(postgres.fresh_database(postgres.server_url()))
            (place / "postgresql").write_text(url, encoding="utf-8")
        for database in _named(place).values():
            output_of([*context.program, "db", "upgrade", "--database", database])
            measured(list(context.program), MAKE, place, database)
    return _named(place)


def _named(place: Path) -> dict[str, str]:
    engines = [place / name for name in ("sqlite", "postgresql")]
    return {file.name: file.read_text(encoding="utf-8") for file in engines if file.exists()}


def _reading(context: Context, job: Callable[..., object], *args: object, **kwargs: object) -> Callable[[], object]:
    return lambda: context.database.read(job, *args, **kwargs)


def _slowest(name: str, jobs: Sequence[Callable[[], object]], unit: str, limit: float) -> Figure:
    """The time that 95 of 100 keep, after one that warms up connection and caches."""
    jobs[0]()
    scale = 1_000 if unit == "ms" else 1
    times = []
    for job in jobs:
        started = time.perf_counter()
        job()
        times.append((time.perf_counter() - started) * scale)
    note = f"{len(jobs)} times, the middle one {percentile(times, 0.5):.3g} {unit}"
    return Figure(name, float(f"{percentile(times, 0.95):.3g}"), unit, limit, note=note)
