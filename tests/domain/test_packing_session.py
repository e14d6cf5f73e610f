from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.floor import BOWL, CARDS, LAMP, MUG, MUG_CASE, MUG_CODE, TEA, TEA_CODE, Floor, text_of
from warehouse_app.domain.catalogue import Barcode, Catalogue, ProductCard
from warehouse_app.domain.facts import (
    CartonChosen,
    CartonClosed,
    CartonReopened,
    CartonWeighed,
    LabelPrinted,
    PackingOpened,
    Undone,
    UnitMissing,
    UnitPacked,
    WorkFinished,
    WorkStopped,
)
from warehouse_app.domain.packets import Address, BoxType, PackPacket, PackUnits
from warehouse_app.domain.packing import PackSession
from warehouse_app.domain.session import FeedbackKind, Outcome

WORK = "pack:551"
OPEN, CLOSE, NEXT_BOX, UNDO = "ORD:551", "CMD:CLOSE", "CMD:NEXT-BOX", "CMD:UNDO"
REOPEN, REPRINT, MISSING, DAMAGED = "CMD:REOPEN", "CMD:REPRINT", "CMD:PROBLEM-MISSING", "CMD:PROBLEM-DAMAGED"
BOXES = (
    BoxType("S1", "Small", "小", 200, 150, 100, 90, 5_000),
    BoxType("M2", "Middle", "中", 400, 300, 200, 250, 15_000),
)
WEIGHTS = {MUG: 300, LAMP: 900, TEA: 100, BOWL: 450}
HEAVY_CARDS = [replace(card, weight_g=WEIGHTS[card.sku]) for card in CARDS]
HEAVY = Catalogue.of(
    HEAVY_CARDS,
    [Barcode(MUG_CODE, MUG, 1), Barcode(MUG_CASE, MUG, 12), Barcode(TEA_CODE, TEA, 1)],
)
SSCCS = tuple(f"09521234000000{number:04d}" for number in range(1, 5))


def units(sku: str, quantity: int, *, line: int = 1, lot: str = "", tote: str = "T-1") -> PackUnits:
    return PackUnits(line, "own", sku, lot, tote, quantity)


def packet(*parts: PackUnits, **changes: Any) -> PackPacket:  # noqa: ANN401 - any field of the packet
    made = PackPacket(
        WORK, 1, "551", "C-1", "standard", "Standard", "SIM", "Simulated", "2026-05-10T17:00:00+00:00", "W-1", "",
        Address(name="Ada"), Address(), parts, {}, BOXES, SSCCS, 1, ("S1",), (0.5,),
    )  # fmt: skip
    return replace(made, **changes)


def opened(*parts: PackUnits, **changes: Any) -> Floor:  # noqa: ANN401 - any field of the packet
    floor = Floor(PackSession(HEAVY), packet(*parts, **changes))
    floor.scan(OPEN)
    return floor


def answered(outcome: Outcome) -> tuple[FeedbackKind, str]:
    return outcome.feedback.kind, text_of(outcome)


def packed(floor: Floor) -> list[tuple[int, str, str, int]]:
    return [(fact.line_no, fact.lot, fact.tote, fact.quantity) for fact in floor.facts(UnitPacked)]


def state_of(floor: Floor) -> dict[str, object]:
    return {} if floor.session.state is None else vars(floor.session.state)


@pytest.mark.parametrize("code", ["ORD:551", "TOTE:T-1", "TOTE:T-2"])
def test_order_in_hand_is_opened_by_its_code_or_by_any_of_its_totes(code: str) -> None:
    floor = Floor(PackSession(HEAVY), packet(units(MUG, 2), units(LAMP, 1, line=2, tote="T-2")))
    floor.session.current = ""

    answer = floor.scan(code)

    assert answered(answer) == (FeedbackKind.OK, "Order 551: 3 units to pack.")
    assert floor.facts(PackingOpened) == [PackingOpened("551", code.partition(":")[2])]


def test_order_that_is_not_in_hand_is_fetched() -> None:
    floor = Floor(PackSession(HEAVY))

    answer = floor.scan("TOTE:T-9")

    assert (answer.feedback.kind, answer.facts) == (FeedbackKind.FETCHING, ())
    assert answer.need is not None
    assert answer.need.code == "T-9"


