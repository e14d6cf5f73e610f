"""How the stations of a run are wired to its server, and what may fail on the way: by whatever means."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from warehouse_app.cli.simulation.plan import Fault
from warehouse_app.cli.simulation.proxy import Network, Way, Weather
from warehouse_app.cli.simulation.ways import url_by_way

FAULTS = ("cut", "held", "no-answer", "unheard", "refused", "reset", "slow-network")
"""What every kind of cabling can do to a station's line."""

WEATHERS = {
    "cut": Weather(up=False, down=False, takes_calls=False),
    "held": Weather(up=False, down=False),
    "no-answer": Weather(down=False),
    "unheard": Weather(up=False),
    "refused": Weather(refuses_calls=True),
}
RESET_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """One station's line. `enter` are the words before a program that is to work at its end."""

    url: str
    enter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Harm:
    """A fault that is there now: what it is done by, for the log, and how it is undone."""

    by: str
    heal: Callable[[], None] = lambda: None


class Cabling(Protocol):
    """The lines of all stations to one server."""

    @property
    def kind(self) -> str:
        """What a person calls it."""

    @property
    def is_shared(self) -> bool:
        """Whether one process can have the lines of several stations."""

    def lead(self, station: str) -> Line:
        """A line for this station."""

    def harm(self, fault: Fault) -> Harm:
        """Do one of FAULTS to the line of its target."""


class ProxyCabling:
    """Every line is a port on the loopback, behind which a proxy fails on demand."""

    kind = "proxy"
    is_shared = True

    def __init__(self, url: str, network: Network) -> None:
        self._url, self._network = url, network
        self._ways: dict[str, Way] = {}

    def lead(self, station: str) -> Line:
        """A port that leads to the server."""
        self._ways[station] = self._network.add_way(station)
        return Line(url_by_way(self._url, self._ways[station].port))

    def harm(self, fault: Fault) -> Harm:
        """Change the weather on the way of the fault's target."""
        way = self._ways[fault.target]
        if fault.act in ("reset", "refused"):
            self._reset(way)
        if fault.act == "slow-network":
            way.weather = Weather(delay_s=fault.amount / 2, jitter_s=fault.amount)
        elif fault.act != "reset":
            way.weather = WEATHERS[fault.act]

        def heal() -> None:
            if fault.act == "cut":
                # The network forgot these connections: whoever goes on using them hears a reset.
                self._reset(way)
            way.weather = Weather()

        return Harm(self.kind, heal)

    def _reset(self, way: Way) -> None:
        self._network.reset(way)
        until = time.monotonic() + RESET_WITHIN_S
        while way.is_reset and time.monotonic() < until:
            time.sleep(0.005)
