"""A whole day from the command line: the demonstration, and a program that only follows what is expected."""

import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.documents.readers import codes_on, page_image
from tests.processes import Answer, Premises, StationProcess, follow

SUMMARY_KEYS = {
    "orders", "lines", "units_ordered", "units_shipped", "units_short", "units_held", "units_cancelled", "waves",
    "pick_lists", "cartons", "labels", "shipments", "counted_locations", "variances", "verify", "seconds",
}  # fmt: skip


def test_demonstration_adds_up_and_leaves_papers_that_can_be_scanned(tmp_path: Path) -> None:
    premises, out = Premises(tmp_path / "shared.db", tmp_path / "home"), tmp_path / "out"

    summary = premises.json("demo", "--orders", "6", "--out", str(out))

    settled = sum(summary[f"units_{how}"] for how in ("shipped", "short", "held", "cancelled"))
    assert set(summary) >= SUMMARY_KEYS
    assert summary == json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["orders"] == 6
    assert summary["units_ordered"] == settled > 0
    assert summary["verify"]["differences"] in (0, [])
    assert summary["cartons"] == summary["labels"]
    assert premises.json("verify")["differences"] == []
    papers_are_there(out)
    labels_decode(out, cartons_of(premises), summary["labels"], tmp_path)


def papers_are_there(out: Path) -> None:
    papers = [path for path in out.rglob("*.pdf") if "stations" not in path.parts]
    names = " ".join(str(path.relative_to(out)) for path in papers)
    assert all(PdfReader(path).pages for path in papers)
    assert [word for word in ("label", "slip", "pick", "manifest", "count") if word not in names] == []
    assert not list(out.rglob("*.part"))


def cartons_of(premises: Premises) -> set[str]:
    codes = premises.json("codes", "list", "--kind", "carton")
    return {code["scan_text"][2:] for code in codes if code["scan_text"].isdigit()}


def labels_decode(out: Path, cartons: set[str], labels: int, folder: Path) -> None:
    """Each label's codes, as PDF, name its carton; its ZPL does too."""
    found = set()
    for path in sorted(out.rglob("label-*.pdf")):
        carton = path.stem.split("-")[1]
        found.add(carton)
        texts = codes_on(page_image(path.read_bytes(), folder, dpi=150))
        assert any(carton in text for text in texts), (path.name, texts)
        assert f"00{carton}" in path.with_suffix(".zpl").read_text(encoding="utf-8").replace(">8", "")
    assert found <= cartons
    assert len(found) == labels


def test_program_that_only_follows_works_the_whole_sample(tmp_path: Path) -> None:
    premises = Premises(tmp_path / "shared.db", tmp_path / "home")
    built = premises.json("sample", "--orders", "12")
    premises.json("reserve")
    premises.json("waves", "release")

    last = {task: work(premises, task) for task in ("receive", "putaway", "pick", "pack", "ship")}
    planned = premises.run("counts", "plan", "--json")
    last["count"] = work(premises, "count")
    orders = premises.json("orders", "list")

    assert built["orders"] == len(orders) == 12
    assert [task for task, answer in last.items() if answer["expected"]] == []
    assert planned.returncode == 0, planned.stderr.decode()
    assert {order["state"] for order in orders} == {"shipped"}
    proved = premises.json("verify")
    assert (proved["differences"], proved["unposted"], proved["unapplied"], proved["parked"]) == ([], 0, 0, 0)
    assert (proved["reservations"], proved["allocations"]) == (0, 0)


def work(premises: Premises, task: str) -> Answer:
    with StationProcess(premises, task) as station:
        last = follow(station, station.said())
        assert station.end() == 0
    return last


@pytest.mark.on("sqlite")
def test_order_cancelled_while_it_is_packed_stops_and_is_put_back(sample_premises: Premises) -> None:
    work(sample_premises, "pick")
    with StationProcess(sample_premises, "pack") as station:
        opened = station.scan(station.said()["expected"][0]["scan_text"])
        packed = station.scan(opened["expected"][0]["scan_text"])
        [fact] = packed["facts"]

        sample_premises.json("orders", "cancel", fact["order_no"], "--reason", "changed her mind")
        told = station.scan("@wait")
        follow(station, station.scan("@wait"))
        assert station.end() == 0
    order = sample_premises.json("orders", "show", fact["order_no"])
    put_back = work(sample_premises, "putaway")
    work(sample_premises, "ship")

    after = sample_premises.json("orders", "show", fact["order_no"])
    lying = [row for row in sample_premises.json("stock") if row["location"] == fact["carton"]]
    assert told["feedback"]["kind"] == "stopped"
    assert {"stopped"} <= {one["kind"] for one in told["facts"]}
    assert fact["order_no"] not in json.dumps(told["expected"])
    assert (order["state"], after["state"]) == ("cancelled", "cancelled")
    assert put_back["expected"] == []
    assert lying == []
    assert all(line["shipped"] == 0 for line in after["lines"])
    assert fact["carton"] not in json.dumps(sample_premises.json("facts", "list", "--kind", "handed_over"))
    others = [one for one in sample_premises.json("orders", "list") if one["order"] != fact["order_no"]]
    assert {one["state"] for one in others} == {"shipped"}
    assert sample_premises.json("verify")["differences"] == []


@pytest.mark.on("postgresql")
def test_packed_order_that_is_cancelled_is_stopped_at_despatch(sample_premises: Premises) -> None:
    work(sample_premises, "pick")
    work(sample_premises, "pack")
    [fact, *_] = sample_premises.json("facts", "list", "--kind", "carton_closed")
    order_no, carton = fact["payload"]["order_no"], fact["payload"]["carton"]
    sample_premises.json("orders", "cancel", order_no)

    with StationProcess(sample_premises, "ship") as station:
        begun = station.scan(next(one["scan_text"] for one in station.said()["expected"] if carton not in str(one)))
        refused = station.scan(f"00{carton}")
        follow(station, refused)
        assert station.end() == 0

    assert begun["feedback"]["kind"] in ("ok", "last")
    assert refused["feedback"]["kind"] == "stopped"
    assert "handed_over" not in [one["kind"] for one in refused["facts"]]
    assert carton not in json.dumps(sample_premises.json("facts", "list", "--kind", "handed_over"))
    assert sample_premises.json("orders", "show", order_no)["state"] == "cancelled"
    assert sample_premises.json("verify")["differences"] == []
