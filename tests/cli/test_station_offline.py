"""A station whose shared database does not answer goes on with the work that it holds."""

import json
import time

import pytest

from tests.cli.commands import Shell
from tests.processes import Premises, StationProcess
from tools.postgres import PostgresServer

NOBODY_ANSWERS = "postgresql://nobody@127.0.0.1:9/none"
ENDS_WITHIN_S = 20.0


def test_work_in_hand_goes_on_without_the_database_and_is_posted_later(shell: Shell) -> None:
    shell.scans("pick", shell.first_expected("pick"))
    tote = shell.first_expected("pick")
    text = f"{tote}\n@wait\nLIST:PL-000002\n".encode()
    words = ("station", "scan", "--task", "pick", "--worker", "W-04", "--json", "--database", NOBODY_ANSWERS)

    away = shell.bare(*words, "--home", str(shell.home), text=text)
    shell.scans("pick", "@wait")

    answers = [json.loads(line) for line in away.out.splitlines()]
    assert (away.status, [answer["feedback"]["kind"] for answer in answers[:3]]) == (0, ["prompt", "ok", "offline"])
    assert "does not answer" in away.err
    opened = answers[1]["facts"][0]["id"]
    assert opened in [fact["id"] for fact in shell.run("facts", "list", "--kind", "tote_opened").json]


@pytest.mark.soak
@pytest.mark.on("postgresql")
def test_input_that_ends_while_the_server_is_frozen_ends_the_station_soon(
    sample_premises: Premises, postgres: PostgresServer
) -> None:
    with StationProcess(sample_premises, "pick") as station:
        answer = station.scan(station.said()["expected"][0]["scan_text"])
        try:
            postgres.freeze()
            answer = station.scan(answer["expected"][0]["scan_text"])
            started = time.monotonic()
            status = station.end()
            took_s = time.monotonic() - started
        finally:
            postgres.thaw()

    assert (status, answer["feedback"]["kind"]) == (0, "ok")
    assert took_s < ENDS_WITHIN_S


def test_station_fetches_what_changed_and_nothing_twice(shell: Shell) -> None:
    first = shell.run("station", "sync").json
    again = shell.run("station", "sync").json

    assert first["fetched"] >= again["product"] + again["barcode"] > 0
    assert (again["fetched"], again["waiting"]) == (0, 0)
