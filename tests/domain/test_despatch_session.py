from tests.domain.floor import CATALOGUE, MUG_CODE, Floor, kinds_of, text_of
from warehouse_app.domain.despatch import ShipSession
from warehouse_app.domain.facts import HandedOver, HandoverStopped, WorkFinished
from warehouse_app.domain.identifiers import SSCC
from warehouse_app.domain.packets import ShipCarton, ShipPacket
from warehouse_app.domain.scan import ScanKind, parse_scan
from warehouse_app.domain.session import FeedbackKind, Need

ONE, TWO, THREE, FOUR = (str(SSCC.make(0, "9501101", serial)) for serial in range(4))
UNDO, DONE = "CMD:UNDO", "CMD:DONE"


def carton(sscc: str, stopped: str = "") -> ShipCarton:
    return ShipCarton(sscc, f"55{sscc[-3:]}", 1, 900, "Leeds", "GB", stopped)


def packet(carrier: str, *cartons: ShipCarton) -> ShipPacket:
    return ShipPacket(f"ship:M-{carrier}", 1, f"M-{carrier}", carrier, carrier.title(), cartons)


def dock(*packets: ShipPacket) -> Floor:
    return Floor(ShipSession(CATALOGUE), *packets)


def handed_over(floor: Floor) -> list[tuple[str, str]]:
    return [(fact.carton, fact.manifest_no) for fact in floor.facts(HandedOver)]


def test_cartons_of_a_manifest_are_loaded_by_following_what_is_expected() -> None:
    floor = dock(packet("post", carton(ONE), carton(TWO, "cancelled"), carton(THREE)))

    answers = floor.follow()

    assert kinds_of(answers) == [FeedbackKind.OK, FeedbackKind.LAST, FeedbackKind.DONE]
    assert handed_over(floor) == [(ONE, "M-post"), (THREE, "M-post")]
    assert floor.facts(WorkFinished) == [WorkFinished("ship:M-post")]


def test_manifests_of_several_carriers_are_served_at_once_and_all_end() -> None:
    floor = dock(packet("post", carton(ONE), carton(TWO)), packet("van", carton(THREE)))

    floor.scans(f"00{ONE}", f"]C100{THREE}", f"00{TWO}")
    floor.follow()

    assert handed_over(floor) == [(ONE, "M-post"), (THREE, "M-van"), (TWO, "M-post")]
    assert len(floor.facts(WorkFinished)) == 2


def test_carton_of_no_manifest_in_hand_fetches_its_own() -> None:
    floor = dock(packet("post", carton(ONE)))

    answer = floor.scan(f"00{FOUR}")

    assert (answer.feedback.kind, answer.need) == (FeedbackKind.FETCHING, Need(ScanKind.SSCC, FOUR))


def test_newer_packet_keeps_what_was_loaded_and_hands_the_carton_over_at_once() -> None:
    floor = dock(packet("post", carton(ONE), carton(TWO)))
    floor.scan(f"00{ONE}")
    newer = packet("post", carton(TWO), carton(FOUR))

    floor.session.take(newer)
    answer = floor.keep(floor.session.begin(newer, parse_scan(f"00{FOUR}", year=2026)))

    assert text_of(answer).endswith("2 of 3 loaded for Post.")
    assert floor.scan(f"00{ONE}").feedback.kind is FeedbackKind.WRONG_STATE
    assert floor.expected == [f"00{TWO}"]


def test_carton_that_no_manifest_has_is_set_aside() -> None:
    floor = dock(packet("post", carton(ONE)))

    answer = floor.session.begin(floor.state.packet, parse_scan(f"00{FOUR}", year=2026))

    assert answer.feedback.kind is FeedbackKind.UNKNOWN


def test_stopped_carton_is_held_back_every_time_and_recorded_once() -> None:
    floor = dock(packet("post", carton(ONE, "cancelled"), carton(TWO)))

    answers = [floor.scan(f"00{ONE}"), floor.scan(f"00{ONE}")]

    assert kinds_of(answers) == [FeedbackKind.STOPPED, FeedbackKind.STOPPED]
    assert floor.facts(HandoverStopped) == [HandoverStopped(f"55{ONE[-3:]}", ONE, "M-post", "cancelled")]
    assert handed_over(floor) == []


def test_stop_that_arrives_while_loading_counts_from_then_on() -> None:
    floor = dock(packet("post", carton(ONE), carton(TWO)))

    told = floor.amend("ship:M-post", 1, what="stop", carton=ONE, reason="cancelled")

    assert told.feedback.kind is FeedbackKind.STOPPED
    assert floor.expected == [f"00{TWO}"]
    assert floor.scan(f"00{ONE}").feedback.kind is FeedbackKind.STOPPED


def test_undo_takes_the_carton_off_again() -> None:
    floor = dock(packet("post", carton(ONE), carton(TWO)))
    floor.scan(f"00{ONE}")

    answer = floor.scan(UNDO)

    assert text_of(answer) == f"Taken back: carton {ONE} is not loaded."
    assert floor.scan(f"00{ONE}").feedback.kind is FeedbackKind.OK


def test_done_before_the_last_carton_says_how_many_stay() -> None:
    floor = dock(packet("post", carton(ONE), carton(TWO)))

    answer = floor.scan(DONE)

    assert (answer.feedback.kind, text_of(answer)) == (
        FeedbackKind.DONE,
        "Manifest M-post is closed: 2 cartons stay for the next pick-up.",
    )


def test_product_is_no_carton() -> None:
    floor = dock(packet("post", carton(ONE)))

    answer = floor.scan(MUG_CODE)

    assert text_of(answer) == f"{MUG_CODE} is no carton. Scan the SSCC on its label."


def test_killed_bench_stands_where_it_stood() -> None:
    mine = packet("post", carton(ONE), carton(TWO, "cancelled"), carton(THREE))
    floor = dock(mine)
    floor.scans(f"00{ONE}", f"00{TWO}", f"00{THREE}", UNDO)

    again = floor.restarted(ShipSession(CATALOGUE), mine)

    assert (again.state.handed_over, again.state.held_back) == ({ONE}, {TWO})
