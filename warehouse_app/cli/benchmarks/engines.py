"""A benchmark on each engine: an SQLite database of its own and, where there is a server, a PostgreSQL database."""

from dataclasses import replace
from pathlib import Path

from warehouse_app.cli.benchmarks import postgres
from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.cli.benchmarks.programs import measured, output_of
from warehouse_app.cli.context import Context


def on_each_engine(part: str, context: Context, folder: Path) -> list[Figure]:
    """The part in a process of its own on each engine, the engine's name behind that of the figure."""
    figures = _on_engine(part, context, folder, "sqlite", str(folder / "warehouse.db"))
    return figures + on_server(part, context, folder)


def on_server(part: str, context: Context, folder: Path) -> list[Figure]:
    """The part on PostgreSQL alone; nothing without a server."""
    if not postgres.server_url():
        return []
    with postgres.fresh_database(postgres.server_url()) as url:
        return _on_engine(part, context, folder, "postgresql", url)


def _on_engine(part: str, context: Context, folder: Path, engine: str, database: str) -> list[Figure]:
    output_of([*context.program, "db", "upgrade", "--database", database])
    own = folder / engine
    own.mkdir()
    return [replace(one, name=f"{one.name}-{engine}") for one in measured(list(context.program), part, own, database)]
