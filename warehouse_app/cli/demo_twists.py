"""What does not go as planned on the demonstration's day: short picks, wrong items, a cancellation, a late find."""

from collections.abc import Callable, Mapping

from warehouse_app.domain.counting import CountSession
from warehouse_app.domain.packing_state import PackState
from warehouse_app.domain.picking_state import PickState
from warehouse_app.domain.receiving import ReceiveState
from warehouse_app.domain.scan import command_code, quantity_code
from warehouse_app.domain.session import Expected
from warehouse_app.station.bench import ConnectedBench

UNKNOWN_CODE = "4006381333931"


class Every:
    """Says yes once in so many times, from the first on."""

    def __init__(self, times: int) -> None:
        self._times = times
        self._count = 0

    def now(self) -> bool:
        """Whether it is time again."""
        self._count += 1
        return self._count % self._times == 1


class ReceiveTwist:
    """A delivery brings too many of one product and too few of another."""

    def __init__(self) -> None:
        self._over = self._short = False

    def __call__(self, bench: ConnectedBench, expected: tuple[Expected, ...]) -> str | None:
        state = bench.bench.session.state
        if not isinstance(state, ReceiveState):
            return None
        if not self._over and expected[0].scan_text == command_code("DONE"):
            # Everything that was ordered has come, and one more.
            line = state.packet.lines[0]
            if bench.scan(line.sku).feedback.kind == "too_many":
                self._over = True
                return command_code("ACCEPT")
        if self._over and not self._short and len(expected) == 2:  # noqa: PLR2004 - one product left, and DONE
            self._short = True
            return command_code("DONE")
        return None


class PickTwist:
    """Some faces hold less than the books say, and now and then a hand takes the neighbour."""

    def __init__(self) -> None:
        self._missing, self._damaged, self._wrong = Every(400), Every(900), Every(150)
        self._slipped = ""

    def __call__(self, bench: ConnectedBench, expected: tuple[Expected, ...]) -> str | None:
        state = bench.bench.session.state
        if not isinstance(state, PickState) or expected[0].kind != "product":
            return None
        progress = state.current
        key = f"{state.packet.list_no}/{progress.stop.stop_no if progress else 0}"
        if self._slipped == key or progress is None:
            return None
        self._slipped = key
        if self._missing.now():
            return command_code("SHORT-MISSING")
        if self._damaged.now():
            return command_code("SHORT-DAMAGED")
        if self._wrong.now():
            return next((other.stop.sku for other in state.stops.values() if other.stop.sku != progress.stop.sku), None)
        return None


class PackTwist:
    """Wrong items, unknown codes, one too many, a scan undone, a carton reopened, and a cancelled order."""

    def __init__(self, cancel: Callable[[str], None]) -> None:
        self._cancel = cancel
        self._wrong, self._unknown, self._undo, self._reopen = Every(97), Every(211), Every(173), Every(40)
        self._orders_begun: set[str] = set()
        self._undone = self._reopened = ""

    def __call__(self, bench: ConnectedBench, expected: tuple[Expected, ...]) -> str | None:
        state = bench.bench.session.state
        if not isinstance(state, PackState):
            return None
        order_no = state.packet.order_no
        if state.finished:
            return self._after(bench, state)
        if expected[0].kind != "product" or not state.units_packed:
            return None
        if order_no not in self._orders_begun:
            self._orders_begun.add(order_no)
            if len(self._orders_begun) == 5:  # noqa: PLR2004 - the fifth order of the day
                self._cancel(order_no)
                bench.catch_up()
                return next((one.scan_text for one in bench.bench.expected()), None)
        return self._slip(state)

    def _slip(self, state: PackState) -> str | None:
        order_no = state.packet.order_no
        if self._wrong.now():
            return "22423" if all(line.sku != "22423" for line in state.lines.values()) else UNKNOWN_CODE
        if self._unknown.now():
            return UNKNOWN_CODE
        if self._undo.now() and self._undone != order_no:
            self._undone = order_no
            return command_code("UNDO")
        return None

    def _after(self, bench: ConnectedBench, state: PackState) -> str | None:
        """The last carton is opened once more, because the card was forgotten, and closed again."""
        order_no = state.packet.order_no
        if self._reopened == order_no or not self._reopen.now():
            return None
        self._reopened = order_no
        bench.scan(command_code("REOPEN"))
        return command_code("CLOSE")


class CountTwist:
    """Counts what lies there: what the books say, but for some places where they are wrong."""

    def __init__(self, lies_there: Mapping[tuple[str, str, str], int]) -> None:
        self._lies_there = lies_there
        self._typed: set[tuple[str, int, str, str, str]] = set()

    def __call__(self, bench: ConnectedBench, expected: tuple[Expected, ...]) -> str | None:  # noqa: ARG002 - see Twist
        session = bench.bench.session
        if not isinstance(session, CountSession) or not session.last_quantity or session.state is None:
            return None
        counted = session.last_counted
        if counted is None:
            return None
        key = (counted.sheet_no, counted.round_no, counted.location, counted.sku, counted.lot)
        there = self._lies_there.get((counted.location, counted.sku, counted.lot), 0)
        if key in self._typed or there <= 1:
            return None
        self._typed.add(key)
        return quantity_code(there)
