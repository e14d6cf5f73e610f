"""Where a pick list stands: what was picked at each stop, and which totes collect which order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse_app.domain.facts import (
    AmendmentTaken,
    Fact,
    ListFinished,
    Picked,
    PickedShort,
    ToteConfirmed,
    ToteOpened,
)
from warehouse_app.domain.packets import PickPacket, PickStop
from warehouse_app.domain.session import State


@dataclass(slots=True)
class StopProgress:
    """A stop and what has been done at it."""

    stop: PickStop
    picked: int = 0
    short: int = 0
    withdrawn: int = 0
    confirmed: bool = False

    @property
    def open_quantity(self) -> int:
        """Units still to be taken."""
        return max(0, self.stop.quantity - self.picked - self.short - self.withdrawn)


class PickState(State):
    """Where a pick list stands."""

    def __init__(self, packet: PickPacket) -> None:
        self.packet: PickPacket = packet
        self.stops = {stop.stop_no: StopProgress(stop) for stop in packet.stops}
        self.orders = {stop.order_no for stop in packet.stops}
        self.totes: dict[str, list[str]] = {order: [tote] for order, tote in packet.totes.items()}
        self.used_totes: set[str] = set(packet.totes.values())
        self.stopped_orders: set[str] = set()
        self.held_serials = {(sku, serial) for sku, found in packet.held_serials.items() for serial in found}
        self.picked_serials: set[tuple[str, str]] = set()
        self.done = False

    @property
    def many_orders(self) -> bool:
        """Whether the list collects several orders, so that each tote must be confirmed."""
        return len(self.orders) > 1

    @property
    def current(self) -> StopProgress | None:
        """The stop at hand: the first with open units, or whose tote is not confirmed yet."""
        for progress in self.stops.values():
            if progress.open_quantity or self.needs_confirming(progress):
                return progress
        return None

    def needs_confirming(self, progress: StopProgress) -> bool:
        """Whether the picker must still show the tote that took this stop's units."""
        stopped = progress.stop.order_no in self.stopped_orders
        return self.many_orders and progress.picked > 0 and not progress.confirmed and not stopped

    @property
    def finished(self) -> bool:
        """Whether the list was closed."""
        return self.done

    def apply(self, fact: Fact) -> None:
        """Change the state by a fact of this list."""
        if isinstance(fact, ToteOpened):
            self.totes.setdefault(fact.order_no, []).append(fact.tote)
            self.used_totes.add(fact.tote)
        elif isinstance(fact, Picked):
            self.stops[fact.stop_no].picked += fact.quantity
            self.stops[fact.stop_no].confirmed = False
            if fact.serial:
                self.picked_serials.add((fact.sku, fact.serial))
        elif isinstance(fact, PickedShort):
            self.stops[fact.stop_no].short += fact.quantity
        elif isinstance(fact, ToteConfirmed):
            self.stops[fact.stop_no].confirmed = True
        elif isinstance(fact, ListFinished):
            self.done = True
        elif isinstance(fact, AmendmentTaken):
            self._amend(json.loads(fact.content))

    def tote_of(self, order_no: str) -> str:
        """The tote that collects the order just now, empty when there is none."""
        return self.totes.get(order_no, [""])[-1]

    def units_left(self) -> int:
        """Units that are still to be taken on the whole list."""
        return sum(progress.open_quantity for progress in self.stops.values())

    def _amend(self, content: Mapping[str, Any]) -> None:
        if content["what"] == "add_stop":
            stop = PickStop(
                content["stop"], content["order"], content["line"], content["slot"], content["owner"], content["sku"],
                content["lot"], content["location"], content["quantity"],
            )  # fmt: skip
            self.stops.setdefault(stop.stop_no, StopProgress(stop))
            self.orders.add(stop.order_no)
        elif content["what"] == "drop_stop":
            progress = self.stops.get(content["stop"])
            if progress is not None:
                progress.withdrawn += min(content["quantity"], progress.open_quantity)
        elif content["what"] == "hold_serial":
            self.held_serials.add((content["sku"], content["serial"]))
        elif content["what"] == "release_serial":
            self.held_serials.discard((content["sku"], content["serial"]))
        elif content["what"] in ("drop_order", "stop"):
            self.stopped_orders.add(content["order"])
            for progress in self.stops.values():
                if progress.stop.order_no == content["order"]:
                    progress.withdrawn += progress.open_quantity
