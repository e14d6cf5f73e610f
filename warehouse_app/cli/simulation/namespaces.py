"""A network that can fail, of the kernel's own making: the server and every station in a namespace, joined by cables.

The faults are done from outside to the two ends of a station's cable, so its connections meet what a real network does
to them: packets that are gone and sent again, a cable without a link, a place that cannot be reached, a reset.
Nothing of it touches the network of this machine. A namespace has no name, and lives as long as a process in it does:
the one that holds it ends with the run, however the run ends, so that nothing can be left behind.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from warehouse_app.cli.simulation.cabling import Harm, Line
from warehouse_app.cli.simulation.plan import Fault
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark, tr

PROGRAMS = ("unshare", "nsenter", "ip", "tc", "ss", "openssl")
HOLD = "echo held; read -r _"
MOST_LINES = 60_000
LINES_A_NET = 250
FULL_PACKET_BITS = 1_500 * 8
BURST_BYTES, QUEUE_BYTES = 2_000, 10_000_000
DROPPED = {"held": ("up", "down"), "no-answer": ("down",), "unheard": ("up",)}
"""In which directions nothing passes; up is from the station to the server."""


class NoNamespaces(WarehouseError):
    """The network of this machine cannot be parted."""

    message = mark("Network namespaces cannot be used here: {reason}. Leave --network namespaces out.")


class Namespace:
    """A network of its own, empty but for its loopback; a context manager. Raises NoNamespaces."""

    def __init__(self) -> None:
        self._holder = subprocess.Popen(  # noqa: S603 - our own words
            (_program("unshare"), "--net", "--", "/bin/sh", "-c", HOLD), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._holder.stdout is not None
        if not self._holder.stdout.readline():
            _, said = self._holder.communicate()
            raise NoNamespaces(reason=_reason(said))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._holder.communicate()

    @property
    def pid(self) -> int:
        """A process that is in it."""
        return self._holder.pid

    def enter(self, user: int | None = None, group: int | None = None) -> tuple[str, ...]:
        """The words before a program that is to work in this network, as somebody else if need be."""
        who = () if user is None else ("--setuid", str(user), "--setgid", str(group))
        return (_program("nsenter"), f"--net=/proc/{self.pid}/ns/net", *who, "--")

    def run(self, name: str, *words: str, text: str = "") -> None:
        """A program in this network, to its end; `text` is its input. Raises NoNamespaces."""
        command = (*self.enter(), _program(name), *words)
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)  # noqa: S603 - our words
        if done.returncode:
            raise NoNamespaces(reason=f"{name} {' '.join(words)}: {_reason(done.stderr)}")


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a cable; what is done to it is done to what leaves by it."""

    namespace: Namespace
    device: str
    address: str

    def plug_in(self) -> None:
        words = (f"addr add {self.address}/30 dev {self.device}", f"link set {self.device} up", "link set lo up")
        self.namespace.run("ip", "-batch", "-", text="\n".join(words))

    def queue(self, *kind: str) -> None:
        self.namespace.run("tc", "qdisc", "replace", "dev", self.device, "root", *kind)

    def queue_as_usual(self) -> None:
        self.namespace.run("tc", "qdisc", "delete", "dev", self.device, "root")


@dataclass(frozen=True, slots=True)
class _Cable:
    """From a station to the server."""

    up: _End
    """At the station."""
    down: _End
    """At the server."""

    def ends(self, *directions: str) -> tuple[_End, ...]:
        return tuple(self.up if direction == "up" else self.down for direction in directions)


