"""The hands at one station: they do what is expected, slip now and then, and meet what the books do not know."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from warehouse_app.cli.simulation.plan import chance
from warehouse_app.domain.counting import CountSession, CountState
from warehouse_app.domain.packing import PackSession
from warehouse_app.domain.packing_state import PackState
from warehouse_app.domain.picking_state import PickState
from warehouse_app.domain.putaway import PutawaySession, PutawayState
from warehouse_app.domain.receiving import ReceiveState
from warehouse_app.domain.scan import command_code, location_code, lot_code, quantity_code
from warehouse_app.domain.session import Expected, FeedbackKind
from warehouse_app.station.bench import ConnectedBench

SLIP = 0.04
"""The part of the scans that is simply wrong."""
SHORT, MISSING, DAMAGED, OVER, UNDER, ASTRAY = 0.04, 0.03, 0.02, 0.25, 0.2, 0.1
"""How likely the floor is otherwise than the books: at a stop, a line at the bench, a delivery, a putaway."""

WRONG_CODES = ("4006381333931", "LOC:NOWHERE", "TOTE:T-9999", "CMD:NONSENSE", "", "BOX:?", "QTY:0")

Shelves = Mapping[str, Mapping[tuple[str, str], int]]
"""Where what really lies: units by location, then SKU and lot."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What the next scan will say that the books do not know; `about` names the thing as `docs/simulation.md` does."""

    kind: str
    about: tuple[object, ...]
    note: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NextScan:
    """What the hands scan next, and the contradiction that comes of it."""

    scan_text: str
    contradiction: Contradiction | None = None


