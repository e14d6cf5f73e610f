"""What pickers and packers are told when stock or one unit of it is on hold."""

from dataclasses import replace
from typing import Any

from tests.domain.floor import BOWL, CARDS, CATALOGUE, LAMP, MUG, MUG_CODE, Floor, text_of
from warehouse_app.domain.catalogue import Barcode, Catalogue, ProductCard
from warehouse_app.domain.facts import CartonClosed, GoodsReceived, Picked, PutAway, UnitPacked
from warehouse_app.domain.packets import (
    Address,
    BoxType,
    PackPacket,
    PackUnits,
    PickPacket,
    PickStop,
    PutawayPacket,
    PutawayUnits,
    ReceiveLine,
    ReceivePacket,
)
from warehouse_app.domain.packing import PackSession
from warehouse_app.domain.picking import PickSession
from warehouse_app.domain.putaway import PutawaySession
from warehouse_app.domain.receiving import ReceiveSession
from warehouse_app.domain.session import FeedbackKind

BOX = BoxType("S1", "Small", "小", 200, 150, 100, 90, 5_000)
PHONE = "PHONE"
PHONES = Catalogue.of([*CARDS, ProductCard(PHONE, "Phone", serial_rule="serial")])
MUGS = Catalogue.of([ProductCard(MUG, "Mug", serial_rule="serial")], [Barcode(MUG_CODE, MUG, 1)])
HOLD = {"what": "hold", "hold": "h1", "names": "L1", "reason": "recall"}
RELEASE = {"what": "release", "hold": "h1"}
HOLD_UNIT = {"what": "hold_serial", "hold": "h2", "sku": PHONE, "serial": "S-1", "reason": "stolen"}


def pack_packet(order_no: str, *parts: PackUnits, **changes: Any) -> PackPacket:  # noqa: ANN401 - any field
    made = PackPacket(
        f"pack:{order_no}", 1, order_no, "C-1", "standard", "Standard", "SIM", "Simulated",
        "2026-05-10T17:00:00+00:00", "W-1", "", Address(name="Ada"), Address(), parts, {}, (BOX,),
        tuple(f"0952123400000{order_no}{number}" for number in range(10, 14)), 1, ("S1",), (0.5,),
    )  # fmt: skip
    return replace(made, **changes)


def bowls(order_no: str, tote: str, quantity: int = 2) -> PackPacket:
    return pack_packet(order_no, PackUnits(1, "own", BOWL, "L1", tote, quantity))


def phones(quantity: int = 2, **changes: Any) -> Floor:  # noqa: ANN401 - any field of the packet
    packet = pack_packet("551", PackUnits(1, "own", PHONE, "", "T-1", quantity), **changes)
    floor = Floor(PackSession(PHONES), packet)
    floor.scan("ORD:551")
    return floor


def test_order_on_hold_takes_no_scan_no_weight_and_no_label_until_it_is_released() -> None:
    floor = Floor(PackSession(CATALOGUE), bowls("551", "T-1"))
    floor.scans("TOTE:T-1", BOWL)
    before = len(floor.journal)

    told = floor.amend("pack:551", 1, order="551", **HOLD)
    answers = [
        floor.scan(text) for text in (BOWL, "CMD:NEXT-BOX", "CMD:UNDO", "BOX:S1", "TOTE:T-1", "CMD:PROBLEM-MISSING")
    ]
    weighed = floor.weigh(900)

    assert text_of(told) == "Order 551 is on hold: L1 (recall). Put tote T-1 and carton 1 aside."
    assert {answer.feedback.kind for answer in (told, weighed, *answers)} == {FeedbackKind.HELD}
    assert len(floor.journal) == before + 1
    assert floor.expected == []

    released = floor.amend("pack:551", 2, **RELEASE)
    floor.follow()
    assert text_of(released) == "Order 551 may go on."
    assert sum(fact.quantity for fact in floor.facts(UnitPacked)) == 2
    assert len(floor.facts(CartonClosed)) == 1


def test_packer_goes_on_with_another_order_and_comes_back_when_the_first_is_released() -> None:
    floor = Floor(PackSession(CATALOGUE), bowls("551", "T-1"), bowls("552", "T-2"))
    floor.session.current = "pack:551"
    floor.scans("TOTE:T-1", BOWL)
    floor.amend("pack:551", 1, order="551", **HOLD)

    other = floor.scans("TOTE:T-2", BOWL)
    aside = floor.amend("pack:551", 2, **RELEASE)
    still = floor.scan(BOWL)
    floor.scan("CMD:CLOSE")
    back = floor.scans("TOTE:T-1", BOWL)

    assert other.work == still.work == "pack:552"
    assert aside.feedback.kind is FeedbackKind.INFO
    assert back.work == "pack:551"
    assert back.feedback.kind is FeedbackKind.LAST


