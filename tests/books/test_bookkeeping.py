"""What fails is parked with its work, what is newer stops its own station, and everything else goes on."""

import pytest
from sqlalchemy import select

from tests.despatch import DOCK, PACKER, DespatchHouse, at
from warehouse_app.books.bookkeeping import book_everything, book_facts, reapply_parked, unapplied_count
from warehouse_app.domain.facts import (
    CartonClosed,
    Fact,
    HandedOver,
    PackingOpened,
    Picked,
    PickedShort,
    PutAway,
    UnitPacked,
    encode,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Row, Transaction
from warehouse_app.store.ids import new_key


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    return DespatchHouse(database)


def to_shelf(quantity: int = 1, to: str = "A02") -> PutAway:
    return PutAway("", "CUP", "", quantity, "A01", to)


def packed(order_no: str, carton: str = "C", sku: str = "CUP") -> UnitPacked:
    return UnitPacked(order_no, 1, "", sku, "", 1, "T-0001", carton)


def post(house: DespatchHouse, station: str, work: str, *facts: Fact) -> None:
    """Posted, and not booked yet."""
    house.database.write(house._post, at(house.clock), "W-03", facts, station, work)  # noqa: SLF001


def post_raw(house: DespatchHouse, kind: str, version: int, payload: str, work: str = "") -> None:
    """A fact as only another release, or a damaged disk, would write it."""

    def write(tx: Transaction) -> None:
        sequence = house._sequences.get("S9", 0) + 1  # noqa: SLF001
        row = {
            "fact_id": new_key(), "station": "S9", "incarnation": "1", "sequence": sequence, "worker": "W-03",
            "work": work, "epoch": 1, "kind": kind, "version": version, "payload": payload, "content_hash": "",
            "happened_at": at(house.clock), "recorded_at": tx.now,
        }  # fmt: skip
        tx.add(tables.fact, [row])
        tx.put(tables.station_cursor, [{"station": "S9", "incarnation": "1", "applied_sequence": 0}], keep=True)
        house._sequences["S9"] = sequence  # noqa: SLF001

    house.database.write(write)


def parked(house: DespatchHouse) -> list[tuple[str, str]]:
    """Work and error of every parked fact, in the order in which they were parked."""
    table = tables.parked_fact
    query = select(table.c.work, table.c.error).order_by(table.c.park_no)
    return [(row["work"], row["error"]) for row in house.database.read(lambda tx: tx.rows(query))]


def moved(house: DespatchHouse) -> int:
    """Units that were brought from one shelf to another."""
    move = tables.move
    rows = house.database.read(lambda tx: tx.rows(select(move.c.quantity).where(move.c.cause_kind == "put_away")))
    return sum(row["quantity"] for row in rows)


def test_fact_that_fails_parks_its_work_and_the_others_go_on(house: DespatchHouse) -> None:
    post(house, "S1", "putaway:A", to_shelf(1))
    post(house, "S1", "pack:99", packed("99"), packed("99"))
    post(house, "S1", "putaway:A", to_shelf(2))
    post(house, "S2", "pack:99", packed("99"))

    done = book_everything(house.database)

    assert (done.applied, done.parked) == (2, 3)
    assert moved(house) == 3
    assert [work for work, _ in parked(house)] == ["pack:99"] * 3
    assert "fulfilment_line 99 / 1 is not in the books" in parked(house)[0][1]
    assert [error.startswith("waits for an earlier fact") for _, error in parked(house)] == [False, True, True]
    assert house.database.read(unapplied_count) == 0
    assert house.differences() == ()


def test_facts_without_a_work_do_not_wait_for_each_other(house: DespatchHouse) -> None:
    post(house, "S1", "", packed("99"), to_shelf(4))

    book_everything(house.database)

    assert moved(house) == 4
    assert len(parked(house)) == 1


def test_parked_facts_apply_in_their_order_once_the_reason_is_gone(house: DespatchHouse) -> None:
    carton = "095212340000000075"
    last = CartonClosed("7", carton, 1, "", 100, "scale", last=True)
    post(house, "S1", "pack:7", PackingOpened("7", ""), packed("7", carton), last)
    book_everything(house.database)
    before = parked(house)
    house.release("7", "CUP", 1)

    again = reapply_parked(house.database)

    assert len(before) == 3
    assert (again.applied, again.parked) == (3, 0)
    assert parked(house) == []
    assert house.line("7")["packed"] == 1
    assert house.carton(carton)["state"] == "closed"
    assert house.differences() == ()


def test_parked_facts_that_still_fail_stay_with_what_waits_for_them(house: DespatchHouse) -> None:
    post(house, "S1", "pack:98", packed("98"), packed("98"))
    post(house, "S2", "pack:99", packed("99"))
    book_everything(house.database)
    house.release("99", "CUP", 1)

    again = reapply_parked(house.database)

    assert (again.applied, again.parked) == (1, 2)
    assert [work for work, _ in parked(house)] == ["pack:98", "pack:98"]


def test_fact_about_another_product_than_its_line_waits_for_a_person(house: DespatchHouse) -> None:
    house.picking("1")
    post(house, "S1", "pack:1", packed("1", "095212340000000075", sku="POT"))

    book_everything(house.database)

    [(work, error)] = parked(house)
    assert work == "pack:1"
    assert error == "OtherProduct: line 1 of order 1 is for CUP, the fact for POT"
    assert house.differences() == ()


def test_version_of_a_newer_release_stops_that_station_only(house: DespatchHouse) -> None:
    post_raw(house, "put_away", PutAway.version, encode(to_shelf(1)))
    post_raw(house, "put_away", 99, "{}")
    post_raw(house, "put_away", PutAway.version, encode(to_shelf(2)))
    post(house, "S1", "", to_shelf(4))

    book_everything(house.database)

    assert moved(house) == 1 + 4
    assert house.database.read(unapplied_count) == 2
    assert parked(house) == []


def test_taking_back_a_fact_of_a_newer_release_stops_that_station_too(house: DespatchHouse) -> None:
    post_raw(house, "undone", 1, '{"fact_id":"x","original_kind":"flown","original_version":7,"original_payload":"{}"}')
    post(house, "S1", "", to_shelf(4))

    book_everything(house.database)

    assert moved(house) == 4
    assert house.database.read(unapplied_count) == 1
    assert parked(house) == []


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "[]",
        "{",
        '{"sku":"CUP"}',
        '{"owner":"","sku":"CUP","lot":"","quantity":"many","from_location":"A01","to_location":"A02"}',
        '{"owner":"","sku":"CUP","lot":"","quantity":99999999999999999999,"from_location":"A01","to_location":"A02"}',
        '{"owner":null,"sku":null,"lot":null,"quantity":1,"from_location":null,"to_location":"A02"}',
        '{"owner":"","sku":"\\u0000\\ud800","lot":"","quantity":1,"from_location":"A01","to_location":"A02"}',
    ],
)
def test_payload_that_cannot_be_read_is_parked(payload: str, house: DespatchHouse) -> None:
    post_raw(house, "put_away", 1, payload, "putaway:A01")
    post(house, "S1", "", to_shelf(4))

    book_everything(house.database)

    assert moved(house) == 4
    assert [work for work, _ in parked(house)] == ["putaway:A01"]
    assert house.differences() == ()


