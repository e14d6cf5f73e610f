"""From the scan to the answer with its facts on disk, whatever the shared database does meanwhile."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.conftest import MakeUrl, SoakFigure, SoakSize
from tests.databases import pick_everything, release_orders
from tests.processes import ROOT
from tests.slow_network import SlowNetwork
from tools.postgres import PostgresServer
from warehouse_app.cli.benchmarks.figures import percentile
from warehouse_app.store.database import Database
from warehouse_app.store.engine import database_url, open_database

pytestmark = pytest.mark.on("postgresql")

LIMIT_MS = 16.0
"""For a machine with nothing else to do."""

ROW = "scan to confirmed feedback with the shared database frozen, cut off, or answering in 2 s"


class Bench:
    """A bench in a process of its own, behind a network that may fail."""

    def __init__(self, server: PostgresServer, network: SlowNetwork, url: str, home: Path) -> None:
        self.server, self.network = server, network
        by_network = server.network_url(database_url(url).database or "")
        by_network = by_network.replace(f":{server.port}/", f":{network.port}/")
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.station.scan_path", by_network, str(home)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        self.orders = int(json.loads(self._said()))

    def pack(self, orders: int) -> list[float]:
        """Pack so many orders; gives the milliseconds of each scan."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{orders}\n")
        self._process.stdin.flush()
        return list(json.loads(self._said()))

    def end(self) -> None:
        self._process.communicate(timeout=60)

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def live(_: Bench) -> Iterator[None]:
    yield


@contextmanager
def frozen(bench: Bench) -> Iterator[None]:
    bench.server.freeze()
    yield
    bench.server.thaw()


@contextmanager
def cut_off(bench: Bench) -> Iterator[None]:
    bench.network.fall_silent()
    yield
    bench.network.heal()


@contextmanager
def answering_in_two_seconds(bench: Bench) -> Iterator[None]:
    bench.network.delay_s = 1.0
    yield
    bench.network.heal()


State = Callable[[Bench], AbstractContextManager[None]]
STATES: Sequence[State] = (live, frozen, cut_off, answering_in_two_seconds)


@pytest.fixture
def start(postgres: PostgresServer, tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    benches: list[Bench] = []
    with SlowNetwork(postgres.port) as network:

        def start(url: str) -> Bench:
            benches.append(Bench(postgres, network, url, tmp_path / "home"))
            return benches[-1]

        yield start
        postgres.thaw()
        network.heal()
        for bench in benches:
            bench.end()


@pytest.mark.soak
def test_scans_are_as_fast_as_live(
    start: Callable[[str], Bench], make_url: MakeUrl, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    orders = soak_size(15)
    url = make_url("migrated")
    database = Database(open_database(url))
    release_orders(database, len(STATES) * orders)
    pick_everything(database)
    database.close()
    bench = start(url)

    times = measure(bench, orders=bench.orders // len(STATES))

    p99 = {state: percentile(ms, 0.99) for state, ms in times.items()}
    assert max(p99.values()) <= LIMIT_MS
    figures = ", ".join(f"{state.replace('_', ' ')} {ms:.1f} ms" for state, ms in p99.items())
    soak_figure(ROW, f"{min(map(len, times.values()))} scans or more in each state", f"p99 {figures}")


def measure(bench: Bench, *, orders: int) -> dict[str, list[float]]:
    """The milliseconds of every scan in each of the states."""
    times = {}
    for state in STATES:
        with state(bench):
            times[state.__name__] = bench.pack(orders)
    return times
