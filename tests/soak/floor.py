"""What a station does among many others: one scan after the other, or whole jobs that it reports all at once."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Column, select

from tests.hands import Station, Waiting, named_by
from tests.soak.house import HOT, product, shelf
from tests.soak.report import Tally
from warehouse_app.domain.facts import Fact, GoodsReceived, HandedOver, PutAway, WorkFinished
from warehouse_app.domain.scan import ScanKind, order_code, pick_list_code
from warehouse_app.domain.session import Expected, Need
from warehouse_app.operations.claiming import WorkHeldElsewhere
from warehouse_app.operations.packing import waiting_orders
from warehouse_app.operations.picking import waiting_pick_lists
from warehouse_app.operations.putaway import claim_putaway, waiting_putaways
from warehouse_app.operations.shipping import claim_manifest, waiting_cartons
from warehouse_app.station.posting import BATCH
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

RECEIVING = "receive:PO-1"
LOOK_AGAIN_S = 0.5
"""Who has just seen that nothing waits does not ask again at once."""

MANY = 300
PLENTY: dict[Waiting, tuple[Column[str], str, Callable[[str], str]]] = {
    waiting_pick_lists: (tables.pick_list.c.list_no, "open", pick_list_code),
    waiting_orders: (tables.fulfilment_order.c.order_no, "picked", order_code),
}
"""Where whole jobs are looked for: sixty stations that all took one of the first twenty would mostly clash."""


def _plenty(tx: Transaction, name: Column[str], state: str, code: Callable[[str], str]) -> list[Expected]:
    waits = select(name).where(tx.mine(name.table), name.table.c.state == state).limit(MANY)
    return [Expected("", code(row[0])) for row in tx.connection.execute(waits)]


@dataclass
class Bench(Station):
    """A station that may be away: what it reports then is posted when it is back, as many facts at once as others."""

    tally: Tally = field(default_factory=Tally)
    _away: bool = False
    _kept: list[tuple[Fact, str]] = field(default_factory=list)
    _seen: dict[Waiting, list[Expected]] = field(default_factory=dict)
    _look_again: dict[Waiting, float] = field(default_factory=dict)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Reports wait until the end of the block."""
        self._away, self._seen = True, {}
        try:
            yield
        finally:
            self._away = False
            self._post()

    def report(self, facts: Sequence[Fact], work: str) -> None:
        self._kept += [(fact, work) for fact in facts]
        if not self._away:
            self._post()

    def choose(self, waiting: Waiting, number: int) -> Expected | None:
        if time.monotonic() < self._look_again.get(waiting, 0.0):
            return None
        found = self._look(waiting)
        if not found:
            self._look_again[waiting] = time.monotonic() + LOOK_AGAIN_S
        return found.pop(number % len(found)) if found else None

    def _look(self, waiting: Waiting) -> list[Expected]:
        """What waits; who is away looks only once, before he goes."""
        if not self._away or waiting not in PLENTY:
            return list(self.desk.database.read(waiting, self.holder))
        if waiting not in self._seen:
            self._seen[waiting] = self.desk.database.read(_plenty, *PLENTY[waiting])
        return self._seen[waiting]

    def is_to_stop(self, order_no: str) -> bool:
        return not self._away and super().is_to_stop(order_no)

    def _post(self) -> None:
        kept, self._kept = self._kept, []
        for start in range(0, len(kept), BATCH):
            facts, works = zip(*kept[start : start + BATCH], strict=True)
            post = self.desk._post  # noqa: SLF001 - the house's own way to post what it has not booked
            self.desk.database.write(post, self.desk.database.clock(), self.worker, facts, self.name, works)
            self.tally.posted(len(facts))


