"""Scan-back: where a warehouse wants it, nothing but a carton's own stuck-on label closes it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.floor import LAMP, MUG, MUG_CODE, Floor, text_of
from tests.domain.test_packing_session import HEAVY, WORK, answered, packet, units
from warehouse_app.domain.facts import (
    CartonClosed,
    CartonReopened,
    Fact,
    LabelAsked,
    LabelPrinted,
    LabelScanned,
    UnitPacked,
    WorkStopped,
)
from warehouse_app.domain.identifiers import check_digit
from warehouse_app.domain.packets import PackPacket, PackUnits
from warehouse_app.domain.packing import PackSession
from warehouse_app.domain.session import FeedbackKind, Outcome, PrintRequest

CLOSE, NEXT_BOX, UNDO = "CMD:CLOSE", "CMD:NEXT-BOX", "CMD:UNDO"
REOPEN, REPRINT, MISSING = "CMD:REOPEN", "CMD:REPRINT", "CMD:PROBLEM-MISSING"
FIRST = "Find the label of carton 1 of order 551, or scan REPRINT, or UNDO to open the carton."


def sscc(number: int) -> str:
    body = f"0952123400000{number:04d}"
    return body + check_digit(body)


MINE, OTHERS = tuple(sscc(number) for number in range(1, 5)), tuple(sscc(number) for number in range(5, 9))


def label(carton: str) -> str:
    return f"]C100{carton}"


def wanting(*parts: PackUnits, **changes: object) -> PackPacket:
    return packet(*parts, **{"label_scan_back": True, "ssccs": MINE, **changes})


def other_order() -> PackPacket:
    parts = (units(MUG, 1, tote="T-2"), units(LAMP, 1, line=2, tote="T-2"))
    return wanting(*parts, work="pack:552", order_no="552", ssccs=OTHERS)


def opened(*parts: PackUnits, **changes: object) -> Floor:
    floor = Floor(PackSession(HEAVY), wanting(*parts, **changes))
    floor.scan("ORD:551")
    return floor


def waiting(*parts: PackUnits, **changes: object) -> Floor:
    """All units packed, and the carton's label asked for."""
    floor = opened(*(parts or (units(LAMP, 1),)), **changes)
    floor.scans(LAMP, CLOSE)
    return floor


def print_label(floor: Floor, *, reprint: bool = False) -> None:
    printed = LabelPrinted("551", MINE[0], "label", reprint=reprint)
    floor.keep(Outcome(floor.session.prompt(), (printed,), WORK))


def test_closing_prints_the_label_and_closes_nothing_yet() -> None:
    floor = opened(units(LAMP, 1))
    floor.scan(LAMP)

    answer = floor.scan(CLOSE)

    assert answered(answer) == (FeedbackKind.INFO, "The label of carton 1 prints. Stick it on and scan it.")
    assert answer.facts == (LabelAsked("551", MINE[0], 1, "S1", 990, "calculated", last=True),)
    assert [request.document for request in answer.prints] == ["label", "packing_slip"]
    assert not floor.state.finished
    assert floor.expected == [f"00{MINE[0]}", REPRINT, UNDO]
    assert floor.session.prompt().message == "Stick the label on carton {number} and scan it."


@pytest.mark.parametrize("text", [label(MINE[0]), f"00{MINE[0]}", MINE[0], f"https://id.gs1.org/00/{MINE[0]}"])
def test_own_label_in_whatever_dress_closes_the_carton(text: str) -> None:
    floor = waiting()

    answer = floor.scan(text)

    told = "Order 551 is packed. Carton 1 has its own label."
    assert (answered(answer), answer.prints) == ((FeedbackKind.DONE, told), ())
    assert answer.facts == (
        LabelScanned("551", MINE[0], text),
        CartonClosed("551", MINE[0], 1, "S1", 990, "calculated", last=True),
    )
    assert floor.state.finished


def test_the_carriers_own_number_closes_the_carton_too() -> None:
    floor = waiting(tracking={MINE[0]: "1Z 999 AA1 01 2345 6784", MINE[1]: "1Z999AA10123456785"})

    wrong, right = floor.scan("1Z999AA10123456785"), floor.scan("1z999aa10123456784")

    assert (wrong.feedback.kind, wrong.facts) == (FeedbackKind.WRONG_ITEM, ())
    assert right.feedback.kind is FeedbackKind.DONE