def test_unit_before_an_order_asks_for_a_tote_or_an_order() -> None:
    floor = Floor(PackSession(HEAVY))

    answer = floor.scan(MUG_CODE)

    assert answered(answer) == (FeedbackKind.WRONG_STATE, "Scan a tote or an order first.")


def test_right_units_count_towards_their_order_and_the_last_one_sounds_different() -> None:
    floor = opened(units(LAMP, 2))

    first, last = floor.scan(LAMP), floor.scan("lamp")

    assert answered(first) == (FeedbackKind.OK, "Packed Lamp: 1 of 2.")
    assert answered(last) == (FeedbackKind.LAST, "All 2 units packed. Weigh or close the carton.")
    assert floor.facts(UnitPacked)[0] == UnitPacked("551", 1, "own", LAMP, "", 1, "T-1", SSCCS[0])


def test_wrong_item_is_shown_beside_the_right_one_and_packs_nothing() -> None:
    floor = opened(units(LAMP, 1))

    answer = floor.scan(MUG_CODE)

    assert answered(answer) == (FeedbackKind.WRONG_ITEM, "Not in this order: Mug. Set it aside for put-away.")
    assert answer.facts == ()
    assert answer.feedback.product == HEAVY.card(MUG)
    assert answer.feedback.expected_product == HEAVY.card(LAMP)


@pytest.mark.parametrize(
    ("scan", "kind"),
    [
        ("4006381333948", FeedbackKind.UNKNOWN),
        ("4006381333932", FeedbackKind.UNKNOWN),
        ("", FeedbackKind.UNKNOWN),
        ("BOX:XXL", FeedbackKind.UNKNOWN),
        ("LOC:A-1", FeedbackKind.WRONG_STATE),
        ("CMD:DANCE", FeedbackKind.WRONG_STATE),
        ("*3", FeedbackKind.WRONG_STATE),
        (REOPEN, FeedbackKind.WRONG_STATE),
        (REPRINT, FeedbackKind.WRONG_STATE),
        (UNDO, FeedbackKind.WRONG_STATE),
        (NEXT_BOX, FeedbackKind.WRONG_STATE),
    ],
)
def test_scan_that_means_nothing_here_changes_nothing(scan: str, kind: FeedbackKind) -> None:
    floor = opened(units(LAMP, 1))

    answer = floor.scan(scan)

    assert (answer.feedback.kind, answer.facts, answer.prints) == (kind, (), ())


def test_one_unit_too_many_is_put_back() -> None:
    floor = opened(units(LAMP, 1), units(BOWL, 1, line=2))
    floor.scan(LAMP)

    answer = floor.scan(LAMP)

    assert answered(answer) == (FeedbackKind.TOO_MANY, "Lamp is complete. Put this one back.")
    assert answer.facts == ()


def test_case_counts_its_units_and_one_that_is_too_many_does_not_count() -> None:
    floor = opened(units(MUG, 20))

    first, second = floor.scan(MUG_CASE), floor.scan(MUG_CASE)

    assert answered(first) == (FeedbackKind.OK, "Packed Mug: 12 of 20.")
    assert answered(second) == (FeedbackKind.TOO_MANY, "12 × Mug is too many: 8 to go.")
    assert packed(floor) == [(1, "", "T-1", 12)]


def test_quantity_is_typed_after_one_scan_and_replaces_it() -> None:
    floor = opened(units(MUG, 8))

    answer = floor.scans(MUG_CODE, "*8")

    assert answer.feedback.kind is FeedbackKind.LAST
    assert [(fact.quantity, fact.typed) for fact in floor.facts(UnitPacked)] == [(1, False), (7, True)]


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("*9", FeedbackKind.TOO_MANY, "9 is too many: 8 at most."),
        ("*5", FeedbackKind.WRONG_STATE, "Scan every unit of Mug one by one."),
        ("*0", FeedbackKind.UNKNOWN, "*0 was misread. Scan again."),
    ],
)
def test_quantity_that_may_not_be_typed_changes_nothing(typed: str, kind: FeedbackKind, text: str) -> None:
    floor = opened(units(MUG, 8))
    floor.scan(MUG_CODE)

    answer = floor.scan(typed)

    assert (*answered(answer), answer.facts) == (kind, text, ())


