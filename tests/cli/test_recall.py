"""A lot is put on hold while its units lie in bins, in totes, on a bench and in packed cartons."""

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.despatch import DespatchHouse
from tests.processes import Premises, StationProcess, follow
from tests.warehouse import ORDER_HEADER, at
from warehouse_app.channels.readers import READERS
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

TEA = "sku,name,lot_rule,unit_cost,currency\nTEA,Tea,lot_expiry,2.00,GBP\n"
STOCK = "sku,location,quantity,lot,expires_on\nTEA,A01,10,L1,2030-01-31\nTEA,B01,2,L2,2031-01-31\n"


class Recall:
    """Three stations at work on the same database, and whoever decides at the desk."""

    def __init__(self, house: DespatchHouse, desk: Premises, stations: dict[str, StationProcess]) -> None:
        self.house, self.desk = house, desk
        self.pick, self.pack, self.ship = stations["pick"], stations["pack"], stations["ship"]

    def release(self, order_no: str) -> None:
        """An order of two packets of tea comes in and goes to the floor."""
        name = "=HYPERLINK(1)" if order_no == "1" else "Ann"
        row = f"{order_no},1,{at('07:00').isoformat()},next_day,TEA,2,{name},1 Lane,Leeds,GB\n"
        files = [io.BytesIO((ORDER_HEADER + row).encode())]
        import_orders(self.house.database, "csv", "shop", files, readers=READERS)
        reserve_open_orders(self.house.database)
        release_waves(self.house.database, WaveRequest())

    def picked(self, order_no: str) -> str:
        """The order is picked; gives its tote's scan text."""
        self.release(order_no)
        follow(self.pick, self.pick.scan("@wait"))
        return str(self.pack.scan("@wait")["expected"][0]["scan_text"])

    def packed(self, order_no: str) -> str:
        """The order is packed; gives its carton's scan text."""
        self.picked(order_no)
        follow(self.pack, self.pack.scan("@wait"))
        return str(self.ship.scan("@wait")["expected"][0]["scan_text"])


@pytest.fixture
def recall(migrated_file: Path, tmp_path: Path) -> Iterator[Recall]:
    path = tmp_path / "shared.db"
    shutil.copy(migrated_file, path)
    database = Database(open_database(str(path)))
    house = DespatchHouse(database)
    import_products(database, io.BytesIO(TEA.encode()))
    import_stock(database, io.BytesIO(STOCK.encode()))
    with ExitStack() as stack:
        stations = {}
        for task in ("pick", "pack", "ship"):
            premises = Premises(house.url, tmp_path / task)
            stations[task] = stack.enter_context(StationProcess(premises, task, options=("--station", task.upper())))
            stations[task].said()
        yield Recall(house, Premises(house.url, tmp_path / "desk"), stations)
    database.close()


def kinds(*answers: dict[str, Any]) -> list[str]:
    return [answer["feedback"]["kind"] for answer in answers]


def test_lot_is_stopped_at_pick_at_pack_and_at_despatch_and_its_customers_are_listed(recall: Recall) -> None:
    recall.packed("1")
    follow(recall.ship, recall.ship.scan("@wait"))
    waiting_carton = recall.packed("2")
    tote_on_bench = recall.picked("3")
    recall.pack.scan(tote_on_bench)
    recall.pack.scan("TEA")
    recall.release("4")
    follow(recall.pick, recall.pick.scan("@wait"))
    recall.release("5")
    follow(recall.pick, recall.pick.scan("@wait"), 3)

    held = recall.desk.json("holds", "add", "--lot", "L1", "--reason", "glass in the tea")

    assert (held["units_short"], held["customers_reached"]) == (0, 1)
    assert set(held["orders_stopped"]) == {"2", "3", "4"}
    stopped_at_pick, stopped_at_pack = recall.pick.scan("@wait"), recall.pack.scan("@wait")
    refused = [recall.pack.scan("TEA"), recall.pack.scan("@weight 500"), recall.pack.scan("CMD:CLOSE")]
    assert kinds(stopped_at_pick, stopped_at_pack, *refused) == ["held"] * 5
    assert "L1 (glass in the tea)" in stopped_at_pick["feedback"]["text"]
    assert "Put tote" in stopped_at_pack["feedback"]["text"]
    assert not any(answer["facts"] for answer in refused)
    in_its_tote = recall.pack.scan("ORD:4")
    assert kinds(in_its_tote) == ["held"]
    assert "L1 (glass in the tea)" in in_its_tote["feedback"]["text"]
    at_the_dock = recall.ship.scan(waiting_carton)
    assert kinds(at_the_dock) == ["stopped"]
    assert [fact["kind"] for fact in at_the_dock["facts"]] == ["handover_stopped"]

    out = recall.desk.home.with_name("customers.csv")
    reached = recall.desk.json("holds", "reached", "--lot", "L1", "--out", str(out))
    assert [(one["order"], one["city"], one["lot"], one["quantity"]) for one in reached["customers"]] == [
        ("1", "Leeds", "L1", 2)
    ]
    assert sum(one["quantity"] for one in reached["in_the_house"]) == 8
    [row] = csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())
    assert row["name"] == "'=HYPERLINK(1)"

    follow(recall.pick, recall.pick.scan("@wait"))
    other_order = follow(recall.pack, recall.pack.scan("@wait"))
    assert recall.desk.json("orders", "show", "5")["state"] == "packed"
    assert other_order["expected"] == []

    recall.desk.json("holds", "remove", "--lot", "L1")
    follow(recall.pack, recall.pack.scan("@wait"))
    follow(recall.ship, recall.ship.scan("@wait"))
    assert {recall.desk.json("orders", "show", name)["state"] for name in "12345"} == {"shipped"}
    assert recall.desk.json("verify")["differences"] == []
