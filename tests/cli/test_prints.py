"""`prints` and `labels print --to` from a terminal: what waits, and what becomes of it."""

import random
from collections.abc import Iterator

import pytest

from tests.cli.commands import Shell
from tests.station.print_house import FlakyPrinter

pytestmark = pytest.mark.on("sqlite")


@pytest.fixture
def printer(shell: Shell) -> Iterator[FlakyPrinter]:
    device = FlakyPrinter(random.Random(1))
    added = shell.run(
        "printers", "add", "zebra", f"tcp://{device.device.address}", "--stock", "100x50", "--prints", "location,tote"
    )
    assert added.status == 0
    yield device
    device.kill()


def test_batch_comes_out_of_the_printer_with_its_slip(shell: Shell, printer: FlakyPrinter) -> None:
    places = [row["name"] for row in shell.run("codes", "list", "--kind", "location").json][:3]

    done = shell.run("labels", "print", "location", *places, "--to", "zebra", "--copies", "2")

    assert (done.status, done.json["printed"], done.json["waiting"]) == (0, 7, 0)
    assert len(printer.papers) == 7
    assert shell.run("prints", "list").json == []


def test_what_does_not_come_out_waits_and_can_be_worked_with(shell: Shell, printer: FlakyPrinter) -> None:
    printer.device.set(head_open=True)
    refused = shell.run("labels", "print", "tote", "T-0001", "T-0002", "--to", "zebra", "--no-separator")
    waiting = shell.run("prints", "list").json
    cancelled = shell.run("prints", "cancel", waiting[0]["job"])
    printer.device.set()
    run = shell.run("prints", "run")

    assert refused.status == 1
    assert "head is open" in refused.json["problems"]["zebra"]
    assert [(row["document"], row["state"], row["printer"]) for row in waiting] == [("tote", "waiting", "zebra")] * 2
    assert (cancelled.json, run.json["printed"], len(printer.papers)) == ({"jobs": 1}, 1, 1)
    assert [row["state"] for row in shell.run("prints", "list", "--all").json] == ["cancelled", "done"]


def test_batch_goes_on_at_another_printer(shell: Shell, printer: FlakyPrinter) -> None:
    shell.run("printers", "add", "dead", "tcp://127.0.0.1:1", "--stock", "100x50", "--prints", "tote")
    shell.run("labels", "print", "tote", "T-0001", "--to", "dead")

    moved = shell.run("prints", "reroute", "--all", "zebra")
    run = shell.run("prints", "run")

    assert (moved.json, run.status, len(printer.papers)) == ({"jobs": 1, "printer": "zebra"}, 0, 1)


def test_wrong_wishes_are_refused_with_a_remedy(shell: Shell, printer: FlakyPrinter) -> None:
    wrong = {
        ("labels", "print", "badge", "--to", "zebra"): "printers change",
        ("labels", "print", "badge", "--to", "nobody"): "no printer called nobody",
        ("labels", "print", "badge"): "--to PRINTER",
        ("prints", "cancel"): "--all",
        ("prints", "cancel", "12345678"): "no print job called",
        ("prints", "reroute", "--all", "nobody"): "no printer called nobody",
        ("prints", "run", "nobody"): "no printer called nobody",
    }

    told = {words: shell.run(*words) for words in wrong}

    assert all(done.status == 1 and wrong[words] in done.err for words, done in told.items()), told
    assert printer.papers == []