def test_risky_product_is_scanned_unit_by_unit() -> None:
    case = Barcode("20614141000009", LAMP, 6)
    floor = Floor(PackSession(Catalogue.of(HEAVY_CARDS, [case])), packet(units(LAMP, 9)))
    floor.scan(OPEN)

    answers = [floor.scan(text) for text in (LAMP, "*9", "20614141000009")]

    assert [text_of(answer) for answer in answers[1:]] == ["Scan every unit of Lamp one by one."] * 2
    assert packed(floor) == [(1, "", "T-1", 1)]


def test_label_that_is_printed_meanwhile_does_not_part_a_scan_from_its_quantity() -> None:
    floor = opened(units(MUG, 20))
    floor.scans(MUG_CASE, NEXT_BOX, MUG_CODE)

    floor.keep(Outcome(floor.session.prompt(), (LabelPrinted("551", SSCCS[0], "label", reprint=False),), WORK))

    assert floor.scan("*8").feedback.kind is FeedbackKind.LAST


def test_units_of_one_scan_may_belong_to_several_lines_and_totes() -> None:
    floor = opened(units(MUG, 5), units(MUG, 4, line=2, tote="T-2"), units(MUG, 3, line=2, tote="T-3"))

    answer = floor.scan(MUG_CASE)

    assert answer.feedback.kind is FeedbackKind.LAST
    assert packed(floor) == [(1, "", "T-1", 5), (2, "", "T-2", 4), (2, "", "T-3", 3)]


def test_typed_quantity_counts_what_was_scanned_over_several_lines() -> None:
    floor = opened(units(MUG, 5), units(MUG, 15, line=2))

    floor.scans(MUG_CASE, "*20")

    assert packed(floor) == [(1, "", "T-1", 5), (2, "", "T-1", 7), (2, "", "T-1", 8)]


def test_lot_in_the_code_chooses_the_units_and_another_lot_is_wrong() -> None:
    floor = opened(units(TEA, 1, lot="L1"), units(TEA, 8, lot="L2", tote="T-2"))

    wrong = floor.scan(f"]C101{TEA_CODE}10L9")
    floor.scans(f"]C101{TEA_CODE}10L2", "*7")

    assert answered(wrong) == (FeedbackKind.WRONG_ITEM, "Lot L9 of Tea was not picked for this order.")
    assert packed(floor) == [(1, "L2", "T-2", 1), (1, "L2", "T-2", 6)]


def test_case_of_a_lot_is_too_many_when_less_of_that_lot_was_picked() -> None:
    floor = opened(units(TEA, 3, lot="L1"), units(TEA, 3, lot="L2"))

    answer = floor.scan(f"]C102{TEA_CODE}375\x1d10L1")

    assert (*answered(answer), answer.facts) == (FeedbackKind.TOO_MANY, "5 × Tea is too many: 3 to go.", ())


def test_chosen_box_is_the_closed_carton_s_and_the_suggested_one_otherwise() -> None:
    floor = opened(units(LAMP, 2))

    chosen = floor.scan("BOX:M2")
    floor.scans(LAMP, NEXT_BOX, LAMP, CLOSE)

    assert answered(chosen) == (FeedbackKind.OK, "Box M2 for carton 1.")
    assert [(fact.number, fact.carton_type) for fact in floor.facts(CartonClosed)] == [(1, "M2"), (2, "S1")]


def test_weight_of_a_complete_order_closes_it_by_itself() -> None:
    floor = opened(units(LAMP, 1))
    floor.scan(LAMP)

    answer = floor.weigh(1_010)

    assert answered(answer) == (FeedbackKind.DONE, "Order 551 is packed. The label of carton 1 prints.")
    assert floor.facts(CartonClosed) == [CartonClosed("551", SSCCS[0], 1, "S1", 1_010, "scale", last=True)]
    assert [request.document for request in answer.prints] == ["label", "packing_slip"]