class Floor:
    """One person with one station; what every act came to is counted."""

    def __init__(self, bench: Bench, number: int, dice: random.Random) -> None:
        self.bench, self.number, self.dice, self.tally = bench, number, dice, bench.tally
        self.acts: dict[str, Callable[[], object]] = {
            "receive": self.receive, "delivery": self.delivery, "pick": self.pick, "walk a list": self.walk,
            "pack": self.pack, "pack many": self.pack_many, "hand over": self.hand_over, "load a van": self.load,
            "put back": self.put_back,
        }  # fmt: skip

    def receive(self) -> None:
        self.bench.report(self._line(), RECEIVING)

    def delivery(self) -> None:
        """A delivery of up to fifty lines, unloaded out of the network's reach."""
        with self.bench.away():
            for _ in range(self.dice.randint(5, 50)):
                self.receive()

    def _line(self) -> list[Fact]:
        sku, units = product(self.dice), self.dice.randint(5, 20)
        place = shelf(int(sku[1:]) + 100 * self.dice.randrange(4))
        received = GoodsReceived("PO-1", int(sku == HOT), "", sku, "", "", "", units, "RECV-01")
        return [received, PutAway("", sku, "", units, "RECV-01", place)]

    def pick(self) -> None:
        """The next thing that a picker does: take a list, empty a stop of it, or bring it in."""
        if self.bench.picking is None:
            self._take_list()
        elif self.bench.picking.left:
            self.bench.pick(0, 9, self._finding())
        else:
            self.bench.bring_in()

    def walk(self) -> None:
        """Take a list, if there is none in hand, and all that is left on it."""
        with self.bench.away():
            if self.bench.picking is None:
                self._take_list()
            while self.bench.picking is not None:
                self.pick()

    def _take_list(self) -> None:
        self.bench.take_list(self.dice.randrange(MANY))
        self.tally.decided(self.bench.picking is not None)

    def pack(self) -> None:
        """The next thing that a packer does: take an order, pack units of it, or close its carton."""
        packing = self.bench.packing
        if packing is None:
            self.bench.open_order(self.dice.randrange(MANY))
            self.tally.decided(self.bench.packing is not None)
        elif packing.packed < len(packing.packet.units):
            self.bench.pack(1, self._finding())
        else:
            self.bench.close_carton(last=True)

    def pack_many(self) -> None:
        """Pack some orders one after the other and report them together; what somebody else has taken is passed by."""
        with self.bench.away():
            for _ in range(self.dice.randint(3, 8)):
                try:
                    self.pack()
                except WorkHeldElsewhere:
                    continue
                while self.bench.packing is not None:
                    self.pack()

    def hand_over(self) -> None:
        self.bench.hand_over(self.dice.randrange(10), refused=self.dice.random() < 0.1)

    def load(self) -> None:
        """Hand over every carton that waits for one carrier."""
        expected = self.bench.choose(waiting_cartons, 0)
        if expected is None:
            return
        need = Need(ScanKind.SSCC, expected.scan_text.removeprefix("00"))
        packet = self.bench.desk.database.write(claim_manifest, self.bench.holder, need)
        self.tally.decided()
        ready = [one for one in packet.cartons if not one.stopped]
        loaded = [HandedOver(one.order_no, one.carton, packet.carrier, packet.manifest_no) for one in ready]
        self.bench.report([*loaded, WorkFinished(packet.work)], packet.work)

    def put_back(self) -> None:
        """What is left in a tote or carton of orders that were cancelled goes to the shelves again."""
        expected = self.bench.choose(waiting_putaways, self.dice.randrange(20))
        if expected is None:
            return
        name = expected.scan_text.removeprefix("00") if expected.kind == "carton" else named_by(expected.scan_text)
        need = Need(ScanKind.LOCATION, name)
        packet = self.bench.desk.database.write(claim_putaway, self.bench.holder, need)
        self.tally.decided()
        facts: list[Fact] = [
            PutAway(units.owner, units.sku, units.lot, units.quantity, packet.source, units.suggestions[0])
            for units in packet.units
            if units.suggestions
        ]
        self.bench.report([*facts, WorkFinished(packet.work)], packet.work)

    def _finding(self) -> str:
        return self.dice.choice(("picked",) * 30 + ("missing", "damaged"))
