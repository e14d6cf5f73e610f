"""Scanners at full speed: keys typed on an X server, and bytes on a pseudo terminal, into a window that notes them."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse_app.cli.benchmarks.figures import Figure, percentile
from warehouse_app.cli.benchmarks.programs import ProgramFailed, bare, measured
from warehouse_app.cli.context import Context
from warehouse_app.language import mark, tr

if sys.platform != "win32":
    import tty

SCANS = 1_000
STALL_MS = 200
KEY_DELAY_MS = 1
"""As fast as a USB keyboard can send keys; without any delay the keys queue up, and that would be measured."""
WEDGE_LIMIT_MS, SERIAL_LIMIT_MS = 15.0, 3.0
FASTEST_BAUD, BITS_A_BYTE = 921_600, 10
"""The quickest that serial scanners can be set to; USB ones are held up by their own processor."""

WITHOUT_LIMIT = 10**12
SHORTEST_SLEEP_S = 0.000_05
GARBAGE_S, GARBAGE_BYTES_S = 60.0, 10_000_000
GARBAGE_MEMORY_LIMIT_MB, GARBAGE_GAP_LIMIT_MS = 50.0, 100.0
QUIET_S = 1.5
"""A port that was flooded counts again after a second of quiet."""

END = "END"
X_CLOCK = 2**32
"""The X server's milliseconds begin anew after so many."""

PATIENCE_S = 240
Program = tuple[str, ...]
"""How this program is started, with its options behind it."""