def test_weight_that_completes_the_order_asks_for_the_label_and_the_next_weight_does_nothing() -> None:
    floor = opened(units(LAMP, 1))
    floor.scan(LAMP)

    first, again = floor.weigh(1_010), floor.weigh(1_012)

    assert first.facts[1:] == (LabelAsked("551", MINE[0], 1, "S1", 1_010, "scale", last=True),)
    assert (again.feedback.kind, again.feedback.tone, again.facts) == (FeedbackKind.PROMPT, "none", ())
    assert floor.scan(label(MINE[0])).facts[-1] == CartonClosed("551", MINE[0], 1, "S1", 1_010, "scale", last=True)


def test_label_of_another_carton_of_the_order_is_refused() -> None:
    floor = opened(units(LAMP, 2))
    floor.scans(LAMP, NEXT_BOX, label(MINE[0]), LAMP, CLOSE)

    answer = floor.scan(label(MINE[0]))

    text = (
        "This label belongs to carton 1 of order 551. Find the label of carton 2 of order 551, or scan REPRINT, or UNDO"
        " to open the carton."
    )
    assert (*answered(answer), answer.feedback.tone, answer.facts) == (FeedbackKind.WRONG_ITEM, text, "error", ())


def test_label_of_the_order_before_is_known_although_that_order_was_let_go() -> None:
    floor = Floor(PackSession(HEAVY), other_order(), wanting(units(LAMP, 1)))
    floor.scans("ORD:552", MUG_CODE, LAMP, CLOSE, label(OTHERS[0]))
    floor.session.drop("pack:552")
    floor.scans("ORD:551", LAMP, CLOSE)

    answer = floor.scan(label(OTHERS[0]))

    expected = (FeedbackKind.WRONG_ITEM, f"This label belongs to carton 1 of order 552. {FIRST}", ())
    assert (*answered(answer), answer.facts) == expected


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        (label(OTHERS[2]), "This label belongs to order 552."),
        (sscc(77), "This label is of no carton that this bench knows."),
    ],
)
def test_any_other_label_is_refused_and_the_ways_out_are_told(text: str, whose: str) -> None:
    floor = Floor(PackSession(HEAVY), other_order(), wanting(units(LAMP, 1)))
    floor.scans("ORD:551", LAMP, CLOSE)

    answer = floor.scan(text)

    assert (*answered(answer), answer.facts) == (FeedbackKind.WRONG_ITEM, f"{whose} {FIRST}", ())


@pytest.mark.parametrize("text", [LAMP, MUG_CODE, "ORD:551", "TOTE:T-9", CLOSE, NEXT_BOX, "BOX:M2", MISSING, "*3"])
def test_anything_else_meanwhile_is_told_what_is_expected(text: str) -> None:
    floor = waiting()

    answer = floor.scan(text)

    told = (
        "First stick the label on carton 1 and scan it. Without a label: REPRINT prints it again, UNDO opens the"
        " carton."
    )
    assert (*answered(answer), answer.facts) == (FeedbackKind.WRONG_STATE, told, ())


def test_misread_label_is_scanned_again() -> None:
    floor = waiting()

    answer = floor.scan(MINE[0][:-1] + str((int(MINE[0][-1]) + 1) % 10))

    assert (answer.feedback.kind, answer.facts) == (FeedbackKind.UNKNOWN, ())
    assert text_of(answer).endswith("was misread. Scan again.")


@pytest.mark.parametrize("way", [UNDO, REOPEN])
def test_carton_is_opened_again_and_its_old_label_no_longer_counts(way: str) -> None:
    floor = waiting()
    print_label(floor)

    answer = floor.scan(way)
    again = floor.scans(CLOSE)
    early = floor.scan(label(MINE[0]))
    print_label(floor, reprint=True)
    right = floor.scan(label(MINE[0]))

    assert answered(answer) == (FeedbackKind.INFO, "Carton 1 is open again. Destroy its label.")
    assert again.prints[0] == PrintRequest("label", WORK, "551", MINE[0], reprint=True)
    assert text_of(early).startswith("The new label of carton 1 is not printed yet: destroy this one")
    assert right.feedback.kind is FeedbackKind.DONE


