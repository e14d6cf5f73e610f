"""What a database may say to what a station posts: gaps, copies, rows it refuses, another one in its place."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.station.benches import NOON, Station, fact_count, put_away
from tests.warehouse import TinyWarehouse
from warehouse_app.books.bookkeeping import book_everything, reapply_parked
from warehouse_app.books.streams import stopped_streams
from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.station.intake import ClonedStation, DatabaseReplaced, Stream, fact_row, take_in
from warehouse_app.station.journal import Journal, facts_after
from warehouse_app.store import tables
from warehouse_app.store.database import Row

UNLUCKY = 13
REFUSING = {
    "sqlite": """
        CREATE TRIGGER unlucky BEFORE INSERT ON fact
        WHEN NEW.kind = 'put_away' AND NEW.payload LIKE '%"quantity"_13,%'
        BEGIN SELECT RAISE(ABORT, 'unlucky'); END
    """,
    "postgresql": """
        ALTER TABLE fact ADD CONSTRAINT unlucky CHECK (kind <> 'put_away' OR payload NOT LIKE '%"quantity"_13,%')
    """,
}


def journal(station: Station, *quantities: int) -> None:
    for quantity in quantities:
        Journal(station.file).append([put_away(quantity)], "W-03", "", NOON)


def rows_of(station: Station) -> list[dict[str, object]]:
    """The journal as it is posted."""
    stream = Stream(station.file.station, station.file.incarnation)
    return [fact_row(stream, row) for row in facts_after(station.file.connection, 0, -1)]


def bring(house: TinyWarehouse, station: Station, facts: Sequence[Row]) -> None:
    """Let the database have these, whatever came before."""
    house.database.write(take_in, Stream(station.file.station, station.file.incarnation), facts, None)


def facts_in(house: TinyWarehouse) -> list[Row]:
    fact = tables.fact
    rows = house.database.read(lambda tx: tx.rows(select(fact).order_by(fact.c.incarnation, fact.c.sequence)))
    return [dict(row) for row in rows]


def told(house: TinyWarehouse) -> list[tuple[str, str]]:
    """Discrepancies by kind and station."""
    table = tables.discrepancy
    rows = house.database.read(lambda tx: tx.rows(select(table.c.kind, table.c.station)))
    return [(row["kind"], row["station"]) for row in rows]


def run(house: TinyWarehouse, statement: str) -> None:
    house.database.write(lambda tx: tx.connection.execute(text(statement)))


@pytest.mark.parametrize(
    "kept", [[], [2, 3], [1, 2, 5, 6], [1, 3, 5], [1, 2, 3, 4, 5, 6]], ids=["all", "head", "middle", "many", "none"]
)
def test_gap_in_what_the_database_has_is_filled(house: TinyWarehouse, station: Station, kept: list[int]) -> None:
    journal(station, *[1] * 6)
    bring(house, station, [row for row in rows_of(station) if row["sequence"] in kept]) if kept else None

    station.link.reconnect()
    station.link.settle()

    assert [row["sequence"] for row in facts_in(house)] == [1, 2, 3, 4, 5, 6]
    assert house.on_hand()["A02", "CUP"] == 4 + 6
    assert house.database.read(stopped_streams) == ()
    assert told(house) == []


@pytest.mark.parametrize("first", ["original", "copy"])
def test_clone_is_noticed_while_both_work_whoever_posts_first(
    house: TinyWarehouse, station: Station, tmp_path: Path, first: str
) -> None:
    journal(station, 1, 1)
    station.link.post()
    station.file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "station.db").write_bytes(station.file.path.read_bytes())
    copy = Station(tmp_path / "copy", house.database)
    faster, slower = (station, copy) if first == "original" else (copy, station)
    journal(faster, 1)
    journal(slower, 2, 2)

    faster.link.post()
    for _ in range(2):
        with pytest.raises(ClonedStation):
            slower.link.post()

    assert told(house) == [("cloned_station", "S1")]
    assert fact_count(house.database) == 3
    slower.close()
    begun = Station(slower.folder, house.database)
    begun.link.settle()
    assert fact_count(house.database) == 3 + 2
    assert house.on_hand()["A02", "CUP"] == 4 + 1 + 1 + 1 + 2 + 2
    begun.close()
    copy.close()


def test_fact_that_is_there_with_other_content_is_told_and_stops_nobody(house: TinyWarehouse, station: Station) -> None:
    journal(station, 1, 1, 1)
    first, altered, _ = rows_of(station)
    bring(house, station, [first, {**altered, "payload": "{}", "content_hash": "of another fact"}])

    for _ in range(2):
        station.link.reconnect()
        station.link.post()
    station.link._poster._send(facts_after(station.file.connection, 0, -1))  # noqa: SLF001 - all of it once more

    assert told(house) == [("fact_altered", "S1")]
    assert [row["content_hash"] == "of another fact" for row in facts_in(house)] == [False, True, False]


def test_one_row_that_the_database_refuses_does_not_stop_the_others(house: TinyWarehouse, station: Station) -> None:
    run(house, REFUSING[house.database.engine.dialect.name])
    journal(station, 1, 1, UNLUCKY, 1)

    posted = station.link.post()
    book_everything(house.database)

    assert (posted.high_water, posted.waiting) == (4, 0)
    assert [row["kind"] for row in facts_in(house)] == ["put_away", "put_away", "unpostable", "put_away"]
    assert house.on_hand()["A02", "CUP"] == 4 + 3
    [error] = [row["error"] for row in house.database.read(lambda tx: tx.rows(select(tables.parked_fact)))]
    assert "put_away: the database refused it" in error
    assert "unlucky" in error

    again = reapply_parked(house.database)
    assert (again.applied, again.parked) == (1, 0)
    assert house.on_hand()["A02", "CUP"] == 4 + 3 + UNLUCKY
    assert house.differences() == ()


def test_nothing_is_posted_into_another_database_that_stands_in_the_place_of_ours(
    house: TinyWarehouse, station: Station
) -> None:
    journal(station, 1)
    run(house, "UPDATE warehouse SET identity = 'another'")

    with pytest.raises(DatabaseReplaced):
        station.link.post()

    assert not station.link.connected
    assert fact_count(house.database) == 0


def test_nothing_is_posted_into_tables_that_are_just_being_restored(house: TinyWarehouse, station: Station) -> None:
    journal(station, 1)
    warehouse = dict(house.database.read(lambda tx: tx.rows(select(tables.warehouse)))[0])
    run(house, "DELETE FROM warehouse")

    with pytest.raises(NoWarehouse):
        station.link.post()
    nothing = fact_count(house.database)
    house.database.write(lambda tx: tx.add(tables.warehouse, [warehouse]))
    station.link.post()

    assert nothing == 0
    assert fact_count(house.database) == 1
