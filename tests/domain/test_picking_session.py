from tests.domain.floor import BOWL, CATALOGUE, LAMP, MUG, MUG_CASE, MUG_CODE, Floor, text_of
from warehouse_app.domain.facts import (
    ListFinished,
    Picked,
    PickedShort,
    ToteClosed,
    ToteConfirmed,
    ToteOpened,
    WorkFinished,
    WorkStopped,
)
from warehouse_app.domain.packets import PickPacket, PickStop
from warehouse_app.domain.picking import PickSession
from warehouse_app.domain.session import FeedbackKind

WORK = "pick:PL-1"


def stop(number: int, sku: str, quantity: int, *, order: str = "551", place: str = "") -> PickStop:
    return PickStop(number, order, number, "A", "own", sku, "", place or f"A-{number}", quantity)


def packet(*stops: PickStop, free: tuple[str, ...] = ("T-1", "T-2", "T-3")) -> PickPacket:
    return PickPacket(WORK, 1, "PL-1", stops, {}, free, "PACK-1", 60_000)


def walk(*stops: PickStop) -> Floor:
    return Floor(PickSession(CATALOGUE), packet(*stops))


def test_list_of_several_orders_is_worked_by_following_what_is_expected() -> None:
    floor = walk(stop(1, MUG, 30), stop(2, LAMP, 2, order="552"), stop(3, BOWL, 1), stop(4, MUG, 12, place="A-3"))

    floor.follow()

    taken = {number: sum(f.quantity for f in floor.facts(Picked) if f.stop_no == number) for number in (1, 2, 3, 4)}
    assert taken == {1: 30, 2: 2, 3: 1, 4: 12}
    assert [(fact.order_no, fact.tote) for fact in floor.facts(ToteOpened)] == [("551", "T-1"), ("552", "T-2")]
    assert len(floor.facts(ToteConfirmed)) == 4
    assert len(floor.facts(ToteClosed)) == 2
    assert floor.facts(ListFinished) == [ListFinished("PL-1")]
    assert floor.session.current == ""


def test_units_count_into_the_tote_of_their_order_and_the_last_one_sounds_different() -> None:
    floor = walk(stop(1, LAMP, 2))
    floor.scans("TOTE:T-1", "LOC:A-1")

    first, last = floor.scan(LAMP), floor.scan(LAMP)

    assert first.feedback.kind is FeedbackKind.OK
    assert last.feedback.kind is FeedbackKind.LAST
    assert text_of(last) == "Lamp: 2 of 2 into T-1."


def test_tote_that_holds_another_order_is_refused_and_the_right_one_named() -> None:
    floor = walk(stop(1, LAMP, 1), stop(2, BOWL, 1, order="552"))
    floor.scans("TOTE:T-1", "LOC:A-1", LAMP, "TOTE:T-1")

    without_tote = floor.scan("TOTE:T-1")
    floor.scan("TOTE:T-2")
    with_tote = floor.scan("TOTE:T-1")

    assert text_of(without_tote) == "Tote T-1 holds another order. Take an empty one."
    assert text_of(with_tote) == "Tote T-1 holds another order. Use tote T-2."


def test_wrong_product_is_shown_beside_the_right_one() -> None:
    floor = walk(stop(1, LAMP, 1))
    floor.scans("TOTE:T-1", "LOC:A-1")

    answer = floor.scan(MUG_CODE)

    assert answer.feedback.kind is FeedbackKind.WRONG_ITEM
    assert answer.feedback.product is not None
    assert answer.feedback.expected_product is not None
    assert (answer.feedback.product.sku, answer.feedback.expected_product.sku) == (MUG, LAMP)


def test_case_counts_its_units_and_single_ones_make_up_the_rest() -> None:
    floor = walk(stop(1, MUG, 13))
    floor.scans("TOTE:T-1", "LOC:A-1")

    answers = [floor.scan(MUG_CASE), floor.scan(MUG_CODE)]

    assert [answer.feedback.kind for answer in answers] == [FeedbackKind.OK, FeedbackKind.LAST]
    assert [fact.quantity for fact in floor.facts(Picked)] == [12, 1]


def test_case_that_is_too_many_is_not_taken() -> None:
    floor = walk(stop(1, MUG, 10))
    floor.scans("TOTE:T-1", "LOC:A-1")

    answer = floor.scan(MUG_CASE)

    assert (answer.feedback.kind, answer.facts) == (FeedbackKind.TOO_MANY, ())


def test_typed_quantity_replaces_the_scan_before_it() -> None:
    floor = walk(stop(1, MUG, 10))
    floor.scans("TOTE:T-1", "LOC:A-1", MUG_CODE)

    answer = floor.scan("*10")

    assert [(fact.quantity, fact.typed) for fact in floor.facts(Picked)] == [(1, False), (9, True)]
    assert answer.feedback.kind is FeedbackKind.LAST