def test_weight_before_the_last_unit_is_only_noted() -> None:
    floor = opened(units(LAMP, 2))
    floor.scan(LAMP)

    answer = floor.weigh(1_010)

    assert answered(answer) == (FeedbackKind.INFO, "1010 g on the scale.")
    assert floor.facts(CartonWeighed) == [CartonWeighed("551", SSCCS[0], 1_010)]


@pytest.mark.parametrize(
    ("then", "grams"),
    [
        ((NEXT_BOX,), (1_010, "scale")),
        ((LAMP, CLOSE), (1_890, "calculated")),
        (("BOX:M2", NEXT_BOX), (1_150, "calculated")),
        ((LAMP, UNDO, NEXT_BOX), (990, "calculated")),
    ],
)
def test_weight_holds_only_while_the_box_and_what_is_in_it_stay_the_same(
    then: tuple[str, ...], grams: tuple[int, str]
) -> None:
    floor = opened(units(LAMP, 2))
    floor.scan(LAMP)
    floor.weigh(1_010)

    floor.scans(*then)

    assert [(fact.weight_g, fact.weight_source) for fact in floor.facts(CartonClosed)] == [grams]


def test_weight_of_units_that_were_taken_back_does_not_hold() -> None:
    floor = opened(units(LAMP, 3))
    floor.scans(LAMP, LAMP)
    floor.weigh(1_890)

    floor.scans(UNDO, NEXT_BOX)

    assert [(fact.weight_g, fact.weight_source) for fact in floor.facts(CartonClosed)] == [(990, "calculated")]


def test_weight_is_never_carried_from_one_carton_to_the_next() -> None:
    floor = opened(units(LAMP, 2))
    floor.scan(LAMP)
    floor.weigh(1_010)

    floor.scans(NEXT_BOX, LAMP, CLOSE)

    assert [fact.weight_g for fact in floor.facts(CartonClosed)] == [1_010, 990]


@pytest.mark.parametrize("weight_g", [0, -3])
def test_empty_scale_weighs_nothing(weight_g: int) -> None:
    floor = opened(units(LAMP, 1))
    floor.scan(LAMP)

    answer = floor.weigh(weight_g)

    assert (*answered(answer), answer.facts) == (FeedbackKind.WRONG_STATE, "The scale is empty.", ())


def test_weight_without_units_in_a_carton_says_that_there_is_none() -> None:
    floor = opened(units(LAMP, 1))

    answer = floor.weigh(500)

    assert answered(answer) == (FeedbackKind.WRONG_STATE, "There is no open carton to weigh.")


def test_next_box_closes_the_carton_and_numbers_go_on() -> None:
    floor = opened(units(LAMP, 2), first_carton_number=3)

    first = floor.scans(LAMP, NEXT_BOX)
    floor.scans(LAMP, CLOSE)

    assert text_of(first) == "Carton 3 is closed, its label prints. Go on with the next box."
    assert [request.document for request in first.prints] == ["label"]
    assert [(fact.number, fact.carton, fact.last) for fact in floor.facts(CartonClosed)] == [
        (3, SSCCS[0], False),
        (4, SSCCS[1], True),
    ]


def test_planned_cartons_are_filled_one_after_the_other() -> None:
    floor = opened(units(MUG, 30), suggested=("M2", "S1"), suggested_fill=(0.9, 0.4), suggested_units=(20, 10))

    floor.scans(MUG_CASE, MUG_CODE)
    in_the_first = floor.expected
    floor.scan("*8")
    when_full = floor.expected
    floor.follow()

    assert in_the_first[0] == "QTY:8"
    assert when_full == [NEXT_BOX]
    assert [(fact.carton_type, fact.weight_g) for fact in floor.facts(CartonClosed)] == [("M2", 6_250), ("S1", 3_090)]
    assert sum(fact.quantity for fact in floor.facts(UnitPacked) if fact.carton == SSCCS[0]) == 20


