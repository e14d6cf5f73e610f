"""Plain rows of a shared database on either engine, for the run and its checker: no part of the product is asked."""

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import psycopg.rows
import pysqlite3

from warehouse_app.cli.simulation.kept import TABLES, Row
from warehouse_app.domain.errors import StoreUnavailable

PATIENCE_S = 20


def is_file(url: str) -> bool:
    """Whether the URL names an embedded database."""
    return "://" not in url or url.startswith("sqlite")


def file_of(url: str) -> str:
    """The file of an embedded database."""
    return unquote(urlsplit(url).path).removeprefix("/") if "://" in url else url


def rows(url: str, query: str, values: Sequence[object] = ()) -> list[Row]:
    """What a query finds; places for values are `?`. Raises StoreUnavailable."""
    try:
        return _from_file(file_of(url), query, values) if is_file(url) else _from_server(url, query, values)
    except (pysqlite3.OperationalError, psycopg.Error) as error:
        raise StoreUnavailable(reason=str(error).partition("\n")[0]) from error


def all_tables(url: str, warehouse_id: str = "WH1") -> dict[str, Sequence[Row]]:
    """Every row of the tables that are kept. Raises StoreUnavailable."""
    return {name: rows(url, f"SELECT * FROM {name} WHERE warehouse_id = ?", [warehouse_id]) for name in TABLES}  # noqa: S608 - our own names


def _from_file(path: str, query: str, values: Sequence[object]) -> list[Row]:
    with closing(
        pysqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)
    ) as connection:
        found = connection.execute(query, tuple(values))
        names = [column[0] for column in found.description]
        return [_plain(dict(zip(names, row, strict=True))) for row in found]


def _from_server(url: str, query: str, values: Sequence[object]) -> list[Row]:
    opened = psycopg.connect(plain_url(url), connect_timeout=PATIENCE_S, row_factory=psycopg.rows.dict_row)
    # Closed only: a run that is stopped in the middle of the query has nothing to roll back.
    with closing(opened) as connection:
        found = connection.execute(query.replace("?", "%s").encode(), tuple(values))
        return [_plain(row) for row in found]


def plain_url(url: str) -> str:
    """A server's URL as its own client knows it."""
    return "postgresql" + url[url.index("://") :]


def _plain(row: dict[str, Any]) -> Row:
    """The same values from both engines: whole numbers for yes and no, ISO text for times, objects for JSON."""
    found: Row = {}
    for name, value in row.items():
        if isinstance(value, bool):
            found[name] = int(value)
        elif isinstance(value, datetime | date):
            found[name] = value.isoformat()
        else:
            found[name] = value
    if "detail" in found and str(found["detail"]).startswith("{"):
        found["detail"] = json.loads(found["detail"])
    return found
