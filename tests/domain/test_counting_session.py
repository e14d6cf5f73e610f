from hypothesis import given
from hypothesis import strategies as st

from tests.domain.floor import BOWL, CATALOGUE, LAMP, MUG, MUG_CASE, MUG_CODE, TEA, TEA_CODE, Floor, text_of
from warehouse_app.domain.counting import CountSession
from warehouse_app.domain.facts import Counted, LocationCounted, WorkFinished
from warehouse_app.domain.packets import CountPacket, CountStop
from warehouse_app.domain.scan import ScanKind, parse_scan
from warehouse_app.domain.session import FeedbackKind, Need

WORK = "count:CS-1"
DONE, EMPTY, UNDO = "CMD:DONE", "CMD:EMPTY", "CMD:UNDO"


def place(location: str, *skus: str, not_by: str = "", round_no: int = 1, lots: tuple[str, ...] = ()) -> CountStop:
    return CountStop(location, round_no, not_by, "own", skus, {TEA: lots} if lots else {})


def packet(*stops: CountStop) -> CountPacket:
    return CountPacket(WORK, 1, "CS-1", stops)


def sheet(*stops: CountStop, worker: str = "W-07") -> Floor:
    session = CountSession(CATALOGUE)
    session.worker = worker
    return Floor(session, packet(*stops))


def counted(floor: Floor) -> list[tuple[str, str, str, int]]:
    return [(fact.location, fact.sku, fact.lot, fact.quantity) for fact in floor.facts(Counted)]


def test_sheet_is_fetched_by_its_code_or_by_a_location() -> None:
    floor = Floor(CountSession(CATALOGUE))

    needs = [floor.scan(text).need for text in ("LIST:CS-1", "LOC:A-1")]

    assert needs == [Need(ScanKind.PICK_LIST, "CS-1"), Need(ScanKind.LOCATION, "A-1")]


def test_location_of_a_sheet_in_hand_opens_it_there() -> None:
    floor = sheet(place("A-1", MUG), place("A-2", MUG))
    floor.session.current = ""

    floor.scans("LOC:A-2", MUG_CODE)

    assert counted(floor) == [("A-2", MUG, "", 1)]


def test_location_for_which_a_sheet_was_fetched_is_counted_first() -> None:
    floor = sheet(place("A-1", MUG), place("A-2", MUG))

    floor.keep(floor.session.begin(floor.state.packet, parse_scan("LOC:A-2", year=2026)))
    floor.scan(MUG_CODE)

    assert counted(floor) == [("A-2", MUG, "", 1)]


def test_whole_sheet_is_counted_by_following_what_is_expected() -> None:
    floor = sheet(place("A-1", MUG, LAMP), place("A-2"), place("A-3", TEA, lots=("L1",)))

    answers = floor.follow()

    assert counted(floor) == [("A-1", MUG, "", 1), ("A-1", LAMP, "", 1), ("A-3", TEA, "L1", 1)]
    assert [fact.location for fact in floor.facts(LocationCounted)] == ["A-1", "A-2", "A-3"]
    assert answers[-1].feedback.kind is FeedbackKind.DONE
    assert floor.facts(WorkFinished) == [WorkFinished(WORK)]


def test_location_off_the_sheet_is_refused_and_the_next_one_named() -> None:
    floor = sheet(place("A-1", MUG), place("A-2", MUG))

    answer = floor.scan("LOC:Z-9")

    assert answer.feedback.kind is FeedbackKind.WRONG_STATE
    assert text_of(answer) == "Z-9 is not on this sheet. Go to A-1."


def test_recount_is_another_persons_and_the_first_counter_is_not_sent_there() -> None:
    floor = sheet(place("A-1", MUG, not_by="W-07", round_no=2), place("A-2", MUG))

    answer = floor.scan("LOC:A-1")
    floor.follow()

    assert text_of(answer) == "Another person must recount A-1."
    assert [fact.location for fact in floor.facts(LocationCounted)] == ["A-2"]


def test_another_person_goes_on_with_the_sheet() -> None:
    floor = sheet(place("A-1", MUG, not_by="W-07", round_no=2), worker="W-08")

    floor.follow()

    assert [(fact.location, fact.round_no) for fact in floor.facts(LocationCounted)] == [("A-1", 2)]


def test_any_number_may_be_typed_after_a_scan() -> None:
    floor = sheet(place("A-1", LAMP))
    floor.scans("LOC:A-1", LAMP)

    floor.scan("*3")

    assert [(fact.quantity, fact.typed) for fact in floor.facts(Counted)] == [(1, False), (2, True)]