def test_undo_goes_on_to_the_units_once_the_carton_is_open() -> None:
    floor = waiting()

    floor.scans(UNDO, UNDO)

    assert floor.state.units_packed == 0
    assert floor.expected == [LAMP]


def test_closed_carton_is_reopened_and_closed_by_its_new_label() -> None:
    floor = waiting()
    print_label(floor)
    floor.scans(label(MINE[0]), UNDO, REOPEN, CLOSE)
    print_label(floor, reprint=True)

    floor.scan(label(MINE[0]))

    assert [type(recorded.fact) for recorded in floor.journal][-6:] == [
        CartonClosed, CartonReopened, LabelAsked, LabelPrinted, LabelScanned, CartonClosed,
    ]  # fmt: skip
    assert floor.state.finished


def test_reprint_prints_the_label_of_the_carton_that_waits() -> None:
    floor = opened(units(LAMP, 2))
    floor.scans(LAMP, NEXT_BOX, label(MINE[0]), LAMP, CLOSE)

    answer = floor.scan(REPRINT)

    assert answer.prints == (PrintRequest("label", WORK, "551", MINE[1], reprint=True),)
    assert floor.expected[0] == f"00{MINE[1]}"


def test_every_carton_of_an_order_is_closed_by_its_own_label() -> None:
    floor = opened(units(LAMP, 3), suggested=("S1", "S1", "S1"), suggested_units=(1, 1, 1), suggested_fill=(1.0,) * 3)

    floor.follow()

    assert [(fact.carton, fact.last) for fact in floor.facts(CartonClosed)] == [
        (MINE[0], False), (MINE[1], False), (MINE[2], True),
    ]  # fmt: skip
    assert [fact.carton for fact in floor.facts(LabelScanned)] == list(MINE[:3])


def test_label_scanned_twice_is_nothing_new() -> None:
    floor = opened(units(LAMP, 2))
    floor.scans(LAMP, NEXT_BOX, label(MINE[0]))

    answer = floor.scan(label(MINE[0]))

    told = "Carton 1 is closed already, and this is its label."
    assert (*answered(answer), answer.facts) == (FeedbackKind.INFO, told, ())


def test_killed_bench_waits_for_the_same_label() -> None:
    floor = waiting()

    again = floor.restarted(PackSession(HEAVY), wanting(units(LAMP, 1)))

    assert again.expected[0] == f"00{MINE[0]}"
    assert again.scan(label(MINE[0])).feedback.kind is FeedbackKind.DONE


def test_stop_while_the_label_is_awaited_closes_nothing() -> None:
    floor = waiting()

    answer = floor.amend(WORK, 1, what="stop", reason="customer")

    assert answer.feedback.kind is FeedbackKind.STOPPED
    assert floor.facts(WorkStopped)
    assert floor.scan(label(MINE[0])).facts == ()


def test_hold_while_the_label_is_awaited_stops_it_until_it_is_released() -> None:
    floor = waiting()
    floor.amend(WORK, 1, what="hold", hold="H-1", names="LAMP", reason="recall")

    held = floor.scan(label(MINE[0]))
    floor.amend(WORK, 2, what="release", hold="H-1")

    assert (held.feedback.kind, held.facts) == (FeedbackKind.HELD, ())
    assert floor.scan(label(MINE[0])).feedback.kind is FeedbackKind.DONE


@pytest.mark.parametrize("printed_before", [True, False])
def test_new_address_while_the_label_is_awaited_wants_a_new_label(printed_before: bool) -> None:  # noqa: FBT001
    floor = waiting()
    if printed_before:
        print_label(floor)

    told = floor.amend(WORK, 1, what="change_address", ship_to={"name": "Bob"})
    if not printed_before:
        print_label(floor)  # It was on its way.
    old = floor.scan(label(MINE[0]))
    floor.scan(REPRINT)
    print_label(floor, reprint=True)

    assert text_of(told) == "Order 551 goes to another address. Destroy its label and print it again."
    assert (old.feedback.kind, old.facts) == (FeedbackKind.WRONG_STATE, ())
    assert floor.scan(label(MINE[0])).feedback.kind is FeedbackKind.DONE


