"""Every command: the exact keys of its JSON, its exit status, and one line for a person when it cannot."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from tests.cli.commands import Shell
from tests.processes import Premises, StationProcess, follow
from tests.station.benches import table_counts
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

ORDER = "551725"
FACT_KEYS = {
    "id", "kind", "station", "incarnation", "sequence", "worker", "happened_at", "recorded_at", "state", "payload",
    "note",
}  # fmt: skip
STOCK_KEYS = {"sku", "owner", "location", "lot", "on_hand", "allocated", "available"}
TOTAL_KEYS = {"sku", "owner", "reserved", "set_aside", "sellable"}
LINE_KEYS = {"sku", "ordered", "reserved", "allocated", "picked", "packed", "shipped", "cancelled", "short"}
VERIFY_KEYS = {
    "moves", "balances", "reservations", "allocations", "unposted", "unapplied", "parked", "head", "differences",
}  # fmt: skip
IMPORT_KEYS = {"rows", "added", "updated", "unchanged", "rejects"}


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("verify",), VERIFY_KEYS),
        (("db", "check"), {"revision", "head", "engine", "ok"}),
        (("db", "upgrade"), {"revision", "head", "engine", "ok"}),
        (("reserve",), {"orders", "reserved", "partial", "short", "held", "seconds"}),
        (("waves", "release"), {"waves", "left"}),
        (("bookkeeper", "--once"), {"applied", "parked"}),
        (("bookkeeper", "reapply"), {"applied", "parked"}),
    ],
)
def test_object_has_exactly_its_keys(words: tuple[str, ...], keys: set[str], shell: Shell) -> None:
    done = shell.run(*words)

    assert (done.status, done.err) == (0, "")
    assert keys <= set(done.json)


def test_verify_of_a_sound_house_says_so(shell: Shell) -> None:
    found = shell.run("verify").json

    assert found["differences"] == []
    assert (found["unposted"], found["unapplied"], found["parked"]) == (0, 0, 0)
    assert found["moves"] > 0
    assert len(found["head"]) == 64


def test_verify_names_what_differs_and_fails(shell: Shell) -> None:
    sku = shell.run("stock").json[0]["sku"]
    tamper(shell, "UPDATE balance SET on_hand = on_hand + 5 WHERE physical AND sku = :sku", sku=sku)

    done = shell.run("verify")

    assert (done.status, done.err) == (1, "")
    assert {difference["what"] for difference in done.json["differences"]} >= {"on hand", "sum over all places"}
    assert all(sku in difference["key"] for difference in done.json["differences"])


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("stock",), STOCK_KEYS),
        (("codes", "list"), {"kind", "name", "scan_text"}),
        (("orders", "list"), {"order", "state"}),
        (("waves", "list"), set()),
        (("holds", "list"), set()),
        (("counts", "status"), set()),
    ],
)
def test_lists_have_rows_with_these_keys(words: tuple[str, ...], keys: set[str], shell: Shell) -> None:
    done = shell.run(*words)

    assert (done.status, done.err) == (0, "")
    rows = done.json if isinstance(done.json, list) else []
    assert all(keys <= set(row) for row in rows)
    assert rows or not keys


@pytest.mark.parametrize("kind", ["location", "tote", "order", "carton", "worker", "command", "product"])
def test_codes_of_one_kind(kind: str, shell: Shell) -> None:
    rows = shell.run("codes", "list", "--kind", kind).json

    assert rows
    assert {row["kind"] for row in rows} == {kind}
    assert all(set(row) == {"kind", "name", "scan_text"} for row in rows)


def test_options_may_stand_before_and_after_the_command(shell: Shell) -> None:
    options = ("--database", shell.database, "--home", str(shell.home), "--json")

    before = shell.bare(*options, "orders", "list")
    after = shell.bare("orders", "list", *options)

    assert (before.status, before.out) == (after.status, after.out)
    assert json.loads(before.out)


def test_database_and_home_come_from_the_environment_too(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DATABASE", shell.database)
    monkeypatch.setenv("WAREHOUSE_HOME", str(shell.home))

    assert shell.bare("orders", "list", "--json").json == shell.run("orders", "list").json


def test_one_order_is_shown_line_by_line(shell: Shell) -> None:
    order = shell.run("orders", "list").json[0]["order"]

    shown = shell.run("orders", "show", order).json

    assert {"order", "state", "lines", "reasons", "history"} <= set(shown)
    assert all(set(line) >= LINE_KEYS for line in shown["lines"])
    assert all(line["ordered"] == line["allocated"] for line in shown["lines"])


def test_order_is_held_freed_and_cancelled(shell: Shell) -> None:
    order = shell.run("orders", "list").json[0]["order"]

    for word in ("hold", "unhold", "cancel"):
        done = shell.run("orders", word, order, "--reason", "asked for by phone")
        assert (done.status, done.err) == (0, ""), word
    again = shell.run("orders", "cancel", order)

    assert shell.run("orders", "show", order).json["state"] == "cancelled"
    assert again.status == 1
    assert one_error(again.err)
    assert shell.run("verify").json["differences"] == []


def test_facts_of_an_order_a_station_a_kind(shell: Shell) -> None:
    work_some(shell, "pick", 12)

    everything = shell.run("facts", "list").json
    order = next(fact["payload"]["order_no"] for fact in everything if fact["kind"] == "picked")
    of_order = shell.run("facts", "list", "--order", order).json
    picked = shell.run("facts", "list", "--kind", "picked").json
    station = shell.run("facts", "list", "--station", everything[0]["station"]).json

    assert all(set(fact) == FACT_KEYS for fact in everything)
    assert {fact["state"] for fact in everything} == {"applied"}
    assert of_order
    assert all(fact["payload"]["order_no"] == order for fact in of_order)
    assert {fact["kind"] for fact in picked} == {"picked"}
    assert station == everything
    assert shell.run("facts", "list", "--order", "no such order").json == []


def test_stock_is_told_for_now_and_for_the_moment_before_a_move(shell: Shell) -> None:
    before = datetime.now(UTC)
    work_some(shell, "pick", 12)
    [moved, *_] = shell.run("facts", "list", "--kind", "picked").json
    sku, place = moved["payload"]["sku"], moved["payload"]["location"]

    now = {row.get("location"): row for row in shell.run("stock", sku).json}
    then = {row["location"]: row for row in shell.run("stock", sku, "--at", before.isoformat()).json}
    later = shell.run("stock", sku, "--at", (before + timedelta(hours=1)).isoformat()).json
    happened = shell.run("stock", sku, "--at", before.isoformat(), "--as-happened").json

    taken = sum(
        fact["payload"]["quantity"]
        for fact in shell.run("facts", "list", "--kind", "picked").json
        if (fact["payload"]["sku"], fact["payload"]["location"]) == (sku, place)
    )
    assert then[place]["on_hand"] - taken == now[place]["on_hand"]
    assert set(now[None]) == TOTAL_KEYS
    assert {row["location"]: row["on_hand"] for row in later} == {
        name: row["on_hand"] for name, row in now.items() if name is not None
    }
    assert {row["location"] for row in happened} == set(then)
    assert all(set(row) == STOCK_KEYS for row in later)


def test_every_number_is_explained_by_its_moves_and_promises(shell: Shell) -> None:
    work_some(shell, "pick", 12)
    sku = shell.run("facts", "list", "--kind", "picked").json[0]["payload"]["sku"]
    rows = [row for row in shell.run("stock", sku).json if "location" in row]
    keys = {"on_hand", "allocated", "reserved", "moves", "allocations", "reservations", "holds", "serials"}

    for row in rows:
        why = shell.run("explain", sku, row["location"]).json
        came = sum(move["quantity"] for move in why["moves"] if move["to_location"] == row["location"])
        went = sum(move["quantity"] for move in why["moves"] if move["from_location"] == row["location"])
        assert set(why) == keys
        assert why["on_hand"] == row["on_hand"] == came - went
        assert why["allocated"] == row["allocated"] == sum(one["quantity"] for one in why["allocations"])
    whole = shell.run("explain", sku).json
    assert whole["on_hand"] == sum(row["on_hand"] for row in rows)
    assert whole["reserved"] == sum(one["quantity"] for one in whole["reservations"])


def test_pick_lists_of_a_wave_are_printed(shell: Shell, tmp_path: Path) -> None:
    wave = shell.run("waves", "list").json["waves"][0]

    done = shell.run("picks", "print", wave["wave"], "--out", str(tmp_path / "new folder" / "lists.pdf"))

    pages = len(PdfReader(tmp_path / "new folder" / "lists.pdf").pages)
    assert done.json == {"pick_lists": wave["pick_lists"], "pages": pages}


@pytest.mark.parametrize(
    ("kind", "text", "added"),
    [
        ("products", b"sku,name\nNEW-1,Teaspoon\nNEW-2,\n", 1),
        ("locations", b"location,kind\nT-9999,tote\n", 1),
        ("stock", b"sku,location,quantity\nNO SUCH,Z99-01,4\n", 0),
        ("purchase-orders", b"po_no,line_no,supplier,sku,quantity\nPO-9,1,S,NO SUCH,4\n", 0),
    ],
)
def test_files_may_come_from_standard_input(kind: str, text: bytes, added: int, shell: Shell) -> None:
    done = shell.run("import", kind, "-", text=text)

    assert (done.status, done.err) == (0, "")
    assert set(done.json) == IMPORT_KEYS
    assert done.json["added"] == added
    assert len(done.json["rejects"]) == done.json["rows"] - added
    assert all({"row", "field", "reason"} <= set(reject) for reject in done.json["rejects"])


def test_orders_may_come_from_standard_input(shell: Shell) -> None:
    text = b"order_no,line_no,ordered_at,service,sku,quantity,name,address1,city,country\n"
    text += b"9,1,2026-03-02T07:00:00+00:00,next_day,85123A,1,Ann,1 Lane,Leeds,GB\n"

    first = shell.run("import", "orders", "--channel", "csv", "-", text=text).json
    again = shell.run("import", "orders", "--channel", "csv", "-", text=text).json

    assert set(first) == {"orders", "lines", "added", "updated", "unchanged", "conflicts", "rejects"}
    assert (first["added"], again["added"], again["unchanged"]) == (1, 0, 1)


BAD: list[tuple[str, ...]] = [
    ("orders", "show", "no such"),
    ("orders", "cancel", "no such"),
    ("orders", "hold", "no such"),
    ("stock", "no such"),
    ("stock", "--at", "yesterday-ish"),
    ("waves", "release", "--until", "soon"),
    ("explain", "no such"),
    ("explain", "\x00\udcff"),
    ("picks", "print", "no such", "--out", "x.pdf"),
    ("station", "scan", "--task", "pick", "--worker", "no such"),
    ("counts", "sheet", "no such"),
    ("import", "products", "{folder}/missing.csv"),
    ("import", "products", "{folder}"),
    ("import", "products", "{folder}/binary"),
    ("import", "orders", "--channel", "csv", "{folder}/missing.csv"),
    ("import", "orders", "--channel", "csv", "{folder}"),
    ("import", "orders", "--channel", "csv", "{folder}/binary"),
    ("picks", "print", "W-000001", "--out", "/proc/x.pdf"),
    ("demo", "--orders", "1", "--out", "/proc/demo"),
]


@pytest.mark.parametrize("words", BAD, ids=" ".join)
def test_what_cannot_be_done_ends_with_one_line(words: tuple[str, ...], shell: Shell) -> None:
    (shell.folder / "binary").write_bytes(bytes(range(256)) * 50)
    before = row_counts(shell)

    done = shell.run(*(word.format(folder=shell.folder) for word in words))

    assert (done.status, done.out) == (1, "")
    assert one_error(done.err)
    assert row_counts(shell) == before


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("orders",), ("waves", "release", "--max-orders", "many"), ("station", "scan"), ("demo",),
     ("codes", "list", "--kind", "cow"), ("orders", "list", "--state", "lost"), ("verify", "--no-such-option"),
     ("station", "scan", "--task", "dance"), ("waves", "release", "--max-orders", "-1"),
     ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_status_two(words: tuple[str, ...], shell: Shell) -> None:
    done = shell.run(*words)

    assert (done.status, done.out) == (2, "")
    assert "usage:" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:9/nothing",
        "mysql://localhost/x",
        "://",
        "postgresql://[::1",
        "{folder}",
        "/proc/x.db",
    ],
)
def test_database_that_does_not_answer_is_one_line(url: str, shell: Shell) -> None:
    done = shell.bare("orders", "list", "--json", "--database", url.format(folder=shell.folder), "--home", "h")

    assert (done.status, done.out) == (1, "")
    assert one_error(done.err)


def test_file_that_is_no_database_is_one_line(shell: Shell) -> None:
    (shell.folder / "binary.db").write_bytes(bytes(range(256)) * 50)

    done = shell.bare("verify", "--json", "--database", str(shell.folder / "binary.db"), "--home", str(shell.home))

    assert (done.status, done.out) == (1, "")
    assert one_error(done.err)


def test_real_process_prints_the_same_and_no_traceback(sample_premises: Premises) -> None:
    good = sample_premises.run("codes", "list", "--kind", "tote", "--json")
    bad = sample_premises.run("orders", "show", "no such", "--json")

    assert (good.returncode, good.stderr) == (0, b"")
    assert json.loads(good.stdout)
    assert (bad.returncode, bad.stdout) == (1, b"")
    assert one_error(bad.stderr.decode())


def one_error(text: str) -> bool:
    """Whether this is one line for a person."""
    return text.startswith("error: ") and text.endswith("\n") and text.count("\n") == 1 and "Traceback" not in text


def work_some(shell: Shell, task: str, scans: int) -> None:
    """Follow what is expected for so many scans."""
    with StationProcess(Premises(shell.database, shell.home), task) as station:
        follow(station, station.said(), scans)
        assert station.end() == 0


def row_counts(shell: Shell) -> list[int]:
    """Rows of the tables that commands write."""
    database = Database(open_database(shell.database))
    counts = table_counts(database)
    database.close()
    names = ("move", "balance", "fulfilment_order", "order_history", "fact", "claim", "product", "hold", "feed")
    return [counts[name] for name in names]


def tamper(shell: Shell, statement: str, **values: str) -> None:
    engine = open_database(shell.database)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()