PROGRAMS = ("xvfb-run", "xauth", "xdotool", "openbox")
WEDGE_PART = "wedge-xcb"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the window noted: each scan's text, the moment it was there, and its last key's; gaps; memory gained.

    `pauses` is how often the keys themselves paused within a scan, as they do on a busy machine.
    """

    scans: Sequence[tuple[str, float, float]]
    pauses: int
    gap_ms: float
    memory_mb: float

    @property
    def texts(self) -> list[str]:
        """The scans alone."""
        return [text for text, _, _ in self.scans]


def wedge(context: Context, folder: Path) -> list[Figure]:
    """A keyboard-wedge scanner on an X server of its own."""
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if sys.platform != "linux" or missing:
        context.output.progress(
            tr("Skipped: {name} needs {missing}.", name="wedge", missing=", ".join(missing) or "X11")
        )
        return []
    return measured(["xvfb-run", "--auto-servernum", *context.program], WEDGE_PART, folder)


def wedge_xcb(context: Context, _folder: Path) -> list[Figure]:
    """The same on the X server of this process: stalled at full speed, and at the speed of a USB scanner."""
    with window_manager():
        stalled = typed(context.program, codes(SCANS), stall_ms=STALL_MS, delay_ms=0)
        steady = typed(context.program, codes(SCANS), stall_ms=0, delay_ms=KEY_DELAY_MS)
    late_ms = [(at_ms - key_ms) % X_CLOCK for _, at_ms, key_ms in steady.scans]
    note = f"{SCANS} scans of 20 to 40 characters"
    return [
        _exact("wedge-stalled", codes(SCANS), stalled, f"{note}, the window stalled {STALL_MS} ms at a time"),
        _exact("wedge", codes(SCANS), steady, f"{note}, a key every {KEY_DELAY_MS} ms"),
        Figure("wedge-p99", round(percentile(late_ms, 0.99), 2), "ms", WEDGE_LIMIT_MS, note="from last key to scan"),
    ]


def serial(context: Context, _folder: Path) -> list[Figure]:
    """A serial scanner on a pseudo terminal: scans back to back, then garbage."""
    if not hasattr(os, "openpty"):
        context.output.progress(tr("Skipped: {name} needs {missing}.", name="serial", missing="pseudo terminals"))
        return []
    _, flat_out = spoken(context.program, gs1_codes(SCANS), baud=WITHOUT_LIMIT)
    sent, seen = spoken(context.program, gs1_codes(SCANS), baud=FASTEST_BAUD)
    late_ms = [at_ms - sent[text] for text, at_ms, _ in seen.scans if text in sent]
    taken_mb, after = garbage(context.program, GARBAGE_S)
    offered = f"{GARBAGE_BYTES_S * GARBAGE_S / 1e6:.0f} MB offered in {GARBAGE_S:.0f} s, {taken_mb:.0f} MB taken"
    return [
        _exact("serial-flat-out", gs1_codes(SCANS), flat_out, f"{SCANS} scans with GS as fast as the port takes them"),
        _exact("serial", gs1_codes(SCANS), seen, f"{SCANS} scans with GS back to back at {FASTEST_BAUD} baud"),
        Figure("serial-p99", round(percentile(late_ms, 0.99), 2), "ms", SERIAL_LIMIT_MS, note="from port to scan"),
        Figure("garbage-memory", round(after.memory_mb, 1), "MB", GARBAGE_MEMORY_LIMIT_MB, note=offered),
        Figure("garbage-gap", after.gap_ms, "ms", GARBAGE_GAP_LIMIT_MS, note="longest wait of the window meanwhile"),
    ]


def codes(count: int) -> list[str]:
    """Codes of 20 to 40 characters, the same ones each time."""
    rng = random.Random(1)  # noqa: S311 - no secret
    return ["".join(rng.choices("ABCXYZ0123456789:-", k=rng.randint(20, 40))) for _ in range(count)]


def gs1_codes(count: int) -> list[str]:
    """GS1 element strings with two separators."""
    return [f"]C1010950600013435210L{number}\x1d21S{number:06d}\x1d3712" for number in range(count)]


def typed(program: Program, texts: Sequence[str], *, stall_ms: int, delay_ms: int) -> Seen:
    """Type these scans on the X server of this process."""
    with _meter(program, "--stall-ms", str(stall_ms), platform="xcb") as meter:
        keys = "".join(f"{text}\n" for text in [*texts, END])
        typist = ["xdotool", "type", "--delay", str(delay_ms), "--file", "-"]
        subprocess.run(typist, input=keys, text=True, check=True)  # noqa: S603 - nothing of a stranger's
        return _seen(meter)


def spoken(program: Program, texts: Sequence[str], *, baud: int) -> tuple[dict[str, float], Seen]:
    """Send these scans to a serial port back to back, as fast as a line of this speed takes them.

    Gives when each was handed to the port, and what was seen.
    """
    with _port() as (device, name), _meter(program, "--port", name) as meter:
        sent, due_s = {}, time.monotonic()
        for text in texts:
            data = f"{text}\r\n".encode()
            due_s += len(data) * BITS_A_BYTE / baud
            while time.monotonic() < due_s:
                time.sleep(SHORTEST_SLEEP_S)
            sent[text] = time.monotonic() * 1000
            _write(device, data)
        _write(device, f"{END}\r\n".encode())
        return sent, _seen(meter)


def garbage(program: Program, seconds: float) -> tuple[float, Seen]:
    """Offer noise to a serial port; how many MB of it were taken, and what was seen. A scan afterwards still counts."""
    noise = random.Random(2).randbytes(GARBAGE_BYTES_S // 100)  # noqa: S311 - no secret
    with _port() as (device, name), _meter(program, "--port", name) as meter:
        taken, ends = 0, time.monotonic() + seconds
        os.set_blocking(device, False)
        while time.monotonic() < ends:
            with suppress(BlockingIOError):
                taken += os.write(device, noise)
            time.sleep(0.01)
        os.set_blocking(device, True)
        _write(device, b"\r\n")
        time.sleep(QUIET_S)
        _write(device, f"{END}\r\n".encode())
        return taken / 1e6, _seen(meter)


def _exact(name: str, wanted: Sequence[str], seen: Seen, note: str) -> Figure:
    """How many of the scans came as they were sent and in order, less what came and was never sent."""
    came, rest = set(seen.texts), iter(seen.texts)
    right = sum(one in came and one in rest for one in wanted) - len(came - set(wanted))
    if seen.pauses:
        note += f"; the keys paused {seen.pauses} times"
    return Figure(f"{name}-exact", right, "scans", float(len(wanted)), more_is_better=True, note=note)


@contextmanager
def window_manager() -> Iterator[None]:
    """Without one no window becomes active."""
    manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S607
    try:
        while subprocess.run(["xdotool", "get_desktop"], capture_output=True, check=False).returncode:  # noqa: S607
            time.sleep(0.05)
        yield
    finally:
        manager.terminate()
        manager.wait()


@contextmanager
def _meter(program: Program, *words: str, platform: str = "offscreen") -> Iterator["subprocess.Popen[str]"]:
    """The window that notes scans, in a process of its own. Raises ProgramFailed."""
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [*bare(program), "scan-meter", *words], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "QT_QPA_PLATFORM": platform},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise ProgramFailed(program="scan-meter", reason=mark("it has not begun"))
        yield process
    finally:
        process.kill()
        process.communicate()


def _seen(meter: "subprocess.Popen[str]") -> Seen:
    try:
        out, _ = meter.communicate(timeout=PATIENCE_S)
        found: dict[str, Any] = json.loads(out)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise ProgramFailed(program="scan-meter", reason=mark("the last scan did not come")) from error
    before, most = found["memory_mb"]
    return Seen([tuple(scan) for scan in found["scans"]], found["pauses"], found["gap_ms"], most - before)


@contextmanager
def _port() -> Iterator[tuple[int, str]]:
    """The device's end of a serial line, and the name under which a program opens the other."""
    device, program = os.openpty()
    tty.setraw(program)
    try:
        yield device, os.ttyname(program)
    finally:
        os.close(device)
        os.close(program)


def _write(device: int, data: bytes) -> None:
    while data:
        data = data[os.write(device, data) :]