def test_order_stays_on_hold_until_its_last_hold_has_ended() -> None:
    floor = Floor(PackSession(CATALOGUE), bowls("551", "T-1"))
    floor.scan("TOTE:T-1")
    floor.amend("pack:551", 1, order="551", **HOLD)
    floor.amend("pack:551", 2, order="551", **{**HOLD, "hold": "order", "names": "", "reason": "fraud"})

    still = floor.amend("pack:551", 3, **RELEASE)

    assert text_of(still) == "Order 551 is on hold: fraud. Put tote T-1 aside."
    assert floor.scan(BOWL).feedback.kind is FeedbackKind.HELD


def test_killed_bench_still_knows_what_is_on_hold() -> None:
    packet = bowls("551", "T-1")
    floor = Floor(PackSession(CATALOGUE), packet)
    floor.scans("TOTE:T-1", BOWL)
    floor.amend("pack:551", 1, order="551", **HOLD)

    again = floor.restarted(PackSession(CATALOGUE), packet)

    assert again.scan(BOWL).feedback.kind is FeedbackKind.HELD
    again.amend("pack:551", 2, **RELEASE)
    assert again.scan(BOWL).feedback.kind is FeedbackKind.LAST


def test_closed_order_on_hold_prints_no_second_label() -> None:
    floor = Floor(PackSession(CATALOGUE), bowls("551", "T-1"))
    floor.scans("TOTE:T-1", BOWL, BOWL, "CMD:CLOSE")

    told = floor.amend("pack:551", 1, order="551", **HOLD)
    reprint = floor.scan("CMD:REPRINT")

    assert text_of(told) == "Order 551 is on hold: L1 (recall). Put carton 1 aside."
    assert (reprint.feedback.kind, reprint.prints) == (FeedbackKind.HELD, ())


def pick_packet(*stops: PickStop, **changes: Any) -> PickPacket:  # noqa: ANN401 - any field of the packet
    packet = PickPacket("pick:PL-1", 1, "PL-1", stops, {}, ("T-1", "T-2"), "PACK-1", 60_000)
    return replace(packet, **changes)


def test_picker_at_the_held_place_is_stopped_and_goes_on_elsewhere() -> None:
    stops = (
        PickStop(1, "551", 1, "A", "own", BOWL, "L1", "A-1", 2),
        PickStop(2, "551", 2, "A", "own", LAMP, "", "A-2", 1),
    )
    floor = Floor(PickSession(CATALOGUE), pick_packet(*stops))
    floor.scans("TOTE:T-1", "LOC:A-1")

    told = floor.amend("pick:PL-1", 1, stop=1, quantity=2, **{**HOLD, "what": "drop_stop"})
    floor.follow()

    assert told.feedback.kind is FeedbackKind.HELD
    assert text_of(told) == "Bowl at A-1 is on hold: L1 (recall). Leave it there and go on."
    assert [fact.sku for fact in floor.facts(Picked)] == [LAMP]


def test_picker_elsewhere_is_not_held_up() -> None:
    stops = (
        PickStop(1, "551", 1, "A", "own", LAMP, "", "A-1", 1),
        PickStop(2, "551", 2, "A", "own", BOWL, "L1", "A-2", 2),
    )
    floor = Floor(PickSession(CATALOGUE), pick_packet(*stops))
    floor.scans("TOTE:T-1", "LOC:A-1")

    told = floor.amend("pick:PL-1", 1, stop=2, quantity=2, **{**HOLD, "what": "drop_stop"})

    assert told.feedback.kind is FeedbackKind.INFO
    assert floor.scan(LAMP).feedback.kind in (FeedbackKind.OK, FeedbackKind.LAST)


def gs1(serial: str) -> str:
    return f"]C101{MUG_CODE.zfill(14)}21{serial}"


def test_picker_leaves_the_unit_that_is_on_hold_and_takes_no_unit_twice() -> None:
    stop = PickStop(1, "551", 1, "A", "own", "MUG", "", "A-1", 3)
    floor = Floor(PickSession(MUGS), pick_packet(stop, held_serials={"MUG": ("S-1",)}))
    floor.scans("TOTE:T-1", "LOC:A-1")

    held, taken, twice = (floor.scan(gs1(serial)) for serial in ("S-1", "S-2", "S-2"))

    assert [one.feedback.kind for one in (held, taken, twice)] == [
        FeedbackKind.HELD, FeedbackKind.OK, FeedbackKind.WRONG_ITEM,
    ]  # fmt: skip
    assert [fact.serial for fact in floor.facts(Picked)] == ["S-2"]


