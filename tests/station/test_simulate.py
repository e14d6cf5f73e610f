"""Whole simulated runs by the command itself, and runs that were tampered with: the checker names what is wrong."""

import ast
import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.conftest import MakeUrl, SoakFigure, SoakSize
from tests.databases import FileMaker
from tests.processes import PROGRAM, ROOT, Premises
from tests.warehouse import TinyWarehouse
from warehouse_app.cli.simulation.checker import check
from warehouse_app.cli.simulation.kept import Row, read_lines
from warehouse_app.cli.simulation.namespaces import why_no_namespaces
from warehouse_app.cli.simulation.plan import KINDS, Wish, plan_faults
from warehouse_app.cli.simulation.proxy import Network, Weather
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

ROW = "partitions and resets"
CHECKER = ("checker", "contradictions", "effects", "kept")


def separate() -> str:
    """What the network's faults are made by when the run has a server of its own."""
    return "proxy" if why_no_namespaces() else "namespaces"


def simulated(url: str, folder: Path, *words: str, stations: int = 3) -> Row:
    """A run by the command; its folder is kept. It must be clean."""
    place = ("--database", url) if url else ()
    asked = ("--stations", str(stations), "--keep", str(folder / "kept"), "--limit-s", "300", *words)
    command = (*PROGRAM, "station", "simulate", "--json", *place, *asked)
    done = subprocess.run(command, capture_output=True, timeout=400, check=False, cwd=ROOT)
    assert done.stdout, done.stderr.decode()
    value: Row = json.loads(done.stdout)
    assert (value["findings"], done.returncode) == ([], 0)
    return value


def cuts_and_resets(url: str, folder: Path, *more: str, faults: int, orders: int, seed: int = 1) -> Row:
    """So many partitions and resets on the ways of three stations, each measured."""
    words = ("--faults", str(faults), "--orders", str(orders), "--seed", str(seed), "--fault", "partition,reset")
    value = simulated(url, folder, *words, *more, "--longest-ms", "150", "--pace-ms", "12", "--no-counts")
    assert value["drained"]["count"] == faults
    assert (value["posted"], value["lost"], value["doubled"]) == (value["facts"], 0, 0)
    return value


@pytest.mark.on("postgresql")
def test_what_waits_during_partitions_and_resets_is_posted_once_when_they_heal(
    make_url: MakeUrl, tmp_path: Path
) -> None:
    value = cuts_and_resets(make_url("stocked"), tmp_path, faults=20, orders=12)

    assert value["drained"]["slowest_s"] <= 10
    assert value["discrepancies"] == value["injected_contradictions"]


@pytest.mark.soak
@pytest.mark.on("postgresql")
def test_five_hundred_partitions_and_resets(
    make_url: MakeUrl, tmp_path: Path, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    faults, done, slowest_s, facts, seed = soak_size(500), 0, 0.0, 0, 0

    while done < faults:
        seed += 1
        folder = tmp_path / str(seed)
        # Every second run has a server of its own, so that its network is the kernel's where that can be had.
        url, words = (make_url("stocked"), ()) if seed % 2 else ("", ("--engine", "postgresql"))
        value = cuts_and_resets(url, folder, *words, faults=min(50, faults - done), orders=60, seed=seed)
        assert value["network"] == (separate() if words else "proxy")
        done += value["drained"]["count"]
        facts += value["facts"]
        slowest_s = max(slowest_s, value["drained"]["slowest_s"])
        shutil.rmtree(folder)

    soak_figure(ROW, f"{done:,} faults, {facts:,} facts", f"drained within {slowest_s:.1f} s, none twice")


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 6))
def test_every_kind_of_fault_on_both_engines(make_url: MakeUrl, tmp_path: Path, seed: int) -> None:
    value = simulated(make_url("stocked"), tmp_path, "--orders", "40", "--seed", str(seed), stations=4)

    assert value["discrepancies"] == value["injected_contradictions"] > 0


@pytest.mark.soak
@pytest.mark.on("postgresql")
@pytest.mark.parametrize("seed", range(1, 4))
def test_run_whose_server_is_killed_too(tmp_path: Path, seed: int) -> None:
    words = ("--engine", "postgresql", "--fault", "kill,reset", "--faults", "20", "--seed", str(seed))
    value = simulated("", tmp_path, "--orders", "40", *words, stations=4)

    assert value["faults"]["kill-server"] > 0
    assert value["network"] == separate()


