"""The tiny house in the middle of a day, built once a process: every simulated run begins with a copy of it."""

import gc
import io
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pysqlite3

from tests.order_desk import Buyer, OrderDesk
from tests.simulation.arithmetic import Done, Reckoning
from tests.simulation.evidence import Tables
from tests.simulation.network import Network
from warehouse_app.domain.facts import GoodsReceived
from warehouse_app.operations.counting_plan import plan_counts
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.station.file import RESERVE_SETTING, StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import upgrade

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""When a run begins; the house was filled in the morning."""

TASKS = ("pick", "pick", "pack", "pack", "receive", "putaway", "ship", "count")
NAMES = ("NORTH", "EAST", "SOUTH", "WEST")
BUYER = Buyer(policy="partial")
PURCHASES = "po_no,line_no,supplier,sku,quantity,unit_cost\nPO-1,1,SUP,CUP,12,1.99\nPO-2,1,SUP,POT,4,0.37\n"
STATION_FILE = "station.db"


class House:
    """The shared database in memory, its first state, and the file with which each station begins."""

    def __init__(self) -> None:
        self.engine = open_database("sqlite://")
        upgrade(self.engine)
        desk = OrderDesk(Database(self.engine))
        _fill(desk)
        borrowed = self.engine.raw_connection()
        self.live: Any = borrowed.driver_connection
        """The driver's own connection, for checks that share no code with the product and for copies."""
        borrowed.close()
        self.tables = Tables(self.live)
        self._first = self.copy()
        self._first_lying, self._first_lines = self.tables.lying(), self.tables.lines()
        self.network = Network(self.engine)
        self._folder = ram_folder("warehouse-stations-")
        self._station_files = {name: self._begin_station(name) for name in NAMES}

    def copy(self) -> Any:  # noqa: ANN401 - the driver ships no types
        """The database as it is now: what a backup holds."""
        kept = pysqlite3.connect(":memory:")
        self.live.backup(kept)
        return kept

    def put_back(self, kept: Any) -> None:  # noqa: ANN401 - the driver ships no types
        """Replace the database by such a copy."""
        kept.backup(self.live)

    def reckoning(self) -> Reckoning:
        """What was so at noon, to which a run's facts are added."""
        lines: Done = defaultdict(Counter, {key: Counter(done) for key, done in self._first_lines.items()})
        return Reckoning(Counter(self._first_lying), lines)

    def begin(self, folder: Path, stations: Iterable[str]) -> None:
        """Everything as at noon: the database, and the folders of these stations in this one."""
        self.put_back(self._first)
        for name in stations:
            home = folder / name
            home.mkdir(parents=True)
            (home / STATION_FILE).write_bytes(self._station_files[name])

    def _begin_station(self, name: str) -> bytes:
        """The file of a station that was connected once and has done nothing yet."""
        home = self._folder / name
        file = StationFile(home, name)
        link = Link(file, Database(self.engine, clock=lambda: NOON), Replica(file))
        link.connect()
        file.set(RESERVE_SETTING, "0")
        link.close()
        file.close()
        content = (home / STATION_FILE).read_bytes()
        shutil.rmtree(home)
        return content


@cache
def the_house() -> House:
    """The house of this process."""
    house = House()
    # What is there now stays for ever: the collector need not look at it again in each run.
    gc.freeze()
    return house


def ram_folder(prefix: str) -> Path:
    """A folder in memory where the system has one: what disks do in a power cut is tested elsewhere."""
    memory = Path("/dev/shm")  # noqa: S108 - a fresh folder in it, which nobody else can open
    return Path(mkdtemp(prefix=prefix, dir=memory if memory.is_dir() else None))


def _fill(desk: OrderDesk) -> None:
    """Work for every task: orders to be packed, shipped and picked, deliveries, goods on the dock, a count."""
    import_purchase_orders(desk.database, io.BytesIO(PURCHASES.encode()))
    desk.database.write(_more_totes)
    desk.pick(desk.picking("1"))
    desk.pick(desk.picking("2", 3))
    desk.packed("3")
    desk.packed("4", 1)
    for number in range(5, 9):
        desk.take(str(number), ("CUP", 2), ("POT", 1 + number % 2), buyer=BUYER)
        desk.release_all()
    desk.take("9", ("CUP", 3), buyer=BUYER)
    desk.happen("09:30", "W-03", [GoodsReceived("PO-0", 0, "", "CUP", "", "", "", 6, "RECV-01")])
    desk.database.write(plan_counts, "W-02", locations=("B01", "C01"))


def _more_totes(tx: Transaction) -> None:
    totes = [{"location": f"T-{number:04d}", "kind": "tote", "pickable": False} for number in range(5, 12)]
    tx.put(tables.location, totes)
    tx.put(tables.location, [{"location": "DAMAGED", "kind": "damaged", "pickable": False, "sellable": False}])
