from hypothesis import given
from hypothesis import strategies as st

from tests.domain.floor import (
    BOWL,
    CATALOGUE,
    LAMP,
    MUG,
    MUG_CASE,
    MUG_CODE,
    TEA,
    TEA_CODE,
    Floor,
    shown,
    text_of,
)
from warehouse_app.domain.facts import GoodsReceived, ReceiptClosed, WorkFinished
from warehouse_app.domain.packets import ReceiveLine, ReceivePacket
from warehouse_app.domain.receiving import ReceiveSession
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import FeedbackKind, Need

WORK = "receive:PO-1"
DONE, ACCEPT, UNDO = "CMD:DONE", "CMD:ACCEPT", "CMD:UNDO"


def line(number: int, sku: str, ordered: int, received: int = 0) -> ReceiveLine:
    return ReceiveLine(number, "own", sku, ordered, received)


def packet(*lines: ReceiveLine, blind: bool = False) -> ReceivePacket:
    return ReceivePacket(WORK, 1, "PO-1", "Acme", blind, "DOCK-1", "H-1", "2026-05-10", lines)


def delivery(*lines: ReceiveLine, blind: bool = False) -> Floor:
    return Floor(ReceiveSession(CATALOGUE), packet(*lines, blind=blind))


def received(floor: Floor) -> list[tuple[int, str, int]]:
    return [(fact.line_no, fact.sku, fact.quantity) for fact in floor.facts(GoodsReceived)]


def test_purchase_order_code_fetches_its_work() -> None:
    floor = Floor(ReceiveSession(CATALOGUE))

    answer = floor.scan("PO:PO-1")

    assert answer.feedback.kind is FeedbackKind.FETCHING
    assert answer.need == Need(ScanKind.PURCHASE_ORDER, "PO-1")
    assert floor.scan(MUG_CODE).feedback.kind is FeedbackKind.WRONG_STATE


def test_delivery_is_received_to_the_last_unit_by_following_what_is_expected() -> None:
    floor = delivery(line(1, MUG, 12), line(2, MUG, 40), line(3, LAMP, 3), line(4, TEA, 9), line(5, BOWL, 1, 1))

    answers = floor.follow()

    state_of_lines = {number: sum(q for no, _, q in received(floor) if no == number) for number in (1, 2, 3, 4, 5)}
    assert state_of_lines == {1: 12, 2: 40, 3: 3, 4: 9, 5: 0}
    assert text_of(answers[-1]) == "PO-1 is closed: everything came as ordered."
    assert {(f.lot, f.expires_on) for f in floor.facts(GoodsReceived) if f.sku == TEA} == {("H-1", "2026-08-18")}
    assert floor.session.current == ""


def test_blind_delivery_ends_by_following_and_never_tells_what_was_expected() -> None:
    floor = delivery(line(1, MUG, 977), line(2, LAMP, 977), line(3, TEA, 977), blind=True)
    said = [floor.session.opened(floor.state.packet), floor.session.prompt()]

    said += [answer.feedback for answer in floor.follow()]

    assert not [told for told in said if "977" in told.message.format(**shown(told.values))]
    assert not [told for told in said if "976" in told.message.format(**shown(told.values))]
    assert received(floor) == [(1, MUG, 1), (2, LAMP, 1), (3, TEA, 1)]


def test_blind_count_is_recorded_as_counted_even_beyond_what_was_ordered() -> None:
    floor = delivery(line(1, MUG, 2), blind=True)

    answers = [floor.scan(MUG_CASE), floor.scan("*20")]

    assert [answer.feedback.kind for answer in answers] == [FeedbackKind.OK, FeedbackKind.OK]
    assert received(floor) == [(1, MUG, 12), (1, MUG, 8)]


def test_more_than_ordered_is_received_only_after_it_was_accepted() -> None:
    floor = delivery(line(1, LAMP, 1))
    floor.scan(LAMP)

    too_many = floor.scan(LAMP)
    accepted = floor.scan(ACCEPT)

    assert (too_many.feedback.kind, too_many.facts) == (FeedbackKind.TOO_MANY, ())
    assert text_of(too_many) == "1 × Lamp is too many: 0 to come. Scan ACCEPT to receive it anyway."
    assert accepted.feedback.kind is FeedbackKind.OK
    assert received(floor) == [(1, LAMP, 1), (1, LAMP, 1)]


def test_typed_quantity_beyond_the_order_is_accepted_too() -> None:
    floor = delivery(line(1, MUG, 8))
    floor.scan(MUG_CODE)

    answer = floor.scan("*10")
    floor.scan(ACCEPT)

    assert answer.feedback.kind is FeedbackKind.TOO_MANY
    assert [(fact.quantity, fact.typed) for fact in floor.facts(GoodsReceived)] == [(1, False), (9, True)]