def test_one_bad_fact_of_a_whole_batch_is_found(house: DespatchHouse) -> None:
    facts: list[Fact] = [to_shelf(1) for _ in range(7)]
    post(house, "S1", "", *facts[:5])
    post(house, "S1", "pack:99", packed("99"))
    post(house, "S1", "", *facts[5:])

    done = book_facts(house.database, 100)

    assert (done.applied, done.parked) == (7, 1)
    assert len(parked(house)) == 1
    assert moved(house) == 7


def test_gap_in_a_stations_order_is_waited_for(house: DespatchHouse) -> None:
    house._sequences["S1"] = 1  # noqa: SLF001 - its first fact is still on the way
    post(house, "S1", "", to_shelf(2))

    book_everything(house.database)

    assert moved(house) == 0
    assert house.database.read(unapplied_count) == 1


def test_carton_that_left_before_its_bench_reported_is_shipped_when_it_does(house: DespatchHouse) -> None:
    packet = house.packing("1", quantity=2)
    carton = packet.ssccs[0]
    house.post(DOCK, [HandedOver("1", carton, "POST", "M-1")], "ship:M-1")
    between = house.differences()

    house.pack(packet)

    assert between == ()
    assert house.order("1")["state"] == "shipped"
    assert house.line("1")["shipped"] == 2
    assert house.carton(carton)["state"] == "handed_over"
    assert house.on_hand()["CUSTOMER", "CUP"] == 2
    assert (carton, "CUP") not in house.on_hand()
    assert house.differences() == ()


