"""A warehouse that wants its labels scanned back: its benches close no carton by anything else, whatever happens."""

from tests.cli.commands import Shell
from tests.conftest import MakeUrl
from tests.processes import Answer, Premises, StationProcess
from warehouse_app.domain.identifiers import check_digit

ANOTHERS = "09521234000009999" + check_digit("09521234000009999")


def test_setting_is_a_switch(empty_shell: Shell) -> None:
    empty_shell.run("import", "products", "-", text=b"sku,name\nA,Cup\n")
    before = empty_shell.run("settings", "list").json["label_scan_back"]

    switched = empty_shell.run("settings", "set", "label_scan_back", "ON").json
    wrong = empty_shell.run("settings", "set", "label_scan_back", "perhaps")

    assert (before, switched) == ("off", {"label_scan_back": "on"})
    assert (wrong.status, wrong.err) == (1, "error: The setting label_scan_back cannot be perhaps.\n")
    assert empty_shell.run("settings", "set", "label_scan_back", "off").json == {"label_scan_back": "off"}


def test_carton_is_closed_by_its_own_label_also_after_power_cut_and_undo(shell: Shell, make_url: MakeUrl) -> None:
    shell.database = make_url("picked")
    shell.run("settings", "set", "label_scan_back", "on")
    premises = Premises(shell.database, shell.home)

    with StationProcess(premises, "pack") as station:
        made_up = until_label(station, station.said())
        wrong = station.scan(f"]C100{ANOTHERS}")
        goods = station.scan("85123A")
        station.scan("@wait")
        [asked] = shell.run("facts", "list", "--kind", "label_asked").json
        order_no = asked["payload"]["order_no"]
        waiting = shell.run("orders", "show", order_no).json["state"]
    with StationProcess(premises, "pack") as station:
        resumed = station.said()
        undone, again = station.scan("CMD:UNDO"), station.scan("CMD:CLOSE")
        packed = label_all(station, again)
        station.scan("@wait")

    assert made_up["feedback"]["kind"] == "info"
    assert (wrong["feedback"]["kind"], wrong["feedback"]["tone"], wrong["facts"]) == ("wrong_item", "error", [])
    assert (goods["feedback"]["kind"], goods["facts"]) == ("wrong_state", [])
    assert (waiting, resumed["expected"]) == ("packing", made_up["expected"])
    assert [fact["kind"] for fact in undone["facts"]] == ["undone"]
    assert [fact["kind"] for fact in packed["facts"]] == ["label_scanned", "carton_closed"]
    order = shell.run("orders", "show", order_no).json
    assert order["state"] == "packed"
    assert "label_scanned" in [entry["what"] for entry in order["history"]]
    assert shell.run("verify").json["differences"] == []


def until_label(station: StationProcess, answer: Answer) -> Answer:
    """Do what is expected until that is the label of a carton."""
    while answer["expected"][0]["kind"] != "label":
        answer = station.scan(answer["expected"][0]["scan_text"])
    return answer


def label_all(station: StationProcess, answer: Answer) -> Answer:
    """Scan the labels and pack what is left until the order is done."""
    while answer["feedback"]["kind"] != "done":
        answer = station.scan(answer["expected"][0]["scan_text"])
    return answer
