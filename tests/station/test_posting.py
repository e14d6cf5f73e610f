"""Posting: every fact of the journal reaches the shared database exactly once, whatever happens between."""

import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.databases import Maker
from tests.station.benches import NOON, Station, fact_count, journal, put_aways
from tests.warehouse import TinyWarehouse
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.station import posting
from warehouse_app.station.intake import ClonedStation, Mark
from warehouse_app.station.journal import Journal
from warehouse_app.station.link import Link, OtherDatabase
from warehouse_app.station.posting import Poster, prune
from warehouse_app.station.replica import Replica
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Row
from warehouse_app.store.engine import open_database


def test_facts_are_posted_in_batches_and_once(house: TinyWarehouse, station: Station) -> None:
    journal(station, 7)
    journal(station, 2 * posting.BATCH)

    first = station.link.post()
    again = station.link.post()

    assert (first.high_water, first.waiting) == (again.high_water, again.waiting) == (107, 0)
    assert fact_count(house.database) == 107


def test_batch_that_is_sent_again_changes_nothing(house: TinyWarehouse, station: Station) -> None:
    journal(station, 3)
    station.link.settle()
    poster = Poster(station.file, house.database)
    poster._mark = Mark()  # noqa: SLF001 - a poster that never heard the answer to its first batch

    poster.post()
    book_everything(house.database)

    assert fact_count(house.database) == 3
    assert put_aways(house.database) == 3
    poster.close()


def test_answer_that_got_lost_does_not_double_a_fact(
    house: TinyWarehouse, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal(station, 3)
    write = house.database.write

    def commits_and_is_cut_off(*args: object) -> None:
        write(*args)  # type: ignore[arg-type]
        raise StoreUnavailable(reason="cut off")

    monkeypatch.setattr(house.database, "write", commits_and_is_cut_off)
    with pytest.raises(StoreUnavailable):
        station.link.post()
    monkeypatch.undo()
    journal(station, 1)
    station.link.settle()

    assert fact_count(house.database) == 4
    assert put_aways(house.database) == 4


def test_shared_database_restored_from_an_older_copy_gets_the_missing_facts_again(
    house: TinyWarehouse, station: Station, maker: Maker, tmp_path: Path
) -> None:
    journal(station, 4)
    station.link.settle()
    old = maker.copy(house.url, tmp_path)
    journal(station, 5)
    station.link.settle()

    restored = Database(open_database(old), clock=house.database.clock)
    link = Link(station.file, restored, Replica(station.file))
    link.connect()
    link.settle()

    assert fact_count(restored) == 9
    assert [row["sequence"] for row in facts_of(restored)] == list(range(1, 10))
    assert restored.read(verify).differences == ()
    link.close()
    restored.close()


def test_connected_station_posts_again_after_the_database_was_replaced_beneath_it(
    house: TinyWarehouse, station: Station, maker: Maker, tmp_path: Path
) -> None:
    journal(station, 4)
    station.link.settle()
    old = maker.copy(house.url, tmp_path)
    journal(station, 5)
    station.link.settle()
    house.database.close()
    maker.replace(house.url, old)

    station.link.reconnect()
    station.link.settle()

    assert [row["sequence"] for row in facts_of(house.database)] == list(range(1, 10))
    assert house.differences() == ()


def test_nothing_is_posted_past_facts_that_a_replaced_database_has_forgotten(
    house: TinyWarehouse, station: Station, maker: Maker, tmp_path: Path
) -> None:
    journal(station, 4)
    station.link.settle()
    old = maker.copy(house.url, tmp_path)
    journal(station, 5)
    station.link.settle()
    house.database.close()
    maker.replace(house.url, old)

    journal(station, 1)  # A store that makes lost connections anew tells the poster nothing.
    station.link.settle()

    assert [row["sequence"] for row in facts_of(house.database)] == list(range(1, 11))
    assert house.differences() == ()


def test_copy_of_a_station_that_is_still_in_use_is_noticed(
    house: TinyWarehouse, station: Station, tmp_path: Path
) -> None:
    journal(station, 2)
    station.link.post()
    copied = clone(station, tmp_path)
    journal(station, 1)
    journal(copied, 2)
    copied.link.post()

    with pytest.raises(ClonedStation, match="S1"):
        station.link.settle()

    assert fact_count(house.database) == 4
    copied.close()


def test_station_that_was_copied_starts_afresh_and_its_own_facts_follow(
    house: TinyWarehouse, station: Station, tmp_path: Path
) -> None:
    journal(station, 2)
    station.link.post()
    copied = clone(station, tmp_path)
    journal(copied, 2)
    copied.link.settle()
    journal(station, 3)
    mine = {row[0] for row in station.file.connection.execute("SELECT fact_id FROM journal")}
    station.close()

    begun = Station(station.folder, house.database)
    begun.link.settle()

    posted = facts_of(house.database)
    assert begun.file.incarnation != copied.file.incarnation
    assert mine <= {row["fact_id"] for row in posted}
    assert len(posted) == 2 + 2 + 3
    assert begun.link.cloned
    assert (begun.file.home / "station-1.db").exists()
    assert house.differences() == ()
    copied.close()
    begun.close()


def test_facts_are_forgotten_after_thirty_days_and_posting_goes_on(house: TinyWarehouse, station: Station) -> None:
    journal(station, 3)
    done = station.link.post()

    forgotten = prune(station.file, done.high_water, NOON + timedelta(days=31))
    station.close()
    again = Station(station.folder, house.database)
    journal(again, 1)
    again.link.settle()

    assert forgotten == 3
    assert [row["sequence"] for row in facts_of(house.database)] == [1, 2, 3, 4]
    again.close()


def test_facts_that_wait_keep_a_station_with_its_database(
    house: TinyWarehouse, station: Station, make_database: Callable[[str], Database]
) -> None:
    journal(station, 1)
    other = TinyWarehouse(make_database("migrated"))

    with pytest.raises(OtherDatabase):
        Link(station.file, other.database, Replica(station.file)).connect()
    station.link.settle()
    Link(station.file, other.database, Replica(station.file)).connect()

    assert fact_count(house.database) == 1
    assert Journal(station.file).last_sequence == 0


def clone(station: Station, folder: Path) -> Station:
    """The station's folder as a disk image of it would be brought back elsewhere."""
    station.file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (folder / "copy").mkdir()
    shutil.copy(station.file.path, folder / "copy" / "station.db")
    return Station(folder / "copy", station.database)


def facts_of(database: Database) -> Sequence[Row]:
    fact = tables.fact
    return database.read(lambda tx: tx.rows(select(fact).order_by(fact.c.station, fact.c.incarnation, fact.c.sequence)))
