"""A network that can fail: one way a station to the database server, cut, held up, slowed or reset on demand.

What is held up is not lost, as TCP would send it again: it goes on when the way is whole, unless the way was reset.
"""

import random
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

BLOCK = 65_536
TICK_S = 0.02
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time left: the other side hears a reset instead of a goodbye."""


@dataclass(slots=True)
class Weather:
    """How the way is just now. Seconds; `up` is from the station to the server."""

    up: bool = True
    down: bool = True
    takes_calls: bool = True
    refuses_calls: bool = False
    delay_s: float = 0.0
    jitter_s: float = 0.0


@dataclass(slots=True)
class _Flow:
    """Bytes in one direction, each block with the moment from which it may go on."""

    source: socket.socket
    target: socket.socket
    is_up: bool
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)
    ended: bool = False
    told: bool = False
    """Whether the other side was told of the end."""


class _Call:
    """One connection of a station, and ours to the server for it."""

    def __init__(self, station: socket.socket, server: socket.socket) -> None:
        self.flows = (_Flow(station, server, is_up=True), _Flow(server, station, is_up=False))

    def close(self, *, reset: bool) -> None:
        for flow in self.flows:
            if reset:
                flow.source.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            flow.source.close()


class Way:
    """A port on the loopback that leads to the server. All calls are carried by one thread of the network."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.weather = Weather()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0)
        self.port = int(self.listener.getsockname()[1])
        self.calls: list[_Call] = []
        self.is_reset = False


class Network:
    """All ways to one server; a context manager. `dial` makes a connection to the server."""

    def __init__(self, dial: Callable[[], socket.socket], seed: int) -> None:
        self._dial = dial
        self._chance = random.Random(seed)  # noqa: S311 - faults that come back with their seed, no secret
        self._ways: list[Way] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        for way in self._ways:
            self._hang_up(way)
            way.listener.close()

    def add_way(self, name: str) -> Way:
        """A new way with good weather."""
        way = Way(name)
        with self._lock:
            self._ways.append(way)
        return way

    def reset(self, way: Way) -> None:
        """Break every connection on this way; what was held up is lost."""
        way.is_reset = True

    def _run(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                ways = list(self._ways)
            with selectors.DefaultSelector() as selector:
                for way in ways:
                    self._watch(way, selector)
                ready: set[object] = {key.fileobj for key, _ in selector.select(TICK_S)}
            for way in ways:
                self._serve(way, ready)

    def _watch(self, way: Way, selector: selectors.BaseSelector) -> None:
        if way.weather.takes_calls:
            selector.register(way.listener, selectors.EVENT_READ)
        for call in way.calls:
            for flow in call.flows:
                if not flow.ended and _is_open(way, flow):
                    selector.register(flow.source, selectors.EVENT_READ)

    def _serve(self, way: Way, ready: set[object]) -> None:
        if way.is_reset:
            self._hang_up(way)
            way.is_reset = False
            return
        if way.listener in ready:
            self._take_call(way)
        for call in list(way.calls):
            try:
                for flow in call.flows:
                    if flow.source in ready:
                        self._take_up(way, flow)
                    self._pass_on(way, flow)
                if all(flow.told for flow in call.flows):
                    self._end(way, call, reset=False)
            except OSError:
                self._end(way, call, reset=True)

    def _take_call(self, way: Way) -> None:
        try:
            station, _ = way.listener.accept()
        except OSError:
            return
        if way.weather.refuses_calls:
            station.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            station.close()
            return
        try:
            server = self._dial()
        except OSError:
            station.close()
            return
        for one in (station, server):
            one.settimeout(0)
        way.calls.append(_Call(station, server))

    def _take_up(self, way: Way, flow: _Flow) -> None:
        data = flow.source.recv(BLOCK)
        if not data:
            flow.ended = True
            return
        weather = way.weather
        late_s = weather.delay_s + self._chance.uniform(0, weather.jitter_s)
        # Bytes of one direction never overtake each other.
        earliest = flow.waiting[-1][0] if flow.waiting else 0.0
        flow.waiting.append((max(earliest, time.monotonic() + late_s), data))

    def _pass_on(self, way: Way, flow: _Flow) -> None:
        while _is_open(way, flow) and flow.waiting and flow.waiting[0][0] <= time.monotonic():
            due, data = flow.waiting.popleft()
            try:
                sent = flow.target.send(data)
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                flow.waiting.appendleft((due, data[sent:]))
                return
        if flow.ended and not flow.waiting and not flow.told:
            flow.target.shutdown(socket.SHUT_WR)
            flow.told = True

    def _end(self, way: Way, call: _Call, *, reset: bool) -> None:
        call.close(reset=reset)
        way.calls.remove(call)

    def _hang_up(self, way: Way) -> None:
        for call in list(way.calls):
            self._end(way, call, reset=True)


def _is_open(way: Way, flow: _Flow) -> bool:
    return way.weather.up if flow.is_up else way.weather.down
