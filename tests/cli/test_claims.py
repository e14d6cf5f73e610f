"""Work ahead and claims as commands: claimed, packed without the database, given back, taken over."""

import json

import pytest

from tests.cli.commands import Shell
from tests.cli.test_station_offline import NOBODY_ANSWERS
from tests.conftest import MakeUrl


@pytest.fixture
def packer(shell: Shell, make_url: MakeUrl) -> Shell:
    shell.database = make_url("picked")
    return shell


def test_claimed_ahead_an_order_opens_without_the_database_and_the_rest_is_given_back(packer: Shell) -> None:
    claimed = packer.run("station", "claim-ahead", "--worker", "W-04", "--orders", "3").json
    at_hand = packer.run("station", "at-hand").json
    text = f"{at_hand[0]['scan_text']}\n".encode()
    words = ("station", "scan", "--task", "pack", "--worker", "W-04", "--json", "--database", NOBODY_ANSWERS)

    away = packer.bare(*words, "--home", str(packer.home), text=text)
    given = packer.run("station", "give-back").json
    held = packer.run("claims", "list").json

    kinds = [json.loads(line)["feedback"]["kind"] for line in away.out.splitlines()]
    assert (claimed["claimed"], claimed["at_hand"], len(at_hand)) == (3, 3, 3)
    assert claimed["spare_numbers"] >= 20
    assert kinds[:2] == ["prompt", "ok"]
    assert (len(given["given_back"]), given["at_hand"]) == (2, 0)
    assert [claim["work"] for claim in held] == [at_hand[0]["work"]]


@pytest.mark.on("sqlite")
def test_only_a_supervisors_badge_takes_work_over(packer: Shell) -> None:
    packer.run("station", "claim-ahead", "--worker", "W-04", "--orders", "1")
    (claim,) = packer.run("claims", "list", "--task", "pack").json

    by_a_worker = packer.run("claims", "take-over", claim["work"], "--by", "W-04")
    taken = packer.run("claims", "take-over", claim["work"], "--by", "W-02", "--reason", "away").json
    again = packer.run("claims", "take-over", claim["work"], "--by", "W-02")

    assert (by_a_worker.status, again.status) == (1, 1)
    assert "supervisor" in by_a_worker.err
    assert "No station holds" in again.err
    assert (taken["work"], taken["station"], taken["epoch"]) == (claim["work"], claim["station"], 1)
    assert packer.run("claims", "list").json == []


@pytest.mark.on("sqlite")
def test_wrong_words_are_told_and_change_nothing(packer: Shell) -> None:
    nobody = packer.run("station", "claim-ahead", "--worker", "W-99")
    not_at_hand = packer.run("station", "give-back", "pack:1")
    lane = packer.run("station", "claim-ahead", "--worker", "W-04", "--carrier", "NOBODY").json

    assert (nobody.status, not_at_hand.status) == (1, 1)
    assert "W-99" in nobody.err
    assert "pack:1" in not_at_hand.err
    assert lane["claimed"] == 0