def test_order_does_not_close_while_units_are_missing() -> None:
    floor = opened(units(LAMP, 2))
    floor.scan(LAMP)

    answer = floor.scan(CLOSE)

    text = "1 units are missing. Scan them, or report a problem."
    assert (*answered(answer), answer.facts) == (FeedbackKind.WRONG_STATE, text, ())


def test_reopened_carton_closes_again_with_a_reprint_of_its_label() -> None:
    floor = opened(units(LAMP, 1))
    floor.scans(LAMP, CLOSE)
    floor.keep(Outcome(floor.session.prompt(), (LabelPrinted("551", SSCCS[0], "label", reprint=False),), WORK))

    reopened = floor.scan(REOPEN)
    again = floor.scan(CLOSE)

    assert answered(reopened) == (FeedbackKind.INFO, "Carton 1 is open again. Destroy its label.")
    assert again.feedback.kind is FeedbackKind.DONE
    assert [(request.document, request.reprint) for request in again.prints] == [
        ("label", True),
        ("packing_slip", False),
    ]


def test_reopened_carton_takes_the_next_units_although_another_box_was_chosen() -> None:
    floor = opened(units(LAMP, 2))
    floor.scans(LAMP, NEXT_BOX, "BOX:M2", REOPEN, LAMP)

    answer = floor.scan(CLOSE)

    assert answer.feedback.kind is FeedbackKind.DONE
    assert [fact.carton for fact in floor.facts(UnitPacked)] == [SSCCS[0]] * 2


def test_carton_is_not_reopened_while_another_one_is_being_filled() -> None:
    floor = opened(units(LAMP, 3))
    floor.scans(LAMP, NEXT_BOX, LAMP)

    answer = floor.scan(REOPEN)

    assert answered(answer) == (FeedbackKind.WRONG_STATE, "Close the open carton first.")
    assert floor.facts(CartonReopened) == []


def test_label_prints_again_as_a_reprint_without_any_fact() -> None:
    floor = opened(units(LAMP, 1))
    floor.scans(LAMP, CLOSE)

    answer = floor.scan(REPRINT)

    assert answered(answer) == (FeedbackKind.INFO, "The label of carton 1 prints again.")
    assert (answer.facts, [(one.document, one.reprint) for one in answer.prints]) == ((), [("label", True)])


def test_undo_takes_back_the_whole_last_scan_but_nothing_from_before_a_closed_carton() -> None:
    floor = opened(units(MUG, 13), units(MUG, 11, line=2))
    floor.scans(MUG_CODE, NEXT_BOX, MUG_CASE, MUG_CODE)

    answers = [text_of(floor.scan(UNDO)) for _ in range(3)]

    assert answers == ["Taken back: 1 × Mug.", "Taken back: 12 × Mug.", "There is nothing to undo here."]
    assert floor.state.units_packed == 1


def test_undo_of_a_scan_over_two_lines_takes_back_both() -> None:
    floor = opened(units(MUG, 5), units(MUG, 10, line=2))
    floor.scan(MUG_CASE)

    answer = floor.scan(UNDO)

    assert text_of(answer) == "Taken back: 12 × Mug."
    assert len(floor.facts(Undone)) == 2
    assert floor.state.units_packed == 0


def test_undo_of_a_chosen_box_names_the_box() -> None:
    floor = opened(units(MUG, 1))
    floor.scan("BOX:M2")

    answer = floor.scan(UNDO)

    assert text_of(answer) == "Taken back: box M2."
    assert floor.facts(CartonChosen) == [CartonChosen("551", SSCCS[0], "M2")]
    assert floor.state.cartons == []


def test_undone_unit_is_expected_again() -> None:
    floor = opened(units(LAMP, 1))
    floor.scans(LAMP, UNDO)

    assert floor.expected == [LAMP]
    assert floor.scan(LAMP).feedback.kind is FeedbackKind.LAST