class Hands:
    """Chooses scans. What the floor is like depends on the seed and the thing; slips only on the seed and the hands."""

    def __init__(self, seed: int, station: str, shelves: Shelves, astray: frozenset[str]) -> None:
        self.shelves = shelves
        self._seed = seed
        self._luck = chance(seed, station, "slips")
        self._spoken: set[tuple[object, ...]] = set()
        self._astray = astray
        """Empty places where something may be put by mistake."""

    def spoken(self, kind: str, about: tuple[object, ...]) -> None:
        """A contradiction that was set out to be done before this process began."""
        self._spoken.add((kind, *about))

    def next_scan(self, bench: ConnectedBench, expected: tuple[Expected, ...]) -> NextScan:
        """What comes next; `expected` is not empty."""
        if self._luck.random() < SLIP:
            return NextScan(self._luck.choice(WRONG_CODES))
        session = bench.bench.session
        state = session.state
        if state is None or bench.bench.idle:
            # Not everybody takes the first of what waits, or they would all be in each other's way.
            return NextScan(self._luck.choice(expected).scan_text)
        found: NextScan | None = None
        if isinstance(state, PickState):
            found = self._pick(state, expected)
        elif isinstance(state, PackState) and isinstance(session, PackSession):
            found = self._pack(session, state, expected)
        elif isinstance(state, ReceiveState):
            found = self._receive(bench, state, expected)
        elif isinstance(state, PutawayState) and isinstance(session, PutawaySession):
            found = self._put_away(state, expected)
        elif isinstance(state, CountState) and isinstance(session, CountSession):
            found = self._count(session, state, expected)
        return found or NextScan(expected[0].scan_text)

    def _says(self, kind: str, about: tuple[object, ...], likely: float, *names: object) -> bool:
        """Whether the floor contradicts the books here; each thing once a run and station."""
        if (kind, *about) in self._spoken:
            return False
        return self._luck_of(kind, *about, *names).random() < likely

    def _luck_of(self, *names: object) -> random.Random:
        return chance(self._seed, *names)

    def _pick(self, state: PickState, expected: tuple[Expected, ...]) -> NextScan | None:
        progress = state.current
        if progress is None or progress.picked or expected[0].kind != "product":
            return None
        stop = progress.stop
        about = (stop.order_no, stop.sku, stop.location)
        if not self._says("picked_short", about, SHORT):
            return None
        return NextScan(
            command_code("SHORT-MISSING"),
            Contradiction("picked_short", about, {"units": progress.open_quantity, "lot": stop.lot}),
        )

    def _pack(self, session: PackSession, state: PackState, expected: tuple[Expected, ...]) -> NextScan | None:
        line = session.line_at_hand(state)
        if line is None or line.packed or expected[0].kind != "product":
            return None
        about = (state.packet.order_no, line.sku)
        for kind, likely, command in (
            ("missing_at_packing", MISSING, "PROBLEM-MISSING"),
            ("damaged_at_packing", DAMAGED, "PROBLEM-DAMAGED"),
        ):
            if self._says(kind, about, likely, state.packet.epoch):
                return NextScan(command_code(command), Contradiction(kind, about))
        return None

    def _receive(self, bench: ConnectedBench, state: ReceiveState, expected: tuple[Expected, ...]) -> NextScan | None:
        codes = {one.scan_text for one in expected}
        done, accept = command_code("DONE"), command_code("ACCEPT")
        po_no = state.packet.po_no
        first = next(iter(state.lines.values())).line.sku
        over = ("received_over", (po_no, first))
        wants_more = self._says(*over, OVER)
        if accept in codes and wants_more:
            return NextScan(accept, Contradiction(*over))
        catalogue = bench.bench.session.catalogue
        still_open = {line.line.sku for line in state.lines.values() if line.open_quantity}
        if not still_open and wants_more and catalogue.card(first).lot_rule == "none":
            return NextScan(catalogue.scan_texts(first, 1)[0][0])
        under = ("received_short", (po_no, *still_open))
        if len(still_open) == 1 and done in codes and self._says(*under, UNDER):
            return NextScan(done, Contradiction(*under))
        return None

    def _put_away(self, state: PutawayState, expected: tuple[Expected, ...]) -> NextScan | None:
        """Now and then the label of one place is scanned and the units are put into another."""
        if expected[0].kind != "location" or not self._astray:
            return None
        held = next(
            (
                one
                for one in state.waiting
                if one.units.suggestions
                and expected[0].scan_text == location_code(one.units.suggestions[0])
                and one.left
            ),
            None,
        )
        if held is None or held.units.lot:
            return None
        place = held.units.suggestions[0]
        about = (place, held.units.sku, held.units.lot)
        if not self._says("put_astray", about, ASTRAY):
            return None
        other = self._luck_of("astray", *about).choice(sorted(self._astray))
        return NextScan(expected[0].scan_text, Contradiction("put_astray", about, {"really": other}))

    def _count(self, session: CountSession, state: CountState, expected: tuple[Expected, ...]) -> NextScan | None:
        """Blind: whatever lies there by the floor, product by product, then the number of its units."""
        progress = session.progress(state)
        if progress is None:
            return None
        lies = self.shelves.get(progress.stop.location, {})
        last = session.last_counted
        if expected[0].kind == "lot":
            wanted = [
                lot
                for (_, lot), units in lies.items()
                if units and lot_code(lot) in {one.scan_text for one in expected}
            ]
            return NextScan(lot_code(wanted[0])) if wanted else NextScan(command_code("UNDO"))
        if last is not None and session.last_quantity and last.location == progress.stop.location:
            goods = (last.sku, last.lot)
            more = lies.get(goods, 0) - progress.seen.get(goods, 0)
            if more > 0:
                return NextScan(quantity_code(session.last_quantity + more))
        for (sku, lot), units in lies.items():
            if progress.seen.get((sku, lot), 0) < units:
                code, _ = session.catalogue.scan_texts(sku, 1)[0]
                return NextScan(code)
        return NextScan(command_code("DONE" if progress.seen else "EMPTY"))


GOOD = (FeedbackKind.OK, FeedbackKind.LAST, FeedbackKind.DONE, FeedbackKind.INFO, FeedbackKind.PROMPT)
