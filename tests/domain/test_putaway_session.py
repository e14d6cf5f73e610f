from tests.domain.floor import BOWL, CATALOGUE, LAMP, MUG, MUG_CASE, MUG_CODE, TEA, TEA_CODE, Floor, text_of
from warehouse_app.domain.facts import PutAway, WorkFinished
from warehouse_app.domain.packets import PutawayPacket, PutawayUnits
from warehouse_app.domain.putaway import PutawaySession
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import FeedbackKind, Need

WORK = "putaway:DOCK-1"
SSCC = "006141411234567890"


def units(sku: str, quantity: int, *places: str, lot: str = "") -> PutawayUnits:
    return PutawayUnits("own", sku, lot, quantity, places)


def dock(*waiting: PutawayUnits) -> Floor:
    return Floor(PutawaySession(CATALOGUE), PutawayPacket(WORK, 1, "DOCK-1", waiting))


def put(floor: Floor) -> list[tuple[str, str, int, str]]:
    return [(fact.sku, fact.lot, fact.quantity, fact.to_location) for fact in floor.facts(PutAway)]


def test_dock_tote_and_carton_are_fetched_by_their_codes() -> None:
    floor = Floor(PutawaySession(CATALOGUE))

    needs = [floor.scan(text).need for text in ("LOC:DOCK-1", "TOTE:T-1", f"00{SSCC}")]

    assert needs == [Need(ScanKind.LOCATION, "DOCK-1"), Need(ScanKind.TOTE, "T-1"), Need(ScanKind.SSCC, SSCC)]


def test_everything_is_put_away_by_following_what_is_expected() -> None:
    floor = dock(units(MUG, 30, "A-1", "A-2"), units(TEA, 4, "B-1", lot="L1"), units(TEA, 9, "B-2", lot="L2"))

    answers = floor.follow()

    assert put(floor) == [(MUG, "", 30, "A-1"), (TEA, "L1", 4, "B-1"), (TEA, "L2", 9, "B-2")]
    assert answers[-1].feedback.kind is FeedbackKind.DONE
    assert floor.facts(WorkFinished) == [WorkFinished(WORK)]


def test_scans_add_up_in_hand_until_a_place_is_scanned() -> None:
    floor = dock(units(MUG, 30, "A-1"))

    answers = [floor.scan(text) for text in (MUG_CASE, MUG_CODE)]
    floor.scan("LOC:A-1")

    assert [answer.facts for answer in answers] == [(), ()]
    assert text_of(answers[-1]) == "13 of 30 × Mug: bring to A-1 and scan it."
    assert put(floor) == [(MUG, "", 13, "A-1")]


def test_typed_quantity_replaces_what_is_in_hand_but_not_beyond_what_waits() -> None:
    floor = dock(units(LAMP, 5, "A-1"), units(BOWL, 1, "A-2"))

    answers = [floor.scan(text) for text in ("*3", LAMP, "*6", "*4", "LOC:A-1")]

    assert [answer.feedback.kind for answer in answers] == [
        FeedbackKind.WRONG_STATE,
        FeedbackKind.INFO,
        FeedbackKind.TOO_MANY,
        FeedbackKind.INFO,
        FeedbackKind.OK,
    ]
    assert put(floor) == [(LAMP, "", 4, "A-1")]


def test_place_that_was_not_suggested_is_taken_and_told() -> None:
    floor = dock(units(LAMP, 2, "A-1"))
    floor.scan(LAMP)

    answer = floor.scan("LOC:C-9")

    assert answer.feedback.kind is FeedbackKind.OK
    assert text_of(answer) == "1 × Lamp into C-9; suggested was A-1."


def test_place_must_be_a_storage_location_when_those_are_known() -> None:
    floor = dock(units(LAMP, 2, "A-1"))
    assert isinstance(floor.session, PutawaySession)
    floor.session.storage = {"A-1", "A-2"}
    floor.scan(LAMP)

    kinds = [floor.scan(text).feedback.kind for text in ("TOTE:T-1", "LOC:Z-99", "LOC:DOCK-1", "LOC:A-2")]

    assert kinds == [FeedbackKind.WRONG_STATE] * 3 + [FeedbackKind.OK]


def test_product_that_does_not_wait_here_is_wrong_and_another_must_not_mix_in() -> None:
    floor = dock(units(LAMP, 2, "A-1"), units(BOWL, 1, "A-2"))

    kinds = [floor.scan(text).feedback.kind for text in (MUG_CODE, LAMP, BOWL, "junk")]

    assert kinds == [FeedbackKind.WRONG_ITEM, FeedbackKind.INFO, FeedbackKind.WRONG_STATE, FeedbackKind.UNKNOWN]


def test_scanned_lot_is_preferred() -> None:
    floor = dock(units(TEA, 4, "B-1", lot="L1"), units(TEA, 9, "B-2", lot="L2"))

    floor.scans(f"]C101{TEA_CODE}10L2", "LOC:B-2")

    assert put(floor) == [(TEA, "L2", 1, "B-2")]


def test_undo_clears_the_hand_first_and_then_takes_the_last_act_back() -> None:
    floor = dock(units(LAMP, 3, "A-1"))
    floor.scans(LAMP, "LOC:A-1", LAMP)

    answers = [text_of(floor.scan("CMD:UNDO")), text_of(floor.scan("CMD:UNDO"))]

    assert answers == ["Put back: 1 × Lamp.", "Taken back: 1 × Lamp."]
    assert floor.state.left == 3


def test_done_leaves_the_rest_waiting() -> None:
    floor = dock(units(LAMP, 3, "A-1"))
    floor.scans(LAMP, "LOC:A-1")

    answer = floor.scan("CMD:DONE")

    assert text_of(answer) == "2 units stay at DOCK-1."
    assert answer.facts == (WorkFinished(WORK),)


def test_units_without_a_suggested_place_are_left_to_the_worker() -> None:
    floor = dock(units(LAMP, 1))

    before = floor.expected
    floor.scans(LAMP, "LOC:C-9")

    assert before == []
    assert put(floor) == [(LAMP, "", 1, "C-9")]


def test_killed_bench_stands_where_it_stood() -> None:
    floor = dock(units(LAMP, 3, "A-1"), units(BOWL, 1, "A-2"))
    floor.scans(LAMP, "*2", "LOC:A-1", BOWL)

    again = floor.restarted(
        PutawaySession(CATALOGUE), PutawayPacket(WORK, 1, "DOCK-1", (units(LAMP, 3, "A-1"), units(BOWL, 1, "A-2")))
    )

    assert again.state.waiting == floor.state.waiting