@pytest.fixture(scope="module")
def kept_run(files: FileMaker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small clean run on a file, with contradictions, kept."""
    folder = tmp_path_factory.mktemp("simulated")
    url = files.make("stocked", folder)
    simulated(url, folder, "--orders", "6", "--seed", "3", "--fault", "none", "--pace-ms", "1", stations=2)
    return folder / "kept"


def rewrite(path: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in change(list(read_lines(path)))))


def without_a_fact(folder: Path) -> None:
    rewrite(folder / "tables" / "fact.jsonl", lambda rows: rows[:-5] + rows[-4:])


def with_a_doubled_move(folder: Path) -> None:
    def change(rows: list[Row]) -> list[Row]:
        picked = next(row for row in rows if row["cause_kind"] == "picked")
        return [*rows, {**picked, "move_no": max(row["move_no"] for row in rows) + 1}]

    rewrite(folder / "tables" / "move.jsonl", change)


def with_two_holders(folder: Path) -> None:
    first = next(read_lines(folder / "stations" / "S01" / "claims.jsonl"))
    rewrite(folder / "stations" / "S02" / "claims.jsonl", lambda rows: [*rows, first])


def with_a_discrepancy(folder: Path) -> None:
    extra = {
        "warehouse_id": "WH1", "discrepancy_id": "x", "kind": "handed_over_twice", "order_no": "1", "sku": "22423",
        "location": "A", "quantity": 1, "detail": "",
    }  # fmt: skip
    rewrite(folder / "tables" / "discrepancy.jsonl", lambda rows: [*rows, extra])


def without_a_discrepancy(folder: Path) -> None:
    rewrite(folder / "tables" / "count_result.jsonl", lambda _rows: [])


def with_an_announced_fact(folder: Path) -> None:
    announced = {"at": 0.0, "scan": "x", "facts": ["01-never-written"]}
    rewrite(folder / "stations" / "S01" / "announced.jsonl", lambda rows: [*rows, announced])


def with_too_much_promised(folder: Path) -> None:
    def change(rows: list[Row]) -> list[Row]:
        place = next(place for place, row in enumerate(rows) if row["physical"] and row["on_hand"])
        rows[place] = {**rows[place], "allocated": rows[place]["on_hand"] + 1}
        return rows

    rewrite(folder / "tables" / "balance.jsonl", change)


def with_books_behind(folder: Path) -> None:
    def change(rows: list[Row]) -> list[Row]:
        return [{**row, "applied_sequence": row["applied_sequence"] - 1} for row in rows]

    rewrite(folder / "tables" / "station_cursor.jsonl", change)


@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        (without_a_fact, "lost"),
        (with_an_announced_fact, "lost"),
        (with_a_doubled_move, "doubled"),
        (with_two_holders, "claim"),
        (with_a_discrepancy, "discrepancy"),
        (without_a_discrepancy, "discrepancy"),
        (with_too_much_promised, "oversold"),
        (with_books_behind, "unapplied"),
    ],
)
def test_checker_names_what_was_tampered_with(
    tamper: Callable[[Path], None], kind: str, kept_run: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "tampered"
    shutil.copytree(kept_run, folder, ignore=shutil.ignore_patterns("warehouse.db*", "home"))
    assert check(folder).findings == ()

    tamper(folder)

    assert kind in {finding.kind for finding in check(folder).findings}


def test_checker_knows_nothing_of_the_product() -> None:
    imported = set()
    for name in CHECKER:
        tree = ast.parse((ROOT / "warehouse_app" / "cli" / "simulation" / f"{name}.py").read_text())
        imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    ours = {name for name in imported if name.startswith("warehouse_app")}

    assert ours <= {f"warehouse_app.cli.simulation.{name}" for name in CHECKER}


def test_same_seed_means_the_same_faults() -> None:
    wish = Wish(stations=3, orders=10, seed=7, faults=60)
    names = ("S01", "S02", "S03")

    plans = [plan_faults(wish, names, on_file=False, own_server=True) for _ in range(2)]
    other = plan_faults(Wish(3, 10, 8, faults=60), names, on_file=False, own_server=True)

    assert plans[0] == plans[1] != other
    assert len(plans[0]) == 60
    assert set(KINDS) == set(wish.kinds)


@pytest.mark.on("sqlite")
def test_warehouse_that_is_in_use_is_not_simulated_on(make_url: MakeUrl, tmp_path: Path) -> None:
    url = make_url("migrated")
    database = Database(open_database(url))
    TinyWarehouse(database)
    database.close()

    done = Premises(url, tmp_path / "home").run("station", "simulate", "--orders", "1", "--fault", "none")

    assert done.returncode == 1
    assert done.stderr.startswith(b"error: The database of --database holds a warehouse that is in use.")


@contextmanager
def echo() -> Iterator[int]:
    """A server that sends back what it hears; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    call, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=send_back, args=(call,), daemon=True).start()

        threading.Thread(target=answer, daemon=True).start()
        yield listener.getsockname()[1]


def send_back(call: socket.socket) -> None:
    with closing(call), suppress(ConnectionResetError):
        while data := call.recv(100):
            call.sendall(data)


def test_way_keeps_back_what_is_sent_while_it_is_held_and_a_reset_is_heard() -> None:
    with echo() as port, Network(lambda: socket.create_connection(("127.0.0.1", port)), seed=1) as network:
        way = network.add_way("S01")
        with socket.create_connection(("127.0.0.1", way.port), timeout=0.2) as station:
            station.sendall(b"one")
            first = station.recv(10)
            way.weather = Weather(down=False)
            station.sendall(b"two")
            with pytest.raises(TimeoutError):
                station.recv(10)
            way.weather = Weather()
            station.settimeout(5)
            second = station.recv(10)
            network.reset(way)
            with pytest.raises(ConnectionResetError):
                station.recv(10)

    assert (first, second) == (b"one", b"two")
