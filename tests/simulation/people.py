"""Those who are not at a bench: the desk that decides, and the bookkeeper."""

import io
import random

from tests.order_desk import HEADER
from tests.simulation.network import Wire
from tests.simulation.trace import Trace
from tests.warehouse import at
from warehouse_app.books.bookkeeping import book_everything, book_facts
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.operations.cancelling import cancel_order, finish_cancellations, hold_order, unhold_order
from warehouse_app.operations.claims import list_claims, take_over
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.waves import WaveRequest, release_waves

FIRST_NEW_ORDER = 20


class SimBookkeeper:
    """Applies facts, a batch at a time."""

    busyness = 2.0

    def __init__(self, name: str, wire: Wire, dice: random.Random, trace: Trace) -> None:
        self.name, self._wire, self._dice, self._trace = name, wire, dice, trace

    def act(self) -> None:
        """Book the next facts."""
        try:
            done = book_facts(self._wire, self._dice.choice((1, 5, 250)))
            self._trace.tell(self.name, "has booked", done.applied, "and parked", done.parked)
        except WarehouseError as error:
            self._trace.tell(self.name, "cannot book:", type(error).__name__)


class SimDesk:
    """Takes orders in, releases them, cancels and holds them."""

    name = "DESK"

    def __init__(self, wire: Wire, dice: random.Random, trace: Trace, *, takes_over: bool) -> None:
        self.wire, self._dice, self._trace = wire, dice, trace
        self._takes_over = takes_over
        self.busyness = 3.0 if takes_over else 1.0
        self._next_order = FIRST_NEW_ORDER
        self.cancelled: set[str] = set()
        """Orders whose cancellation was asked for, whether or not the desk heard that it was done."""

    def act(self) -> None:
        """Decide something; what cannot be decided is left."""
        acts = (self._take_order, self._release, self._cancel, self._hold, self._take_over)
        (act,) = self._dice.choices(acts, (2, 1, 2, 1, 9 if self._takes_over else 0))
        try:
            act()
        except WarehouseError as error:
            self._trace.tell(self.name, "cannot:", type(error).__name__, error)

    def rename(self) -> None:
        """A product is called otherwise from now on."""
        name = f"Tea cup {self._dice.randrange(1000)}"
        self._trace.tell(self.name, "renames CUP to", name)
        try:
            import_products(self.wire, io.BytesIO(f"sku,name\nCUP,{name}\n".encode()))
        except WarehouseError as error:
            self._trace.tell(self.name, "cannot:", type(error).__name__, error)

    def _take_order(self) -> None:
        number, self._next_order = self._next_order, self._next_order + 1
        sku, units = self._dice.choice(("CUP", "POT")), self._dice.randint(1, 4)
        self._trace.tell(self.name, "takes order", number, units, sku)
        row = f"{number},1,{at('11:00').isoformat()},next_day,{sku},{units},Ann,1 Lane,Leeds,GB,partial,C-1,\n"
        import_orders(self.wire, "csv", "shop", [io.BytesIO((HEADER + row).encode())], readers=READERS)
        self._release()

    def _release(self) -> None:
        self._trace.tell(self.name, "reserves and releases")
        reserve_open_orders(self.wire)
        release_waves(self.wire, WaveRequest())

    def _cancel(self) -> None:
        order_no = str(self._dice.randint(1, 9))
        self.cancelled.add(order_no)
        self._trace.tell(self.name, "cancels", order_no)
        self.wire.write(cancel_order, order_no, "customer", "W-02")

    def _hold(self) -> None:
        order_no = str(self._dice.randint(1, 9))
        decide = self._dice.choice((hold_order, unhold_order, unhold_order))
        self._trace.tell(self.name, decide.__name__, order_no)
        self.wire.write(decide, order_no, "why", "W-02")

    def _take_over(self) -> None:
        held = self.wire.read(list_claims)
        if held:
            work = self._dice.choice(held).work
            self._trace.tell(self.name, "takes over", work)
            book_everything(self.wire)
            self.wire.write(take_over, work, "W-02", "the station is silent")
            self.wire.write(finish_cancellations)
