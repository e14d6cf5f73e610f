"""Does the faults of a plan to a run, and undoes them."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pysqlite3

from warehouse_app.cli.simulation.plan import Fault
from warehouse_app.cli.simulation.processes import Child
from warehouse_app.cli.simulation.proxy import Network, Way, Weather
from warehouse_app.cli.simulation.rows import file_of
from warehouse_app.cli.simulation.server import OwnServer

CUTS = {
    "cut": Weather(up=False, down=False, takes_calls=False),
    "held": Weather(up=False, down=False),
    "no-answer": Weather(down=False),
    "unheard": Weather(up=False),
    "refused": Weather(refuses_calls=True),
}
RESET_AT_THE_END = ("cut",)
"""The network forgot these connections while they were cut: whoever goes on using them hears a reset."""


@dataclass
class Stage:
    """What faults can be done to."""

    url: str
    child_of: Callable[[str], Child]
    restart: Callable[[str], None]
    """Kill and start again the process of a station or the bookkeeper."""
    ways: dict[str, Way]
    network: Network | None
    server: OwnServer | None


@contextmanager
def under(fault: Fault, stage: Stage) -> Iterator[None]:
    """The fault is there inside, and healed afterwards."""
    undo = _do(fault, stage)
    try:
        yield
    finally:
        undo()


def _do(fault: Fault, stage: Stage) -> Callable[[], None]:
    if fault.act in CUTS:
        return _cut(fault, stage)
    if fault.act == "reset":
        _reset(stage, stage.ways[fault.target])
    elif fault.act == "slow-network":
        return _slow(fault, stage)
    elif fault.act == "locked":
        return _lock(stage.url)
    elif fault.act in ("kill-station", "kill-bookkeeper"):
        stage.restart(fault.target)
    elif fault.act == "kill-server":
        assert stage.server is not None
        stage.server.kill()
        return stage.server.start
    elif fault.act in ("disk-full", "slow-disk", "clock"):
        return _tell(fault, stage)
    return lambda: None


def _cut(fault: Fault, stage: Stage) -> Callable[[], None]:
    way = stage.ways[fault.target]
    if fault.act == "refused":
        _reset(stage, way)
    way.weather = CUTS[fault.act]

    def heal() -> None:
        if fault.act in RESET_AT_THE_END:
            _reset(stage, way)
        way.weather = Weather()

    return heal


def _reset(stage: Stage, way: Way) -> None:
    assert stage.network is not None
    stage.network.reset(way)
    until = time.monotonic() + 1
    while way.is_reset and time.monotonic() < until:
        time.sleep(0.005)


def _slow(fault: Fault, stage: Stage) -> Callable[[], None]:
    way = stage.ways[fault.target]
    way.weather = Weather(delay_s=fault.amount / 2, jitter_s=fault.amount)

    def heal() -> None:
        way.weather = Weather()

    return heal


def _lock(url: str) -> Callable[[], None]:
    """Somebody's backup program keeps the file."""
    connection = pysqlite3.connect(file_of(url), timeout=20, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")

    def heal() -> None:
        with closing(connection):
            connection.execute("ROLLBACK")

    return heal


def _tell(fault: Fault, stage: Stage) -> Callable[[], None]:
    name = {"disk-full": "disk_full", "slow-disk": "disk_s", "clock": "clock_s"}[fault.act]
    begins: object = True if fault.act == "disk-full" else fault.amount
    ends: object = False if fault.act == "disk-full" else 0
    stage.child_of(fault.target).send({"station": fault.target, name: begins})
    return lambda: stage.child_of(fault.target).send({"station": fault.target, name: ends})
