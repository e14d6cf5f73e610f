"""Facts of every kind and version that was ever released apply for ever, also to tables that a later release made."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.books.recorded import Effect, book_story, recorded_rows
from tests.processes import Premises
from tests.station.benches import NOON, Station, put_away
from tests.warehouse import TinyWarehouse
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.domain.errors import DatabaseIsNewer
from warehouse_app.domain.facts import base, decode, encode
from warehouse_app.station.journal import Journal
from warehouse_app.store.database import Database
from warehouse_app.store.migrate import check_revision, upgrade

LATER_RELEASE = (
    *(
        f"ALTER TABLE {table} ADD COLUMN made_later TEXT NOT NULL DEFAULT 'unknown'"
        for table in ("fact", "station", "station_cursor", "warehouse", "claim", "move", "balance")
    ),
    "CREATE TABLE made_later (warehouse_id TEXT PRIMARY KEY)",
    "UPDATE alembic_version SET version_num = '2031_01_01_made_later'",
)
"""A release that is yet to come adds to the tables, and takes nothing away."""


def upgrade_later(database: Database) -> None:
    for statement in LATER_RELEASE:
        database.write(lambda tx, line: tx.connection.execute(text(line)), statement)


def test_every_kind_and_version_is_recorded() -> None:
    recorded = {(one["row"]["kind"], one["row"]["version"]) for one in recorded_rows()}

    assert base._known.keys() <= recorded, "run: python -m tests.books.recorded"  # noqa: SLF001


def test_recorded_payloads_are_read_as_they_were_written() -> None:
    for one in recorded_rows():
        row = one["row"]
        assert encode(decode(row["kind"], row["version"], row["payload"])) == row["payload"]


@pytest.mark.parametrize("release", ["this", "later"])
def test_recorded_facts_do_in_the_books_what_they_did_when_they_were_recorded(database: Database, release: str) -> None:
    recorded = recorded_rows()
    if release == "later":
        upgrade_later(database)

    did = book_story(database, [one["row"] for one in recorded])

    for one in recorded:
        moves = [(moved[0], moved[1], moved[2]) for moved in one["effect"]["moves"]]
        assert did[one["row"]["fact_id"]] == Effect(moves, one["effect"]["parked"]), one["row"]["kind"]


def test_station_goes_on_posting_to_a_database_that_was_upgraded_beneath_it(database: Database, tmp_path: Path) -> None:
    house = TinyWarehouse(database)
    station = Station(tmp_path / "s1", database)
    Journal(station.file).append([put_away()], "W-03", "", NOON)
    station.link.post()

    upgrade_later(database)
    Journal(station.file).append([put_away(), put_away()], "W-03", "", NOON)
    station.link.post()
    book_everything(database)

    assert house.on_hand()["A02", "CUP"] == 4 + 3
    assert house.differences() == ()
    station.close()


@pytest.mark.on("sqlite")
def test_station_of_an_older_release_starts_on_an_upgraded_database_and_posts(
    database: Database, tmp_path: Path
) -> None:
    house = TinyWarehouse(database)
    station = Station(tmp_path / "home", database)
    Journal(station.file).append([put_away()], "W-03", "", NOON)
    station.close()
    upgrade_later(database)

    scanned = Premises(house.url, tmp_path / "home").run("station", "scan", "--task", "putaway", "--worker", "W-03")
    decided = Premises(house.url, tmp_path / "home").run("reserve")

    assert scanned.returncode == 0, scanned.stderr
    assert b"newer release" in scanned.stderr
    assert house.on_hand()["A02", "CUP"] == 4 + 1
    assert decided.returncode == 1
    assert b"newer release" in decided.stderr
    assert b"Traceback" not in decided.stderr


def test_database_of_a_newer_release_is_not_migrated_back(database: Database) -> None:
    upgrade_later(database)

    with pytest.raises(DatabaseIsNewer, match="2031_01_01_made_later"):
        check_revision(database.engine)
    with pytest.raises(DatabaseIsNewer):
        upgrade(database.engine)