def test_receiver_takes_no_unit_that_is_in_the_house_already() -> None:
    line = ReceiveLine(1, "own", MUG, 5, 0)
    packet = ReceivePacket(
        "receive:PO-1", 1, "PO-1", "Acme", blind=False, dock="DOCK-1", house_lot="H-1", today="2026-05-10",
        lines=(line,), serials={MUG: ("S-1",)},
    )  # fmt: skip
    floor = Floor(ReceiveSession(MUGS), packet)

    known, new, again = (floor.scan(gs1(serial)) for serial in ("S-1", "S-2", "S-2"))

    assert text_of(known) == text_of(again).replace("S-2", "S-1")
    assert text_of(known) == "Serial S-1 of Mug is in the house already. Set it aside."
    assert new.feedback.kind is FeedbackKind.OK
    assert [fact.serial for fact in floor.facts(GoodsReceived)] == ["S-2"]
    floor.scan("CMD:UNDO")
    assert floor.scan(gs1("S-2")).feedback.kind is FeedbackKind.OK


def test_units_that_are_put_away_with_their_serials_go_one_by_one() -> None:
    waiting = PutawayUnits("own", MUG, "", 4, ("A-1",))
    floor = Floor(PutawaySession(MUGS), PutawayPacket("putaway:DOCK-1", 1, "DOCK-1", (waiting,)))

    floor.scans(gs1("S-1"), gs1("S-2"))
    again = floor.scan(gs1("S-2"))
    floor.scans(MUG_CODE, "LOC:A-1")

    assert again.feedback.kind is FeedbackKind.WRONG_ITEM
    assert [(fact.serial, fact.quantity) for fact in floor.facts(PutAway)] == [("S-1", 1), ("S-2", 1), ("", 1)]
    assert text_of(floor.scan("CMD:UNDO")) == "Taken back: 3 × Mug."


def test_packing_asks_for_the_serial_and_takes_none_twice() -> None:
    floor = phones(serials={PHONE: ("S-1",)})

    asked = floor.scan(PHONE)
    offered = floor.expected
    first = floor.scan("S-1")
    again = floor.scans(PHONE, "SER:S-1")
    floor.scans(PHONE, "S-2")

    assert text_of(asked) == "Scan the serial of Phone."
    assert offered == ["SER:S-1", "CMD:NO-SERIAL"]
    assert first.feedback.kind is FeedbackKind.OK
    assert text_of(again) == "Serial S-1 of Phone is packed already. Scan another unit."
    assert [fact.serial for fact in floor.facts(UnitPacked)] == ["S-1", "S-2"]


def test_serial_of_another_order_is_refused() -> None:
    known = phones(serials={PHONE: ("S-1", "S-2")})
    partly = phones(serials={PHONE: ("S-1",)}, other_serials={PHONE: ("S-9",)})

    for floor in (known, partly):
        assert text_of(floor.scans(PHONE, "S-9")) == "Serial S-9 of Phone does not belong to order 551. Set it aside."
    assert partly.scans(PHONE, "S-5").facts


def test_unit_on_hold_is_refused_and_none_goes_without_its_serial_meanwhile() -> None:
    floor = phones()
    floor.amend("pack:551", 1, **HOLD_UNIT)

    refused, unmarked = floor.scans(PHONE, "S-1"), floor.scans(PHONE, "CMD:NO-SERIAL")
    other = floor.scans(PHONE, "S-2")

    assert {refused.feedback.kind, unmarked.feedback.kind} == {FeedbackKind.HELD}
    assert other.feedback.kind is FeedbackKind.OK


def test_unit_that_is_packed_when_it_is_put_on_hold_stops_the_order() -> None:
    floor = phones()
    floor.scans(PHONE, "S-1")

    told = floor.amend("pack:551", 1, **HOLD_UNIT)

    assert text_of(told) == "Order 551 is on hold: S-1 (stolen). Put tote T-1 and carton 1 aside."
    floor.amend("pack:551", 2, **{**HOLD_UNIT, "what": "release_serial"})
    assert floor.scans(PHONE, "S-2").feedback.kind is FeedbackKind.LAST


def test_serials_are_packed_to_the_end_by_following_what_is_expected() -> None:
    floor = phones(serials={PHONE: ("S-1",)})

    kinds = []
    while floor.expected:
        kinds.append(floor.scan(floor.expected[0]).feedback.kind)

    assert kinds[-1] is FeedbackKind.DONE
    assert [fact.serial for fact in floor.facts(UnitPacked)] == ["S-1", ""]