def test_undo_opens_the_carton_also_after_a_change_came() -> None:
    floor = waiting()
    floor.amend(WORK, 1, what="note")

    floor.scan(UNDO)

    assert floor.facts(CartonReopened) == [CartonReopened("551", MINE[0])]
    assert floor.expected[0] == CLOSE


def test_units_that_come_meanwhile_make_another_carton_the_last_one() -> None:
    floor = waiting()
    added = {"line": 2, "owner": "own", "sku": MUG, "lot": "", "tote": "T-5", "quantity": 1, "order": "551"}

    floor.amend(WORK, 1, what="add_units", **added)
    first = floor.scan(label(MINE[0]))
    floor.scans(MUG_CODE, CLOSE)
    second = floor.scan(label(MINE[1]))

    assert [fact.last for fact in floor.facts(CartonClosed)] == [False, True]
    assert (first.feedback.kind, second.feedback.kind) == (FeedbackKind.OK, FeedbackKind.DONE)


def test_units_that_are_packed_elsewhere_meanwhile_make_it_the_last_one_with_its_slip() -> None:
    floor = opened(units(LAMP, 1), units(MUG, 1, line=2))
    floor.scans(LAMP, NEXT_BOX)
    dropped = {"line": 2, "owner": "own", "sku": MUG, "lot": "", "tote": "T-1", "quantity": 1, "order": "551"}

    floor.amend(WORK, 1, what="drop_units", **dropped)
    answer = floor.scan(label(MINE[0]))

    assert [request.document for request in answer.prints] == ["packing_slip"]
    assert floor.state.finished


SCANS = (
    "ORD:551", "ORD:552", MUG_CODE, LAMP, LAMP, CLOSE, CLOSE, NEXT_BOX, UNDO, REOPEN, REPRINT, MISSING, "@weight",
    "@printed", "@address", *(label(carton) for carton in (*MINE[:3], *OTHERS[:2])), MINE[0], f"00{OTHERS[0]}",
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(SCANS), max_size=40))
def test_whatever_is_scanned_no_carton_is_closed_with_anothers_label(scans: list[str]) -> None:
    packets = (other_order(), wanting(units(MUG, 1), units(LAMP, 2, line=2)))
    floor = Floor(PackSession(HEAVY), *packets)
    verified: set[str] = set()

    for number, text in enumerate(scans, 1):
        facts = _happen(floor, text, number)

        closed = [fact.carton for fact in facts if isinstance(fact, CartonClosed)]
        # Reporting the rest missing tells of a carton that its own label has closed already that it was the last.
        assert set(closed) <= {text[-len(MINE[0]) :]} | (verified if text == MISSING else set())
        verified |= set(closed)
        verified -= {fact.carton for fact in facts if isinstance(fact, CartonReopened | UnitPacked)}
    _require_labels_before_closings(floor)
    again = floor.restarted(PackSession(HEAVY), *packets)
    assert {work: vars(state)["cartons"] for work, state in again.session.states.items()} == {
        work: vars(state)["cartons"] for work, state in floor.session.states.items()
    }


def _happen(floor: Floor, text: str, number: int) -> tuple[Fact, ...]:
    work = floor.session.current
    if not text.startswith("@"):
        return floor.scan(text).facts
    if text == "@weight":
        return floor.weigh(1_000).facts
    if work and text == "@address":
        return floor.amend(work, number, what="change_address", ship_to={"name": "Bob"}).facts
    if work and floor.state.cartons:
        printed = LabelPrinted(work[-3:], floor.state.cartons[-1].carton, "label", reprint=True)
        return floor.keep(Outcome(floor.session.prompt(), (printed,), work)).facts
    return ()


def _require_labels_before_closings(floor: Floor) -> None:
    """In the journal itself: a carton's first closing, and each one after it was opened, follows its own label."""
    scanned: set[str] = set()
    for fact in (recorded.fact for recorded in floor.journal):
        if isinstance(fact, LabelScanned):
            assert fact.scan_text.endswith(fact.carton)
            scanned.add(fact.carton)
        elif isinstance(fact, CartonReopened):
            scanned.discard(fact.carton)
        elif isinstance(fact, CartonClosed):
            assert fact.carton in scanned