def test_number_belongs_to_a_scan_at_this_location() -> None:
    floor = sheet(place("A-1", LAMP), place("A-2", LAMP))
    floor.scans("LOC:A-1", LAMP, "LOC:A-2")

    answer = floor.scan("*3")

    assert answer.feedback.kind is FeedbackKind.WRONG_STATE


def test_unexpected_product_is_counted_and_unknown_one_is_not() -> None:
    floor = sheet(place("A-1", LAMP))
    floor.scan("LOC:A-1")

    kinds = [floor.scan(text).feedback.kind for text in (MUG_CASE, "NO-SUCH")]

    assert kinds == [FeedbackKind.INFO, FeedbackKind.UNKNOWN]
    assert counted(floor) == [("A-1", MUG, "", 12)]


def test_empty_is_said_only_of_a_location_where_nothing_was_counted() -> None:
    floor = sheet(place("A-1", LAMP), place("A-2", LAMP))

    first = floor.scans("LOC:A-1", EMPTY)
    second = floor.scans("LOC:A-2", LAMP, EMPTY)

    assert first.facts == (LocationCounted("CS-1", 1, "A-1"),)
    assert (second.feedback.kind, second.facts) == (FeedbackKind.WRONG_STATE, ())


def test_done_where_nothing_was_counted_asks_for_empty() -> None:
    floor = sheet(place("A-1", LAMP))

    answer = floor.scans("LOC:A-1", DONE)

    assert (answer.feedback.kind, answer.facts) == (FeedbackKind.WRONG_STATE, ())


def test_next_location_ends_the_one_at_hand_unless_nothing_was_counted_there() -> None:
    floor = sheet(place("A-1", LAMP), place("A-2", LAMP), place("A-3", LAMP))

    floor.scans("LOC:A-1", "LOC:A-2", LAMP, "LOC:A-3")

    assert [fact.location for fact in floor.facts(LocationCounted)] == ["A-2"]
    assert text_of(floor.scan("LOC:A-2")) == "A-2 is counted already. Go to A-1."


def test_lot_comes_from_the_code_or_is_the_only_one_there() -> None:
    floor = sheet(place("A-1", TEA, lots=("L1",)), place("A-2", TEA, lots=("L1", "L2")))

    floor.scans("LOC:A-1", TEA_CODE, f"]C101{TEA_CODE}10L9")

    assert [lot for _, _, lot, _ in counted(floor)] == ["L1", "L9"]


def test_lot_is_asked_for_where_several_lie() -> None:
    floor = sheet(place("A-2", TEA, lots=("L1", "L2")))

    asked = floor.scans("LOC:A-2", TEA_CODE)
    refused = floor.scan(TEA_CODE)
    floor.scans("LOT:L2", TEA_CODE, UNDO, TEA_CODE, "LOT:L1")

    assert (asked.feedback.kind, asked.facts) == (FeedbackKind.PROMPT, ())
    assert refused.feedback.kind is FeedbackKind.WRONG_STATE
    assert [lot for _, _, lot, _ in counted(floor)] == ["L2", "L1"]


def test_undo_takes_back_what_was_counted_at_this_location_only() -> None:
    floor = sheet(place("A-1", LAMP), place("A-2", LAMP))
    floor.scans("LOC:A-1", LAMP, "LOC:A-2", LAMP)

    answers = [floor.scan(UNDO).feedback.kind, floor.scan(UNDO).feedback.kind]

    assert answers == [FeedbackKind.INFO, FeedbackKind.WRONG_STATE]
    assert floor.state.stops["A-1"].seen == {(LAMP, ""): 1}
    assert floor.state.stops["A-2"].seen == {}


@given(
    st.lists(
        st.sampled_from(["LOC:A-1", "LOC:A-2", "LOC:A-3", MUG_CODE, MUG_CASE, TEA_CODE, BOWL, "*4", DONE, EMPTY, UNDO]),
        max_size=25,
    )
)
def test_replay_of_the_journal_gives_the_same_state(texts: list[str]) -> None:
    stops = (place("A-1", MUG), place("A-2", TEA, lots=("L1",)), place("A-3"), place("Z-9", MUG, not_by="W-07"))
    floor = sheet(*stops)
    for text in texts:
        floor.scan(text)

    again = floor.restarted(CountSession(CATALOGUE), packet(*stops))

    assert again.session.states.keys() == floor.session.states.keys()
    for work, state in again.session.states.items():
        assert state.stops == floor.session.states[work].stops