def test_missing_units_of_the_line_at_hand_are_reported_and_the_rest_goes_on() -> None:
    floor = opened(units(LAMP, 3), units(BOWL, 1, line=2))
    floor.scan(LAMP)

    answer = floor.scan(MISSING)
    floor.scan(BOWL)

    assert answered(answer) == (FeedbackKind.INFO, "Lamp is reported missing. Go on with the rest.")
    assert floor.facts(UnitMissing) == [UnitMissing("551", 1, "own", LAMP, "", 2, "T-1", "missing")]
    assert floor.scan(CLOSE).feedback.kind is FeedbackKind.DONE


def test_damaged_unit_is_one_unit_and_another_one_may_follow() -> None:
    floor = opened(units(LAMP, 2))

    answer = floor.scan(DAMAGED)

    assert text_of(answer) == "One Lamp is reported damaged: put it into the red box."
    assert floor.facts(UnitMissing) == [UnitMissing("551", 1, "own", LAMP, "", 1, "T-1", "damaged")]
    assert floor.state.units_total == 1


def test_order_of_which_everything_is_missing_is_finished_without_a_carton() -> None:
    floor = opened(units(LAMP, 2))

    answer = floor.scan(MISSING)

    assert (floor.state.finished, floor.facts(CartonClosed), answer.prints) == (True, [], ())


def test_last_units_missing_after_every_carton_was_closed_complete_the_order_with_its_slip() -> None:
    floor = opened(units(LAMP, 2))
    floor.scan(LAMP)
    floor.weigh(1_000)
    floor.scan(NEXT_BOX)

    answer = floor.scan(MISSING)

    assert floor.facts(CartonClosed)[-1] == CartonClosed("551", SSCCS[0], 1, "S1", 1_000, "scale", last=True)
    assert [request.document for request in answer.prints] == ["packing_slip"]
    assert floor.state.finished


def test_problem_after_the_last_unit_asks_to_reopen_the_carton() -> None:
    floor = opened(units(LAMP, 1))
    floor.scan(LAMP)

    answer = floor.scan(MISSING)

    text = "Every unit is packed. Reopen the carton to report a problem."
    assert (*answered(answer), answer.facts) == (FeedbackKind.WRONG_STATE, text, ())


def test_tote_of_another_order_is_refused_while_one_is_open_and_an_own_one_is_not() -> None:
    floor = opened(units(LAMP, 2))

    other, own = floor.scan("TOTE:T-9"), floor.scan("TOTE:T-1")

    assert answered(other) == (FeedbackKind.WRONG_STATE, "Finish order 551 first: 2 units to go.")
    assert answered(own) == (FeedbackKind.INFO, "T-1 belongs to this order. Scan its units.")


def test_next_order_begins_when_the_last_one_is_finished() -> None:
    floor = opened(units(LAMP, 1))
    floor.scans(LAMP, CLOSE)

    same, other = floor.scan("ORD:551"), floor.scan("ORD:552")

    assert text_of(same) == "Order 551 is packed and labelled."
    assert other.need is not None
    assert floor.session.finish_facts() == (WORK, (WorkFinished(WORK),))


@pytest.mark.parametrize(
    "before", [(), (OPEN,), (OPEN, LAMP), (OPEN, LAMP, NEXT_BOX), (OPEN, LAMP, LAMP), (OPEN, LAMP, LAMP, CLOSE)]
)
def test_stop_request_ends_the_order_at_every_moment(before: tuple[str, ...]) -> None:
    floor = Floor(PackSession(HEAVY), packet(units(LAMP, 2)))
    for scan in before:
        floor.scan(scan)

    answer = floor.amend(WORK, 7, what="stop", reason="customer")

    text = "Stop: order 551 was cancelled. Set carton and tote aside for put-back."
    assert answered(answer) == (FeedbackKind.STOPPED, text)
    assert floor.facts(WorkStopped) == [WorkStopped("551", 7, "customer")]
    assert floor.session.current == ""
    assert floor.scan(LAMP).facts == ()


def test_change_that_does_not_stop_the_order_leaves_it_as_it_is() -> None:
    floor = opened(units(LAMP, 2))
    floor.scan(LAMP)

    answer = floor.amend(WORK, 1, what="note")

    assert answer.feedback.kind is FeedbackKind.INFO
    assert floor.state.units_packed == 1
    assert floor.scan(UNDO).feedback.kind is FeedbackKind.WRONG_STATE


