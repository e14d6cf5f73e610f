"""A tiny warehouse for tests, the hands that work in it, and what its books say."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import Difference, verify
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.facts import Fact, encode
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_reference import import_workers
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.warehouses import ensure_warehouse, set_up_warehouse
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

PRODUCTS = "sku,name,name_zh,unit_cost,currency\nCUP,Tea cup,茶杯,1.50,GBP\nPOT,Tea pot,茶壶,12.25,GBP\n"
LOCATIONS = """location,kind,zone,block,aisle,side,position,level,x_mm,y_mm
A01,storage,A,1,1,L,1,1,0,1500
A02,storage,A,1,1,L,2,1,0,2500
B01,storage,B,1,2,L,1,1,4000,1500
C01,storage,C,1,3,L,1,1,8000,1500
PACK-01,packing,,,,,,,0,-4000
RECV-01,receiving,,,,,,,2000,-4000
T-0001,tote,,,,,,,,
"""
WORKERS = """worker,name,badge,role
W-01,Maud Ellis,W-01,manager
W-02,Sam Okafor,W-02,supervisor
W-03,Ana Ruiz,W-03,worker
W-04,李明,W-04,worker
"""
STOCK = "sku,location,quantity\nCUP,A01,10\nCUP,A02,4\nPOT,A02,3\nCUP,B01,20\nPOT,C01,6\n"
ORDER_HEADER = "order_no,line_no,ordered_at,service,sku,quantity,name,address1,city,country\n"


def at(clock: str) -> datetime:
    """This time on the tests' day."""
    return datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=UTC)


@dataclass
class TinyWarehouse:
    """Four shelves, two products, four people. `clock` is the time of day; facts carry their own."""

    database: Database
    clock: str = "08:00"
    clocks_are_wrong: bool = False
    """Whether what stations tell from the future was posted now all the same."""
    _sequences: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database.clock = lambda: at(self.clock)
        self.database.write(ensure_warehouse)
        set_up_warehouse(self.database, {"timezone": "UTC", "business_day_starts": "04:00", "currency": "GBP"})
        import_products(self.database, io.BytesIO(PRODUCTS.encode()))
        import_locations(self.database, io.BytesIO(LOCATIONS.encode()))
        import_workers(self.database, io.BytesIO(WORKERS.encode()))
        import_stock(self.database, io.BytesIO(STOCK.encode()))

    @property
    def url(self) -> str:
        """What another process is told to reach the same database."""
        return self.database.engine.url.render_as_string(hide_password=False)

    def release(self, order_no: str, sku: str, quantity: int) -> str:
        """Have one order imported, reserved and released; give its pick list."""
        row = f"{order_no},1,{at('07:00').isoformat()},next_day,{sku},{quantity},Ann,1 Lane,Leeds,GB\n"
        import_orders(self.database, "csv", "shop", [io.BytesIO((ORDER_HEADER + row).encode())], readers=READERS)
        reserve_open_orders(self.database)
        release_waves(self.database, WaveRequest())
        stop = tables.pick_stop
        return str(self.database.read(lambda tx: tx.value(select(stop.c.list_no).where(stop.c.order_no == order_no))))

    def happen(self, clock: str, worker: str, facts: Sequence[Fact], *, station: str = "S1", work: str = "") -> None:
        """Let facts happen at this time, posted and booked only now."""
        self.database.write(self._post, at(clock), worker, facts, station, work)
        book_everything(self.database)

    def on_hand(self) -> dict[tuple[str, str], int]:
        """Units by location and SKU, virtual places included, without zeros."""
        balance = tables.balance
        rows = self.database.read(lambda tx: tx.rows(select(balance).where(balance.c.on_hand != 0)))
        return {(row["location"], row["sku"]): row["on_hand"] for row in rows}

    def differences(self) -> tuple[Difference, ...]:
        """What does not tie in the books."""
        return self.database.read(verify).differences

    def _post(
        self,
        tx: Transaction,
        happened_at: datetime,
        worker: str,
        facts: Sequence[Fact],
        station: str,
        work: str | Sequence[str],
    ) -> None:
        """`work` is that of all these facts, or one for each."""
        works = [work] * len(facts) if isinstance(work, str) else work
        done = self._sequences.get(station, 0)
        rows = [
            {
                "fact_id": new_key(),
                "station": station,
                "incarnation": "1",
                "sequence": sequence,
                "worker": worker,
                "work": of,
                "epoch": 1,
                "kind": fact.kind,
                "version": fact.version,
                "payload": encode(fact),
                "content_hash": "",
                "happened_at": happened_at,
                "recorded_at": tx.now if self.clocks_are_wrong else max(tx.now, happened_at),
            }
            for sequence, (fact, of) in enumerate(zip(facts, works, strict=True), done + 1)
        ]
        tx.add(tables.fact, rows)
        cursor = {"station": station, "incarnation": "1", "applied_sequence": 0}
        tx.put(tables.station_cursor, [cursor], keep=True)
        self._sequences[station] = done + len(rows)