def test_debt_nets_itself_when_two_stations_report_in_the_wrong_order(house: DespatchHouse) -> None:
    picked_first = PutAway("", "POT", "", 2, "B01", "C01")
    house.happen("10:05", "W-03", [picked_first], station="S1")
    owed = house.on_hand()
    brought = PutAway("", "POT", "", 2, "A02", "B01")
    house.happen("10:00", "W-03", [brought], station="S2")

    after = house.on_hand()

    assert owed["UNRECONCILED", "POT"] == -2
    assert ("UNRECONCILED", "POT") not in after
    assert ("B01", "POT") not in after
    assert (after["A02", "POT"], after["C01", "POT"]) == (1, 8)
    assert house.database.read(lambda tx: tx.rows(select(tables.debt))) == []
    assert house.differences() == ()


def test_loss_below_what_is_allocated_gives_back_the_least_urgent(house: DespatchHouse) -> None:
    for order_no in ("1", "2", "3"):
        house.release(order_no, "POT", 3)
    places = {row["order_no"]: row["location"] for row in allocations(house)}
    assert sorted(places.values()) == ["A02", "C01", "C01"]
    shared = sorted(order for order, place in places.items() if place == "C01")

    house.happen("10:00", "W-03", [PutAway("", "POT", "", 2, "C01", "RECV-01")])

    held = {row["order_no"]: 0 for row in allocations(house)}
    for row in allocations(house):
        held[row["order_no"]] += row["quantity"]
    assert held[shared[0]] == 3
    assert held[shared[1]] == 1
    assert [row["what"] for row in history(house, shared[1])][-2:] == ["allocation_lost", "short"]
    assert house.line(shared[1])["short"] == 2
    assert house.differences() == ()


def test_units_lost_on_the_shelf_are_sought_elsewhere(house: DespatchHouse) -> None:
    packet = house.picking("1", quantity=3)
    stop = packet.stops[0]
    short = PickedShort(packet.list_no, stop.stop_no, "1", 1, "", "CUP", "", 3, stop.location, "missing")

    house.happen("10:00", "W-03", [short], station="PICK-1", work=packet.work)

    [row] = allocations(house)
    assert row["location"] != stop.location
    assert row["quantity"] == 3
    assert house.line("1")["short"] == 0
    assert '"what": "add_stop"' in house.told(packet.work)[-1]
    assert house.differences() == ()


def test_more_picked_than_the_books_knew_stands_as_a_debt(house: DespatchHouse) -> None:
    packet = house.picking("1", quantity=3)
    stop = packet.stops[0]
    much = Picked(packet.list_no, stop.stop_no, "1", 1, "", "CUP", "", 50, stop.location, "T-0001")

    house.happen("10:00", "W-03", [much], station=PACKER.station, work=packet.work)

    assert house.on_hand()["T-0001", "CUP"] == 50
    assert house.row(tables.debt, sku="CUP")["quantity"] > 0
    assert parked(house) == []
    assert house.differences() == ()


def allocations(house: DespatchHouse) -> list[Row]:
    rows = house.database.read(lambda tx: tx.rows(select(tables.allocation)))
    return [dict(row) for row in rows]


def history(house: DespatchHouse, order_no: str) -> list[Row]:
    table = tables.order_history
    query = select(table).where(table.c.order_no == order_no).order_by(table.c.entry_id)
    return [dict(row) for row in house.database.read(lambda tx: tx.rows(query))]


def test_put_back_that_arrives_before_the_packing_it_undoes_leaves_an_empty_carton(house: DespatchHouse) -> None:
    packet = house.packing("1", quantity=2)
    carton, units = packet.ssccs[0], packet.units[0]
    put_back = PutAway("", "CUP", "", 2, carton, "A01")
    house.post(DOCK, [put_back], f"putaway:{carton}")

    late = UnitPacked("1", units.line_no, "", "CUP", "", 2, units.tote, carton)
    house.post(PACKER, [late], packet.work)

    assert (carton, "CUP") not in house.on_hand()
    assert ("UNRECONCILED", "CUP") not in house.on_hand()
    assert house.differences() == ()