def test_typed_quantity_never_reaches_over_to_the_next_stop() -> None:
    floor = walk(stop(1, MUG, 1, place="A-1"), stop(2, MUG, 10, place="A-1"))
    floor.scans("TOTE:T-1", "LOC:A-1", MUG_CODE)

    answer = floor.scan("*11")

    assert (answer.feedback.kind, answer.facts) == (FeedbackKind.WRONG_STATE, ())
    assert floor.expected[0] == MUG_CODE


def test_typed_quantity_ends_with_its_stop_when_the_stop_is_taken_away() -> None:
    floor = walk(stop(1, MUG, 10), stop(2, MUG, 10, place="A-1"))
    floor.scans("TOTE:T-1", "LOC:A-1", MUG_CODE)

    floor.amend(WORK, 1, what="drop_stop", stop=1, quantity=9)

    assert floor.scan("*10").feedback.kind is FeedbackKind.WRONG_STATE


def test_impossible_quantity_is_a_misread() -> None:
    floor = walk(stop(1, MUG, 10))
    floor.scans("TOTE:T-1", "LOC:A-1", MUG_CODE)

    answer = floor.scan("*0")

    assert answer.feedback.kind is FeedbackKind.UNKNOWN


def test_undo_takes_the_last_units_back_and_names_them() -> None:
    floor = walk(stop(1, LAMP, 2))
    floor.scans("TOTE:T-1", "LOC:A-1", LAMP)

    answer = floor.scan("CMD:UNDO")

    assert text_of(answer) == "Taken back: 1 × Lamp."
    assert floor.state.units_left() == 2
    assert floor.scan("CMD:UNDO").feedback.kind is FeedbackKind.WRONG_STATE


def test_short_pick_goes_on_without_a_tote() -> None:
    floor = walk(stop(1, LAMP, 2), stop(2, BOWL, 1))

    floor.scan("CMD:SHORT-MISSING")

    assert [(fact.stop_no, fact.quantity, fact.reason) for fact in floor.facts(PickedShort)] == [(1, 2, "missing")]


def test_next_location_before_the_tote_asks_for_the_tote() -> None:
    floor = walk(stop(1, LAMP, 1), stop(2, BOWL, 1, order="552"))
    floor.scans("TOTE:T-1", "LOC:A-1", LAMP)

    answer = floor.scan("LOC:A-2")

    assert text_of(answer) == "Scan tote T-1 before you go on."


def test_cancelled_order_is_stopped_once_and_its_tote_set_aside() -> None:
    floor = walk(stop(1, LAMP, 1), stop(2, BOWL, 1), stop(3, MUG, 1, order="552"))
    floor.scan("TOTE:T-1")

    first = floor.amend(WORK, 1, what="drop_order", order="551")
    second = floor.amend(WORK, 2, what="drop_order", order="551")

    assert (first.feedback.kind, second.feedback.kind) == (FeedbackKind.STOPPED, FeedbackKind.INFO)
    assert floor.facts(WorkStopped) == [WorkStopped("551", 1, "")]
    assert floor.state.units_left() == 1


def test_added_stop_is_picked_before_the_list_is_handed_in() -> None:
    floor = walk(stop(1, LAMP, 1))
    floor.scans("TOTE:T-1", "LOC:A-1", LAMP)

    floor.amend(
        WORK, 1, what="add_stop", stop=2, order="551", line=1, slot="A", owner="own", sku=BOWL, lot="", location="B-1",
        quantity=1,
    )  # fmt: skip
    floor.follow()

    assert [fact.location for fact in floor.facts(Picked)] == ["A-1", "B-1"]
    assert len(floor.facts(WorkFinished)) == 1


def test_killed_bench_stands_where_it_stood() -> None:
    stops = (stop(1, MUG, 10), stop(2, LAMP, 1))
    floor = walk(*stops)
    floor.scans("TOTE:T-1", "LOC:A-1", MUG_CODE, "*9", "CMD:UNDO")

    again = floor.restarted(PickSession(CATALOGUE), packet(*stops))

    assert again.state.stops == floor.state.stops
    assert again.session.prompt_for(again.state).values["quantity"] == 9


def test_next_list_begins_with_its_location_even_where_the_last_one_ended() -> None:
    floor = walk(stop(1, LAMP, 1))
    floor.follow()

    floor.session.take(packet(stop(1, LAMP, 1)))
    floor.session.current = WORK
    floor.scan("TOTE:T-1")

    assert floor.expected == ["LOC:A-1"]


def test_order_that_is_called_back_is_set_aside_and_said_to_go_on() -> None:
    floor = walk(stop(1, LAMP, 1), stop(2, MUG, 1, order="552"))
    floor.scan("TOTE:T-1")

    answer = floor.amend(WORK, 1, what="drop_order", order="551", reason="lorry is full", goes_on=True)

    assert answer.feedback.message == "Order {order} was called back. Set tote {tote} aside for put-back."
    assert floor.facts(WorkStopped) == [WorkStopped("551", 1, "lorry is full")]
