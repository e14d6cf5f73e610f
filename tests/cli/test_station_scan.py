"""`station scan` as a program at the bench sees it: one answer a line, whatever the line holds."""

import json

import pytest

from tests.cli.commands import Shell
from tests.conftest import MakeUrl
from tests.processes import Premises, StationProcess, follow

ANSWER_KEYS = {"scan", "feedback", "expected", "facts", "durable", "ms"}
KINDS = {
    "prompt", "ok", "last", "wrong_item", "unknown", "too_many", "wrong_state", "bounce", "held", "stopped", "fetching",
    "offline", "done", "info",
}  # fmt: skip


@pytest.fixture
def packer(shell: Shell, make_url: MakeUrl) -> Shell:
    shell.database = make_url("picked")
    return shell


def opened(shell: Shell) -> tuple[str, str]:
    """The tote of the order that waits for a bench, and the first product of it."""
    tote = shell.first_expected("pack")
    answers = shell.scans("pack", tote)
    return tote, str(answers[-1]["expected"][0]["scan_text"])


def test_answer_has_exactly_its_keys(packer: Shell) -> None:
    tote, product = opened(packer)

    answers = packer.scans("pack", product, "nonsense", "CMD:UNDO", tote)

    assert [answer["scan"] for answer in answers] == [None, product, "nonsense", "CMD:UNDO", tote]
    for answer in answers:
        assert set(answer) == ANSWER_KEYS
        assert set(answer["feedback"]) == {"kind", "tone", "text"}
        assert answer["feedback"]["kind"] in KINDS
        assert all(set(one) == {"kind", "scan_text"} for one in answer["expected"])
        assert len(answer["expected"]) <= 20
        assert all({"id", "kind"} <= set(fact) for fact in answer["facts"])
        assert answer["durable"] is True
        assert answer["ms"] >= 0
    assert [fact["kind"] for fact in answers[1]["facts"]] == ["packed"]
    assert answers[1]["facts"][0]["quantity"] >= 1
    assert answers[2]["feedback"]["kind"] == "unknown"
    assert answers[3]["facts"][0]["undoes"] == answers[1]["facts"][0]["id"]


def test_comments_are_no_scans_and_empty_lines_are(packer: Shell) -> None:
    answers = packer.scans("pack", "# tea cups first", "", "#", "   ")

    assert [answer["scan"] for answer in answers] == [None, "", "   "]
    assert {answer["feedback"]["kind"] for answer in answers[1:]} == {"unknown"}


def test_lines_may_end_as_on_windows(packer: Shell) -> None:
    tote, product = opened(packer)

    answers = packer.scans("pack", f"{product}\r", "# comment\r", "@weight 300\r", "@wait\r")

    assert [answer["scan"] for answer in answers[1:]] == [product, "@weight 300", "@wait"]
    assert answers[1]["feedback"]["kind"] in ("ok", "last")
    assert answers[3]["feedback"]["kind"] == "info"
    assert tote


def test_last_line_without_its_end_is_a_scan_too(packer: Shell) -> None:
    done = packer.run("station", "scan", "--task", "pack", "--worker", "W-04", text=b"nonsense")

    assert json.loads(done.out.splitlines()[-1])["scan"] == "nonsense"


def test_escapes_are_control_characters(packer: Shell) -> None:
    _, product = opened(packer)

    [_, gs1, plain] = packer.scans("pack", rf"]C101{product.zfill(14)}10L1\x1d2112", rf"{product}\r\n")

    assert gs1["feedback"]["kind"] in ("ok", "last", "wrong_item", "wrong_state")
    assert plain["feedback"]["kind"] in ("ok", "last")
    assert plain["scan"] == rf"{product}\r\n"


def test_hostile_lines_are_answered(packer: Shell) -> None:
    _, product = opened(packer)
    hostile = [bytes([code]) for code in range(256) if code not in b"\n"]
    hostile += [b"\xff\xfe", b"ORD:\xff", b"TOTE:\xed\xa0\x80", b"9" * 10_000, b"LOC:" + b"\x00" * 99, rb"ORD:\x00"]

    done = packer.run(
        "station", "scan", "--task", "pack", "--worker", "W-04",
        text=b"\n".join([*hostile, product.encode()]) + b"\n",
    )  # fmt: skip

    answers = [json.loads(line) for line in done.out.splitlines()]
    assert (done.status, done.err) == (0, "")
    assert len(answers) == 1 + len(hostile)  # The one for "#" is a comment, the one for the product comes on top.
    assert answers[-1]["feedback"]["kind"] in ("ok", "last")
    assert sum(len(answer["facts"]) for answer in answers[:-1]) == 0
    assert packer.run("verify").json["differences"] == []


