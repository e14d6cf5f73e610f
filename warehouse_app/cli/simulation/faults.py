"""Does the faults of a plan to a run, and undoes them."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pysqlite3

from warehouse_app.cli.simulation.cabling import FAULTS, Cabling, Harm
from warehouse_app.cli.simulation.plan import Fault
from warehouse_app.cli.simulation.processes import Child
from warehouse_app.cli.simulation.rows import file_of
from warehouse_app.cli.simulation.server import OwnServer


@dataclass
class Stage:
    """What faults can be done to."""

    url: str
    child_of: Callable[[str], Child]
    restart: Callable[[str], None]
    """Kill and start again the process of a station or the bookkeeper."""
    cabling: Cabling | None
    server: OwnServer | None


@contextmanager
def under(fault: Fault, stage: Stage) -> Iterator[str]:
    """The fault is there inside, and healed afterwards; gives what it is done by."""
    harm = _do(fault, stage)
    try:
        yield harm.by
    finally:
        harm.heal()


def _do(fault: Fault, stage: Stage) -> Harm:
    if fault.act in FAULTS:
        assert stage.cabling is not None
        return stage.cabling.harm(fault)
    if fault.act == "locked":
        return Harm("lock", _lock(stage.url))
    if fault.act in ("kill-station", "kill-bookkeeper"):
        stage.restart(fault.target)
        return Harm("SIGKILL")
    if fault.act == "kill-server":
        assert stage.server is not None
        stage.server.kill()
        return Harm("SIGKILL", stage.server.start)
    return Harm("the station itself", _tell(fault, stage))


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
