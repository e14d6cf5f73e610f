"""The kernel's own network as the faulty way of simulated runs, and that an interrupted run leaves nothing of it."""

import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.processes import PROGRAM, ROOT
from warehouse_app.cli.simulation.cabling import Line
from warehouse_app.cli.simulation.kept import read_lines
from warehouse_app.cli.simulation.namespaces import Namespace, NamespaceCabling, why_no_namespaces
from warehouse_app.cli.simulation.plan import Fault

NETWORK_NAMESPACE = 0x40000000
SILENCE_S, PATIENCE_S = 0.25, 10.0
SLOW_S = 0.2
RUN_S = 60.0


@pytest.fixture(scope="module")
def can_be_parted() -> None:
    """Skips where there are no namespaces to be had."""
    reason = why_no_namespaces()
    if reason:
        pytest.skip(f"network namespaces: {reason}")


def socket_in(namespace: str) -> socket.socket:
    """A socket in a network namespace. A thread enters it and is gone; what it made stays there."""
    made: list[socket.socket] = []

    def make() -> None:
        with Path(namespace).open() as file:
            assert ctypes.CDLL(None, use_errno=True).setns(file.fileno(), NETWORK_NAMESPACE) == 0
        made.append(socket.socket())

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    return made[0]


class Echo:
    """A server in a namespace that sends back what it hears, and knows what it heard."""

    def __init__(self, namespace: Namespace) -> None:
        self.heard = b""
        self._listener = socket_in(f"/proc/{namespace.pid}/ns/net")
        self._listener.bind(("0.0.0.0", 0))  # noqa: S104 - a network with nobody else in it
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._answer, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _answer(self) -> None:
        while True:
            try:
                call, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._send_back, args=(call,), daemon=True).start()

    def _send_back(self, call: socket.socket) -> None:
        with closing(call), suppress(OSError):
            while data := call.recv(1_000):
                self.heard += data
                call.sendall(data)


class Floor:
    """A station at one end of a cable, the echo at the other."""

    def __init__(self, cabling: NamespaceCabling, echo: Echo) -> None:
        self.cabling, self.echo = cabling, echo
        self._made = ExitStack()
        self._line: Line = cabling.lead("S01")
        self.station = self.call()

    def call(self) -> socket.socket:
        """A new connection from the station."""
        made = self._made.enter_context(socket_in(self._line.enter[1].removeprefix("--net=")))
        made.settimeout(PATIENCE_S)
        made.connect((self._line.url, self.echo.port))
        return made

    def close(self) -> None:
        self._made.close()

    def answers(self, text: bytes) -> bool:
        """Whether the station hears this again soon."""
        self.station.sendall(text)
        return self.hears(text, SILENCE_S)

    def hears(self, text: bytes, within_s: float = PATIENCE_S) -> bool:
        self.station.settimeout(within_s)
        found = b""
        with suppress(TimeoutError):
            while len(found) < len(text):
                found += self.station.recv(len(text) - len(found))
        return found == text

    @contextmanager
    def under(self, act: str, amount: float = 0.0) -> Iterator[str]:
        harm = self.cabling.harm(Fault(act, "S01", 0.0, 0.0, amount))
        yield harm.by
        harm.heal()


@pytest.fixture
def floor(can_be_parted: None) -> Iterator[Floor]:  # noqa: ARG001 - it skips
    """One station, connected."""
    with (
        Namespace() as hub,
        closing(Echo(hub)) as echo,
        NamespaceCabling(hub, lambda address: address) as cabling,
        closing(Floor(cabling, echo)) as made,
    ):
        assert made.answers(b"hello")
        yield made


@pytest.mark.parametrize(("act", "heard_at_once"), [("held", b""), ("unheard", b""), ("no-answer", b"scan")])
def test_what_is_dropped_in_one_direction_or_both_arrives_when_the_cable_is_whole(
    act: str, heard_at_once: bytes, floor: Floor
) -> None:
    with floor.under(act) as by:
        answered = floor.answers(b"scan")
        heard = floor.echo.heard.removeprefix(b"hello")

    assert (by, answered, heard) == ("blackhole", False, heard_at_once)
    assert floor.hears(b"scan")


def test_cable_that_is_pulled_is_found_reset_when_it_is_back(floor: Floor) -> None:
    with floor.under("cut"):
        answered = floor.answers(b"scan")

    with pytest.raises(ConnectionResetError):
        floor.hears(b"scan")
    assert not answered
    floor.station = floor.call()
    assert floor.answers(b"again")


def test_reset_and_refusal_are_heard_at_once(floor: Floor) -> None:
    with floor.under("reset"), pytest.raises(ConnectionResetError):
        floor.hears(b"anything")
    floor.station = floor.call()

    with floor.under("refused"):
        with pytest.raises(ConnectionResetError):
            floor.hears(b"anything")
        with pytest.raises(OSError, match="No route to host"):
            floor.call()

    floor.station = floor.call()
    assert floor.answers(b"again")


def test_slow_cable_is_late_and_loses_nothing(floor: Floor) -> None:
    letter = b"x" * 6_000

    with floor.under("slow-network", SLOW_S):
        began_at = time.monotonic()
        floor.station.sendall(letter)
        whole = floor.hears(letter)
        took_s = time.monotonic() - began_at

    assert whole
    assert took_s > SLOW_S


def processes_of(folder: Path) -> list[str]:
    """Every process that was told of this folder, or works in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = (process / "environ").read_bytes() + os.fsencode((process / "cwd").readlink())
            if os.fsencode(folder) in told:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """For temporary files, with a path that a database server under its own user may follow."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_run_that_is_stopped_in_the_middle_leaves_no_process_network_or_folder(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    words = ("--engine", "postgresql", "--network", "auto", "--stations", "2", "--orders", "40", "--keep", kept)
    run = subprocess.Popen(
        (*PROGRAM, "station", "simulate", *words, "--fault", "partition,reset", "--faults", "400",
         "--limit-s", "60"),
        cwd=ROOT, env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with run:
        while not list(read_lines(kept / "faults.jsonl")) and run.poll() is None:
            time.sleep(0.05)
        at_work = processes_of(folder)
        run.send_signal(signal.SIGINT)
        run.send_signal(signal.SIGTERM)
        said, complaint = run.communicate(timeout=RUN_S)

    # The run, its parts, the server with its processes, and who holds the networks.
    assert len(at_work) > 6
    assert (run.returncode, said, complaint) == (130, b"", b"")
    assert (processes_of(folder), list(folder.iterdir())) == ([], [])


def test_file_has_no_network_that_could_be_parted(tmp_path: Path) -> None:
    words = ("--home", str(tmp_path), "station", "simulate", "--network", "namespaces")

    done = subprocess.run((*PROGRAM, *words), cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "they need a server of the run's own, --engine postgresql" in done.stderr
