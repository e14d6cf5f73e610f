"""Prepares a packing bench for the time without the shared database, beside the packing and with progress."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from warehouse_app.domain.packets import PackPacket
from warehouse_app.domain.scan import ScanKind, parse_scan
from warehouse_app.domain.session import EXPECTED_LIMIT
from warehouse_app.operations.claiming_ahead import EVERYTHING, Ahead
from warehouse_app.operations.today import WaitingOrder
from warehouse_app.station.ahead import Prepared
from warehouse_app.station.work_list import AtHand, at_hand

if TYPE_CHECKING:
    from warehouse_app.domain.errors import WarehouseError
    from warehouse_app.ui.desk import Tools
    from warehouse_app.ui.station_side import StationSide

PREPARE = {"PREPARE-20": 20, "PREPARE-50": 50, "PREPARE-ALL": EVERYTHING}
"""Printed commands that claim so many orders ahead."""

GIVE_BACK = "GIVE-BACK"


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is prepared: how far, what is at hand, what went wrong; `given_back` orders once that was asked for."""

    running: bool = False
    done: int = 0
    wanted: int = 0
    at_hand: AtHand | None = None
    given_back: int | None = None
    problem: WarehouseError | None = None

    @property
    def told(self) -> bool:
        """Whether there is something to show."""
        return self.running or self.at_hand is not None or self.problem is not None


class Preparing(QObject):
    """Claims on a thread of its own; lives on the UI thread."""

    changed = Signal()
    _progressed = Signal(object)

    def __init__(self, side: StationSide, tools: Tools) -> None:
        super().__init__()
        self._side, self._tools = side, tools
        self.shown = Preparation()
        self._progressed.connect(self._use_progress)

    def take(self, scan_text: str, year: int) -> bool:
        """Whether this is one of our commands, and nobody else's business."""
        scan = parse_scan(scan_text, year=year)
        if scan.kind is not ScanKind.COMMAND or not self._side.bench.worker:
            return False
        if scan.code in PREPARE:
            self._run(Ahead("pack", PREPARE[scan.code]))
        elif scan.code == GIVE_BACK:
            job = self._side.sync.ahead.give_back
            self._tools.tasks.read(self, job, done=self._given_back, failed=self._failed)
        else:
            return False
        return True

    def forget(self) -> None:
        """What was told of the last preparation has been seen."""
        if not self.shown.running and self.shown.told:
            self._show(Preparation())

    def orders(self) -> tuple[tuple[WaitingOrder, ...], frozenset[str]]:
        """The most urgent orders at hand, as many as are shown, and the numbers of all."""
        packets = [state.packet for state in self._side.bench.session.not_begun()]
        packets.sort(key=lambda packet: packet.ship_by)
        shown = tuple(_waiting_order(packet) for packet in packets[:EXPECTED_LIMIT])
        return shown, frozenset(packet.order_no for packet in packets)

    def _run(self, ahead: Ahead) -> None:
        if self.shown.running:
            return
        self._show(Preparation(running=True))
        # The fetching of a scanned order must not wait for this: it has the writing thread for itself.
        job = partial(self._side.sync.ahead.prepare, ahead, self._progressed.emit)
        self._tools.tasks.read(self, job, done=self._prepared, failed=self._failed)

    def _use_progress(self, so_far: Prepared) -> None:
        if self.shown.running:
            self._show(Preparation(running=True, done=so_far.done, wanted=so_far.wanted))

    def _prepared(self, prepared: Prepared) -> None:
        self._show(Preparation(done=prepared.done, wanted=prepared.wanted, at_hand=at_hand(self._side.bench)))

    def _given_back(self, works: tuple[str, ...]) -> None:
        self._show(Preparation(at_hand=at_hand(self._side.bench), given_back=len(works)))

    def _failed(self, error: WarehouseError) -> None:
        """What was claimed up to then stays at hand."""
        self._show(replace(self.shown, running=False, problem=error, at_hand=at_hand(self._side.bench)))

    def _show(self, preparation: Preparation) -> None:
        self.shown = preparation
        self.changed.emit()


def _waiting_order(packet: PackPacket) -> WaitingOrder:
    return WaitingOrder(
        packet.order_no, min(part.tote for part in packet.units), packet.service_name or packet.service,
        packet.service_name_zh, datetime.fromisoformat(packet.ship_by), sum(part.quantity for part in packet.units),
        len({part.line_no for part in packet.units}),
    )  # fmt: skip
