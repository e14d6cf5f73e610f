"""Commands about holds and about stock that is moved by decision, as a program sees them."""

from pathlib import Path

import pytest

from tests.cli.commands import Shell
from tests.despatch import DespatchHouse
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

HOLD_KEYS = {"hold_id", "sku", "lot", "location", "owner", "receipt", "serial", "reason", "worker", "since"}
MOVED_KEYS = {"decision_id", "sku", "quantity", "from_location", "to_location", "reason", "worker", "units_short"}


@pytest.fixture
def floor(empty_shell: Shell) -> Shell:
    """Ten cups at A01, four at A02, twenty at B01."""
    database = Database(open_database(str(empty_shell.database)))
    DespatchHouse(database)
    database.close()
    return empty_shell


def test_holds_are_added_listed_and_removed(floor: Shell) -> None:
    added = floor.run("holds", "add", "--sku", "CUP", "--location", "A01", "--reason", "wet", "--worker", "W-02").json
    listed = floor.run("holds", "list").json

    assert set(listed[0]) == HOLD_KEYS
    assert set(added) > HOLD_KEYS
    assert (added["worker"], added["customers_reached"], added["orders_stopped"]) == ("W-02", 0, [])
    assert floor.run("holds", "list", "--sku", "POT").json == []
    assert [row["available"] for row in floor.run("stock", "CUP").json if row.get("location") == "A01"] == [0]
    assert floor.run("holds", "reached", "--sku", "CUP").json["in_the_house"][0]["quantity"] == 10
    [removed] = floor.run("holds", "remove", "--sku", "CUP", "--location", "A01").json
    assert removed["hold_id"] == added["hold_id"]
    assert floor.run("holds", "list").json == []


@pytest.mark.on("sqlite")
@pytest.mark.parametrize("name", ["lot", "sku", "location", "owner", "receipt", "serial"])
def test_hold_on_an_unknown_name_is_refused_in_one_line(name: str, floor: Shell) -> None:
    for act in ("add", "remove"):
        done = floor.run("holds", act, f"--{name}", "no such thing")

        assert done.status == 1
        assert done.err.startswith("error: ")
        assert "no such thing" in done.err
        assert done.err.count("\n") == 1


@pytest.mark.on("sqlite")
def test_customers_of_a_recall_go_where_they_can_be_written(floor: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = floor.run("holds", "reached", "--sku", "CUP", "--out", str(tmp_path / "file" / "customers.csv"))

    assert done.status == 1
    assert "customers.csv" in done.err


def test_stock_is_moved_and_adjusted_with_a_reason(floor: Shell) -> None:
    moved = floor.run("move", "cup", "3", "A01", "C01", "--reason", "refill", "--worker", "W-02").json
    lost = floor.run("adjust", "CUP", "A01", "-2", "--reason", "broken").json
    found = floor.run("adjust", "CUP", "B01", "4", "--reason", "behind the shelf").json

    assert set(moved) >= MOVED_KEYS
    assert (moved["sku"], moved["quantity"], moved["worker"]) == ("CUP", 3, "W-02")
    assert (lost["quantity"], lost["from_location"]) == (2, "A01")
    assert (found["quantity"], found["to_location"]) == (4, "B01")
    rows = {row["location"]: row["on_hand"] for row in floor.run("stock", "CUP").json if "location" in row}
    assert rows == {"A01": 5, "A02": 4, "B01": 24, "C01": 3}
    assert floor.run("explain", "CUP", "B01").json["moves"][-1]["reason"] == "behind the shelf"
    assert floor.run("verify").json["differences"] == []
    assert "broken" in floor.bare("explain", "CUP", "--database", str(floor.database), "--home", str(floor.home)).out


@pytest.mark.on("sqlite")
@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("move", "CUP", "1", "A01", "B01"), 1),
        (("move", "CUP", "1", "A01", "A01", "--reason", "x"), 1),
        (("move", "CUP", "0", "A01", "B01", "--reason", "x"), 2),
        (("move", "CUP", "x", "A01", "B01", "--reason", "x"), 2),
        (("move", "CUP", "99999999999999999999", "A01", "B01", "--reason", "x"), 1),
        (("move", "CUP", "1", "A01", "B01", "--serial", "S", "--reason", "x"), 1),
        (("move", "CUP", "1", "A01", "B01", "--owner", "nobody", "--reason", "x"), 1),
        (("move", "CUP", "1", "A01", "B01", "--reason", "x", "--worker", "nobody"), 1),
        (("adjust", "CUP", "A01", "0", "--reason", "x"), 1),
        (("adjust", "CUP", "A01", "99999999999999999999", "--reason", "x"), 1),
        (("adjust", "CUP", "A01", "-99999999999999999999", "--reason", "x"), 1),
        (("adjust", "CUP", "A01", "2", "--lot", "L", "--reason", "x"), 1),
        (("adjust", "CUP", "CUSTOMER", "2", "--reason", "x"), 1),
    ],
)
def test_what_cannot_be_moved_is_refused_and_nothing_is_booked(
    words: tuple[str, ...], status: int, floor: Shell
) -> None:
    before = floor.run("stock").json

    done = floor.run(*words)

    assert done.status == status
    assert "Traceback" not in done.err
    assert floor.run("stock").json == before
