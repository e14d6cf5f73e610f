"""Facts as stations posted them once, one of every kind and version, with what they did in the books: kept for ever.

`python -m tests.books.recorded` adds those of new kinds and versions, and never touches one that is there.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.books.floor import CARTONS, LISTS, build_floor
from tests.databases import FileMaker
from tests.despatch import DespatchHouse, at
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.domain.facts import (
    AmendmentTaken,
    CartonChosen,
    CartonClosed,
    CartonReopened,
    CartonWeighed,
    Counted,
    Fact,
    FactLost,
    FirstPutAway,
    GoodsReceived,
    HandedOver,
    HandoverStopped,
    LabelAsked,
    LabelPrinted,
    LabelScanned,
    ListFinished,
    LocationCounted,
    PackingOpened,
    Picked,
    PickedShort,
    PutAway,
    ReceiptClosed,
    ToteClosed,
    ToteConfirmed,
    ToteOpened,
    Undone,
    UnitMissing,
    UnitPacked,
    Unpostable,
    WorkFinished,
    WorkStopped,
    encode,
)
from warehouse_app.station.file import StationFile
from warehouse_app.station.intake import Stream, fact_row
from warehouse_app.station.journal import Journal, facts_after
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database

FOLDER = Path(__file__).parent.parent / "data" / "facts"
LIST, TOTE, CARTON = LISTS["1"], "T-0001", CARTONS[0]
SEEN = PutAway("", "CUP", "", 1, "A01", "A02")

STORY: tuple[Fact, ...] = (
    GoodsReceived("PO-1", 0, "", "CUP", "", "", "", 12, "RECV-01"),
    ReceiptClosed("PO-1"),
    FirstPutAway("", "CUP", "", 5, "RECV-01", "A01"),
    PutAway("", "CUP", "", 4, "RECV-01", "A02"),
    Undone("of the first putaway", "put_away", 2, encode(SEEN)),
    AmendmentTaken(f"pick:{LIST}", 1, '{"what":"drop_stop","stop":9,"quantity":1}'),
    ToteOpened(LIST, "1", TOTE),
    Picked(LIST, 1, "1", 1, "", "CUP", "", 4, "A01", TOTE),
    ToteConfirmed(LIST, 1, TOTE),
    PickedShort(LIST, 1, "1", 1, "", "CUP", "", 1, "A01", "missing"),
    ToteClosed(LIST, "1", TOTE),
    ListFinished(LIST),
    WorkFinished(f"pick:{LIST}"),
    PackingOpened("1", TOTE),
    CartonChosen("1", CARTON, "M"),
    UnitPacked("1", 1, "", "CUP", "", 3, TOTE, CARTON),
    UnitMissing("1", 1, "", "CUP", "", 1, TOTE, "missing"),
    CartonWeighed("1", CARTON, 900),
    CartonClosed("1", CARTON, 1, "M", 900, "scale", last=False),
    CartonReopened("1", CARTON),
    WorkStopped("2", 1, "cancelled"),
    LabelPrinted("1", CARTON, "label", reprint=False),
    HandoverStopped("1", CARTON, "M-000001", "held"),
    HandedOver("1", CARTON, "POST", "M-000001"),
    Counted("CS-1", 1, "C01", "", "POT", "", 6),
    LocationCounted("CS-1", 1, "C01"),
    Unpostable("put_away", 2, encode(SEEN), "W-03", "putaway:A01", "a trigger said no"),
    FactLost("W-02"),
    LabelAsked("1", CARTON, 1, "M", 900, "scale", last=False),
    LabelScanned("1", CARTON, f"00{CARTON}"),
)
"""One of each, in an order in which they can happen; kinds of later releases stand at the end, as if posted late."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fact did: its moves as from, to, units; the error with which it was parked, if it was."""

    moves: list[tuple[str, str, int]] = field(default_factory=list)
    parked: str = ""


def recorded_rows() -> list[dict[str, Any]]:
    """All fixtures in the order of their story; `row` is what was posted, `effect` what the books made of it."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")]
    return sorted(found, key=lambda one: int(one["place"]))


def post(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    """The rows as any station would post them, in one incarnation of one station."""
    moment = {"happened_at": at("09:00"), "recorded_at": tx.now}
    facts = [
        {**row, "happened_at": moment["happened_at"] + timedelta(seconds=number), "sequence": number}
        for number, row in enumerate(rows, 1)
    ]
    tx.add(tables.fact, [{**fact, "recorded_at": tx.now} for fact in facts])
    cursor = {"station": facts[0]["station"], "incarnation": facts[0]["incarnation"], "applied_sequence": 0}
    tx.put(tables.station_cursor, [cursor], keep=True)


def effects(database: Database) -> Mapping[str, Effect]:
    """What every fact did, by its id."""
    move, parked, fact = tables.move, tables.parked_fact, tables.fact
    known = database.read(lambda tx: tx.rows(select(fact.c.fact_id)))
    found: dict[str, list[tuple[str, str, int]]] = {row["fact_id"]: [] for row in known}
    errors = {row["fact_id"]: row["error"] for row in database.read(lambda tx: tx.rows(select(parked)))}
    for row in database.read(lambda tx: tx.rows(select(move).order_by(move.c.move_no))):
        if row["cause_id"] in found:
            found[row["cause_id"]].append((row["from_location"], row["to_location"], row["quantity"]))
    return {fact_id: Effect(moves, errors.get(fact_id, "")) for fact_id, moves in found.items()}


def book_story(database: Database, rows: list[dict[str, Any]]) -> Mapping[str, Effect]:
    """Post and book the rows on a house that was just built."""
    house = DespatchHouse(database)
    build_floor(house)
    database.write(post, rows)
    book_everything(database)
    return effects(database)


def _journalled(folder: Path) -> Iterator[dict[str, Any]]:
    file = StationFile(folder, "BENCH-7")
    Journal(file).append(STORY, "W-03", "", datetime.fromisoformat("2026-03-02T09:00:00+00:00"))
    stream = Stream(file.station, file.incarnation)
    for row in facts_after(file.connection, 0, -1):
        posted = fact_row(stream, row)
        del posted["happened_at"]
        yield posted
    file.close()


def main() -> None:
    """Record what is not recorded yet."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        database = Database(open_database(FileMaker(folder).make("migrated", folder)))
        rows = list(_journalled(folder / "station"))
        did = book_story(database, rows)
        database.close()
    for place, row in enumerate(rows):
        path = FOLDER / f"{row['kind']}-{row['version']}.json"
        effect = did[row["fact_id"]]
        value = {"place": place, "row": row, "effect": {"moves": effect.moves, "parked": effect.parked}}
        if not path.exists():
            path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