def test_scale_speaks_for_the_open_carton(packer: Shell) -> None:
    _, product = opened(packer)

    [_, packed, weighed, nonsense, empty] = packer.scans("pack", product, "@weight 1234", "@weight heavy", "@weight 0")

    assert packed["facts"]
    assert [fact["kind"] for fact in weighed["facts"]][:1] == ["weighed"]
    assert nonsense["feedback"]["kind"] == "unknown"
    assert nonsense["facts"] == []
    assert empty["feedback"]["kind"] == "wrong_state"


def test_wait_returns_when_everything_is_booked(packer: Shell) -> None:
    _, product = opened(packer)
    with StationProcess(Premises(packer.database, packer.home), "pack") as station:
        station.said()
        packed = station.scan(product)
        station.scan("@wait")

        facts = {fact["id"]: fact["state"] for fact in packer.run("facts", "list").json}
        unposted = packer.run("verify").json["unposted"]

    assert all(facts[fact["id"]] == "applied" for fact in packed["facts"])
    assert unposted == 0


def test_bounce_is_the_same_code_at_once_and_nothing_else(packer: Shell) -> None:
    _, product = opened(packer)
    case = "nonsense"

    answers = packer.scans("pack", product, product, case, product, product, options=("--bounce-ms", "60000"))
    guarded = [answer["feedback"]["kind"] == "bounce" for answer in answers[1:]]
    free = [answer["feedback"]["kind"] for answer in packer.scans("pack", case, case)[1:]]

    assert guarded == [False, True, False, False, True]
    assert answers[2]["facts"] == []
    assert free == ["unknown", "unknown"]


def test_badge_is_asked_for_when_none_is_given(packer: Shell) -> None:
    done = packer.run("station", "scan", "--task", "pack", text=b"2000210780004\nBADGE:nobody\nBADGE:W-04\n")

    prompt, refused, unknown, hello = [json.loads(line) for line in done.out.splitlines()]
    assert {one["kind"] for one in prompt["expected"]} == {"worker"}
    assert refused["feedback"]["kind"] == "wrong_state"
    assert unknown["feedback"]["kind"] == "unknown"
    assert hello["feedback"]["kind"] == "ok"
    assert {one["kind"] for one in hello["expected"]} == {"tote"}


def test_station_goes_on_where_the_last_input_ended(packer: Shell) -> None:
    _, product = opened(packer)
    before = packer.scans("pack", product)

    after = packer.scans("pack")

    assert after[0]["expected"] == before[-1]["expected"]


def test_every_task_without_work_expects_nothing(empty_shell: Shell) -> None:
    empty_shell.run("import", "products", "-", text=b"sku,name\nA,Cup\n")
    for task in ("receive", "putaway", "pick", "pack", "ship", "count"):
        done = empty_shell.run("station", "scan", "--task", task, "--worker", "PERSON-1", text=b"ORD:1\n")

        answers = [json.loads(line) for line in done.out.splitlines()]
        assert done.status == 0, done.err
        assert answers[0]["expected"] == []
        assert answers[1]["facts"] == []


def test_two_stations_never_hold_the_same_order(packer: Shell) -> None:
    first = StationProcess(Premises(packer.database, packer.folder / "one"), "pack", options=("--station", "ONE"))
    second = StationProcess(Premises(packer.database, packer.folder / "two"), "pack", options=("--station", "TWO"))
    with first, second:
        tote = first.said()["expected"][0]["scan_text"]
        second.said()
        mine = first.scan(tote)
        theirs = second.scan(tote)
        done = follow(second, second.scan("@wait"), 3)

    assert mine["feedback"]["kind"] == "ok"
    assert theirs["feedback"]["kind"] == "wrong_state"
    assert "ONE" in theirs["feedback"]["text"]
    assert tote not in [one["scan_text"] for one in theirs["expected"]]
    assert done["feedback"]["kind"] in KINDS
