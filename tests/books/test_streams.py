"""What waits for the books is told: how long already, and where a station's facts cannot go on."""

import pytest

from tests.warehouse import TinyWarehouse, at
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.streams import are_booked, books_lag, posted_marks, stopped_streams
from warehouse_app.books.verify import verify
from warehouse_app.domain.facts import Fact, PutAway
from warehouse_app.operations.orders import list_facts
from warehouse_app.operations.today import read_upkeep
from warehouse_app.store.database import Database


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


class PutAwayByAnotherRelease(PutAway):
    """A version that this release does not know."""

    version = 99


def put_away(kind: type[PutAway] = PutAway) -> Fact:
    return kind("", "CUP", "", 1, "A01", "A02")


def post(house: TinyWarehouse, clock: str, station: str, *facts: Fact) -> None:
    """Posted at this time, and not booked yet."""
    house.clock = clock
    house.database.write(house._post, at(clock), "W-03", facts, station, "")  # noqa: SLF001


def test_lag_is_the_age_of_the_oldest_fact_that_waits(house: TinyWarehouse) -> None:
    post(house, "09:00:00", "S1", *[put_away()] * 3)
    book_everything(house.database)
    post(house, "09:00:10", "S1", *[put_away()] * 2)
    post(house, "09:00:30", "S2", put_away())

    house.clock = "09:01:00"
    behind = house.database.read(books_lag)
    book_everything(house.database)

    assert behind == 50.0
    assert house.database.read(books_lag) == 0.0


def test_stream_that_a_newer_release_wrote_is_told_and_is_no_lag(house: TinyWarehouse) -> None:
    post(house, "09:00", "S1", put_away(), put_away(PutAwayByAnotherRelease), put_away(), put_away())
    post(house, "09:00", "S2", put_away())
    book_everything(house.database)
    house.clock = "10:00"

    [stream] = house.database.read(stopped_streams)

    assert (stream.station, stream.sequence, stream.reason) == ("S1", 2, "newer_release")
    assert (stream.what, stream.waiting, stream.since) == ("put_away version 99", 3, at("09:00"))
    assert house.database.read(books_lag) == 0.0
    assert house.database.read(verify).stopped == (stream,)
    assert house.database.read(read_upkeep).stopped == (stream,)
    notes = [(fact.state, fact.note) for fact in house.database.read(list_facts, station="S1")]
    assert notes == [("applied", "")] + 3 * [("waiting", "newer_release: put_away version 99")]


def test_gap_in_what_the_database_has_is_told_with_its_numbers(house: TinyWarehouse) -> None:
    post(house, "09:00", "S1", *[put_away()] * 2)
    house._sequences["S1"] = 4  # noqa: SLF001 - what a partial restore left out
    post(house, "09:00", "S1", *[put_away()] * 2)

    book_everything(house.database)

    [stream] = house.database.read(stopped_streams)
    assert (stream.reason, stream.what, stream.waiting) == ("gap", "3-4", 2)


def test_whoever_waits_for_the_books_waits_for_what_was_posted_by_then(house: TinyWarehouse) -> None:
    post(house, "09:00", "S1", *[put_away()] * 2)
    post(house, "09:00", "S2", put_away())

    marks = house.database.read(posted_marks)
    before = house.database.read(are_booked, marks)
    book_everything(house.database)
    post(house, "09:01", "S1", put_away())

    assert sorted(mark for mark in marks.values()) == [1, 2]
    assert (before, house.database.read(are_booked, marks)) == (False, True)


def test_nobody_waits_for_a_stream_that_is_stopped(house: TinyWarehouse) -> None:
    post(house, "09:00", "S1", put_away(PutAwayByAnotherRelease), put_away())
    post(house, "09:00", "S2", put_away())

    assert list(house.database.read(posted_marks).values()) == [1]