class NamespaceCabling:
    """Every station works in a namespace of its own; a context manager. `url_at` is the server's URL by an address."""

    kind = "namespaces"
    is_shared = False

    def __init__(self, hub: Namespace, url_at: Callable[[str], str]) -> None:
        self._hub, self._url_at = hub, url_at
        self._cables: dict[str, _Cable] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def lead(self, station: str) -> Line:
        """A namespace for this station, and a cable from there to the server. Raises NoNamespaces."""
        number = len(self._cables)
        if number >= MOST_LINES:
            raise NoNamespaces(reason=tr("there are too many stations"))
        net = f"10.{number // LINES_A_NET}.{number % LINES_A_NET}"
        own = self._stack.enter_context(Namespace())
        up, down = _End(own, "server", f"{net}.2"), _End(self._hub, f"line{number}", f"{net}.1")
        self._hub.run(
            "ip", "link", "add", down.device, "type", "veth", "peer", "name", up.device, "netns", str(own.pid)
        )
        for end in (up, down):
            end.plug_in()
        self._cables[station] = _Cable(up, down)
        return Line(self._url_at(down.address), own.enter())

    def harm(self, fault: Fault) -> Harm:
        """Do a fault of the network to the cable of its target. Raises NoNamespaces."""
        cable = self._cables[fault.target]
        if fault.act in DROPPED:
            return _drop(cable.ends(*DROPPED[fault.act]))
        if fault.act == "slow-network":
            return _slow(cable, fault.amount)
        if fault.act == "refused":
            return self._refuse(cable)
        if fault.act == "cut":
            return self._unplug(cable)
        self._reset(cable)
        return Harm("ss --kill")

    def _refuse(self, cable: _Cable) -> Harm:
        """Every call fails at once, and who was connected hears a reset."""
        route = ("unreachable", f"{cable.down.address}/32")
        cable.up.namespace.run("ip", "route", "add", *route)
        self._reset(cable)
        return Harm("unreachable route", lambda: cable.up.namespace.run("ip", "route", "delete", *route))

    def _unplug(self, cable: _Cable) -> Harm:
        """Without a link nothing passes; when it is back, the server has forgotten who was connected."""
        link = ("link", "set", cable.down.device)
        self._hub.run("ip", *link, "down")

        def heal() -> None:
            self._hub.run("ip", *link, "up")
            self._reset(cable)

        return Harm("link down", heal)

    def _reset(self, cable: _Cable) -> None:
        """The server's side of every connection by this cable is broken off, which the station hears."""
        self._hub.run("ss", "--kill", "--tcp", "--numeric", "dst", cable.up.address)


def why_no_namespaces() -> str:
    """Why this machine's network cannot be parted; empty when it can, which is tried with a cable and a fault."""
    if sys.platform != "linux":
        return tr("only Linux has them")
    if os.geteuid() != 0:
        return tr("only root may make them")
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return tr("{programs} not found", programs=", ".join(missing))
    try:
        with Namespace() as hub, NamespaceCabling(hub, str) as cabling:
            cabling.lead("S01")
            for act in ("held", "refused"):
                cabling.harm(Fault(act, "S01", 0.0, 0.0)).heal()
    except NoNamespaces as error:
        return str(error.values["reason"])
    return ""


def _drop(ends: tuple[_End, ...]) -> Harm:
    """What leaves by these ends is gone; whoever sent it sends it again."""
    for end in ends:
        end.queue("blackhole")
    return Harm("blackhole", lambda: _each(ends))


def _slow(cable: _Cable, amount_s: float) -> Harm:
    """Late packets where the kernel can make them late, else a line so narrow that a full one takes as long."""
    ends = cable.ends("up", "down")
    by = "netem"
    for end in ends:
        try:
            end.queue("netem", "delay", f"{amount_s * 1000:.0f}ms", f"{amount_s * 500:.0f}ms")
        except NoNamespaces:
            by = "tbf"
            rate = f"{FULL_PACKET_BITS / amount_s:.0f}bit"
            end.queue("tbf", "rate", rate, "burst", f"{BURST_BYTES}", "limit", f"{QUEUE_BYTES}")
    return Harm(by, lambda: _each(ends))


def _each(ends: tuple[_End, ...]) -> None:
    for end in ends:
        end.queue_as_usual()


def _program(name: str) -> str:
    return shutil.which(name) or name


def _reason(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else tr("no reason was given")