def test_product_that_was_not_ordered_is_wrong_until_it_is_accepted() -> None:
    floor = delivery(line(1, LAMP, 1))

    wrong = floor.scan(BOWL)
    floor.scan(ACCEPT)

    assert (wrong.feedback.kind, wrong.facts) == (FeedbackKind.WRONG_ITEM, ())
    assert received(floor) == [(0, BOWL, 1)]


def test_offer_is_dropped_by_any_other_scan() -> None:
    floor = delivery(line(1, LAMP, 1))

    floor.scans(BOWL, LAMP)
    answer = floor.scan(ACCEPT)

    assert answer.feedback.kind is FeedbackKind.WRONG_STATE
    assert received(floor) == [(1, LAMP, 1)]


def test_unknown_product_is_unknown_and_misread_code_is_a_misread() -> None:
    floor = delivery(line(1, LAMP, 1))

    assert text_of(floor.scan("NO-SUCH")) == "No product has the code NO-SUCH. Set it aside."
    assert text_of(floor.scan("4006381333932")) == "4006381333932 was misread. Scan again."


def test_lot_and_expiry_are_asked_for_and_then_recorded() -> None:
    floor = delivery(line(1, TEA, 20))

    asked = [text_of(floor.scan(TEA_CODE)), text_of(floor.scan("LOT:L-7"))]
    floor.scans("EXP:2027-01-31", "*10")

    assert asked == ["Scan the lot of Tea.", "Scan the expiry date of Tea, lot L-7."]
    assert [(f.lot, f.expires_on, f.quantity) for f in floor.facts(GoodsReceived)] == [
        ("L-7", "2027-01-31", 1),
        ("L-7", "2027-01-31", 9),
    ]


def test_expiry_of_a_lot_is_asked_for_once() -> None:
    floor = delivery(line(1, TEA, 20))
    floor.scans(TEA_CODE, "LOT:L-7", "EXP:2027-01-31")

    floor.scans(TEA_CODE, "LOT:L-7")

    assert [fact.expires_on for fact in floor.facts(GoodsReceived)] == ["2027-01-31", "2027-01-31"]


def test_one_full_code_says_product_lot_and_expiry_at_once() -> None:
    floor = delivery(line(1, TEA, 20))

    answer = floor.scan(f"]C101{TEA_CODE}1727013110L-7")

    assert answer.feedback.kind is FeedbackKind.OK
    assert [(fact.lot, fact.expires_on) for fact in floor.facts(GoodsReceived)] == [("L-7", "2027-01-31")]


def test_units_without_a_lot_wait_for_it_and_can_be_put_aside() -> None:
    floor = delivery(line(1, TEA, 20), line(2, LAMP, 1))
    floor.scan(TEA_CODE)

    answers = [floor.scan(text) for text in (LAMP, DONE, "EXP:2027-02-30", UNDO, LAMP)]

    assert [answer.feedback.kind for answer in answers] == [
        FeedbackKind.WRONG_STATE,
        FeedbackKind.WRONG_STATE,
        FeedbackKind.UNKNOWN,
        FeedbackKind.INFO,
        FeedbackKind.LAST,
    ]
    assert received(floor) == [(2, LAMP, 1)]


def test_undo_takes_the_last_units_back() -> None:
    floor = delivery(line(1, LAMP, 1))
    floor.scan(LAMP)

    floor.scan(UNDO)

    assert floor.state.open_of(LAMP) == 1
    assert floor.scan(LAMP).feedback.kind is FeedbackKind.LAST


def test_closing_says_what_is_short_over_and_not_ordered() -> None:
    floor = delivery(line(1, LAMP, 3), line(2, BOWL, 1))
    floor.scans(LAMP, BOWL, BOWL, ACCEPT, MUG_CODE, ACCEPT)

    answer = floor.scan(DONE)

    assert text_of(answer) == "PO-1 is closed: 2 units short, 1 over, 1 not ordered."
    assert answer.feedback.kind is FeedbackKind.DONE
    assert answer.facts == (ReceiptClosed("PO-1"), WorkFinished(WORK))


@given(
    st.lists(
        st.sampled_from(
            [MUG_CODE, MUG_CASE, LAMP, BOWL, TEA_CODE, "LOT:L1", "EXP:2027-01-31", "*7", "*30", ACCEPT, UNDO, "junk"]
        ),
        max_size=25,
    ),
    st.booleans(),
)
def test_replay_of_the_journal_gives_the_same_state(texts: list[str], blind: bool) -> None:  # noqa: FBT001 - Hypothesis chooses it
    lines = (line(1, MUG, 5), line(2, MUG, 14), line(3, LAMP, 2), line(4, TEA, 6))
    floor = delivery(*lines, blind=blind)
    for text in texts:
        floor.scan(text)

    again = floor.restarted(ReceiveSession(CATALOGUE), packet(*lines, blind=blind))

    for name in ("lines", "unordered", "seen", "expiries"):
        assert getattr(again.state, name) == getattr(floor.state, name)
    assert again.session.last_quantity == floor.session.last_quantity