def test_used_up_carton_numbers_call_a_supervisor_and_what_is_packed_stays() -> None:
    floor = opened(units(LAMP, 3), ssccs=SSCCS[:1])
    floor.scans(LAMP, NEXT_BOX)

    answers = [floor.scan("BOX:M2"), floor.scan(LAMP)]

    text = "No carton numbers are left for this order. Call a supervisor."
    assert [answered(answer) for answer in answers] == [(FeedbackKind.WRONG_STATE, text)] * 2
    assert floor.scans(REOPEN, LAMP, LAMP, CLOSE).feedback.kind is FeedbackKind.DONE


def test_order_is_packed_by_following_what_is_expected() -> None:
    floor = opened(
        units(MUG, 30), units(LAMP, 2, line=2), units(TEA, 7, line=3, lot="L1"), units(TEA, 2, line=4, lot="L2"),
        suggested=("M2", "M2", "S1"), suggested_fill=(1.0, 1.0, 0.2), suggested_units=(25, 10, 6),
    )  # fmt: skip

    floor.follow()

    assert sum(fact.quantity for fact in floor.facts(UnitPacked)) == 41
    assert [fact.last for fact in floor.facts(CartonClosed)] == [False, False, True]
    assert floor.state.finished


def test_product_without_a_barcode_is_scanned_by_its_sku() -> None:
    floor = Floor(PackSession(Catalogue.of([ProductCard("NEW", "New")])), packet(units("NEW", 1)))
    floor.scan(OPEN)

    assert floor.scan("NEW").feedback.kind is FeedbackKind.LAST


SCANS = (
    OPEN, "TOTE:T-1", "TOTE:T-9", MUG_CODE, MUG_CASE, LAMP, BOWL, TEA_CODE, f"]C101{TEA_CODE}10L2", "*8", "*25",
    "BOX:M2", CLOSE, NEXT_BOX, UNDO, REOPEN, REPRINT, MISSING, DAMAGED, "nonsense",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SCANS) | st.integers(0, 3_000) | st.just(None), max_size=40))
def test_facts_replayed_give_the_same_bench_after_any_scans(steps: list[str | int | None]) -> None:
    parts = (units(MUG, 20), units(MUG, 6, line=2, tote="T-2"), units(LAMP, 2, line=3), units(TEA, 3, line=4, lot="L1"),
             units(TEA, 9, line=4, lot="L2"))  # fmt: skip
    made = packet(*parts, suggested=("M2", "S1"), suggested_fill=(0.9, 0.4), suggested_units=(20, 20))
    floor = Floor(PackSession(HEAVY), made)
    for step in steps:
        if step is None:
            printed = LabelPrinted("551", SSCCS[0], "label", reprint=False)
            if WORK in floor.session.states and floor.state.cartons:
                floor.keep(Outcome(floor.session.prompt(), (printed,), WORK))
        elif isinstance(step, int):
            floor.weigh(step)
        else:
            floor.scan(step)

    again = floor.restarted(PackSession(HEAVY), made)

    assert state_of(again) == state_of(floor)
    assert again.session.last_quantity == floor.session.last_quantity
    assert again.expected == floor.expected
    total = sum(part.quantity for part in parts)
    lost = total - floor.state.units_total
    inside = sum(carton.units for carton in floor.state.cartons)
    assert inside + sum(left.left for left in floor.state.left) + lost == total
    assert inside == floor.state.units_packed <= floor.state.units_total


def test_new_address_goes_onto_the_label_and_one_that_is_printed_already_is_printed_again() -> None:
    floor = opened(units(LAMP, 1))
    york = {"name": "Ann", "city": "York", "country": "GB"}

    before = floor.amend(WORK, 1, what="change_address", order="551", ship_to=york)
    floor.scans(LAMP, CLOSE)
    after = floor.amend(WORK, 2, what="change_address", order="551", ship_to={**york, "city": "Hull"})

    assert (before.feedback.kind, after.feedback.kind) == (FeedbackKind.INFO, FeedbackKind.STOPPED)
    assert floor.state.packet.ship_to.city == "Hull"
