"""Changes that reach a bench with the order in hand: units come and go, and work is lost."""

from tests.domain.floor import BOWL, CATALOGUE, MUG, Floor
from tests.domain.test_packing_session import opened, packet, units
from warehouse_app.domain.facts import UnitPacked, WorkFinished, WorkStopped
from warehouse_app.domain.packing import PackSession
from warehouse_app.domain.scan import order_code
from warehouse_app.domain.session import FeedbackKind

MORE = {"what": "add_units", "order": "1", "line": 2, "owner": "", "sku": BOWL, "lot": "", "tote": "T-9", "quantity": 2}


def work_of(floor: Floor) -> str:
    return str(floor.state.packet.work)


def test_units_that_come_in_another_tote_belong_to_the_order_and_replay_makes_the_same_of_them() -> None:
    floor = opened(units(MUG, 1))
    floor.amend(work_of(floor), 1, **MORE)

    floor.scans(MUG, BOWL, BOWL)
    again = Floor(PackSession(CATALOGUE), floor.state.packet)
    for recorded in floor.journal:
        again.session.apply(recorded)

    assert [fact.tote for fact in floor.facts(UnitPacked)] == ["T-1", "T-9", "T-9"]
    assert floor.state.complete
    assert (again.state.units_total, again.state.units_packed) == (3, 3)


def test_while_only_announced_units_are_missing_another_order_may_be_opened() -> None:
    floor = opened(units(MUG, 1))
    floor.amend(work_of(floor), 1, **MORE)

    before = floor.scan(order_code("7"))
    floor.scan(MUG)
    after = floor.scan(order_code("7"))

    assert before.feedback.kind is FeedbackKind.WRONG_STATE
    assert after.feedback.kind is FeedbackKind.FETCHING


def test_units_for_an_order_that_is_closed_already_let_it_go_to_be_begun_again() -> None:
    floor = opened(units(MUG, 1))
    work = work_of(floor)
    floor.scans(MUG, "CMD:CLOSE")

    floor.amend(work, 1, **MORE)

    assert floor.facts(WorkFinished) == [WorkFinished(work)]


def test_units_that_another_bench_packed_are_not_waited_for() -> None:
    floor = opened(units(MUG, 3))

    floor.amend(work_of(floor), 1, **{**MORE, "what": "drop_units", "line": 1, "sku": MUG, "tote": "T-1"})
    floor.scan(MUG)

    assert floor.state.complete


def test_order_that_is_not_begun_is_lost_without_a_stop_and_a_begun_one_with() -> None:
    floor = opened(units(MUG, 1))
    other = packet(units(BOWL, 1, tote="T-5"), work="pack:8", order_no="8")
    floor.session.take(other)

    not_begun = floor.keep(floor.session.lose("pack:8", 1, {"what": "taken_over", "by": "W-02"}))
    begun = floor.keep(floor.session.lose(work_of(floor), 1, {"what": "taken_over", "by": "W-02"}))

    assert [one.feedback.kind for one in (not_begun, begun)] == [FeedbackKind.INFO, FeedbackKind.STOPPED]
    assert floor.session.states == {}


def test_order_at_hand_that_is_cancelled_stops_nobody_and_is_let_go() -> None:
    floor = opened(units(MUG, 1))
    floor.session.take(packet(units(BOWL, 1, tote="T-5"), work="pack:8", order_no="8"))

    told = floor.amend("pack:8", 1, what="stop", order="8", reason="")

    assert told.feedback.kind is FeedbackKind.INFO
    assert [fact.order_no for fact in floor.facts(WorkStopped)] == ["8"]
    assert list(floor.session.states) == [work_of(floor)]
