"""How long the program as a whole takes: its window, and a whole day of work."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.cli.context import Context
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

WINDOW_LIMIT_S, DEMO_LIMIT_S = 1.0, 60.0
WARM_RUNS = 5
PAINTED = "window painted"
"""What the desktop writes into its log when its window has been painted for the first time."""

LOOK_EVERY_S = 0.002
PAINT_TIMEOUT_S, TIMEOUT_S = 60.0, 600.0


class ProgramFailed(WarehouseError):
    """A program did not do what was to be measured."""

    message = mark("{program} could not be measured: {reason}")


def window(context: Context, folder: Path) -> list[Figure]:
    """From the start of the process to the first painted window: the middle one of several warm starts."""
    figures = [_window("window", context, folder, "offscreen")]
    if sys.platform == "linux" and shutil.which("xvfb-run"):
        # One X server for all starts, or its own start would be measured.
        figures += measured(["xvfb-run", "--auto-servernum", *context.program], "window-xcb", folder)
    return figures


def window_xcb(context: Context, folder: Path) -> list[Figure]:
    """The same on the X server of this process."""
    return [_window("window-xcb", context, folder, "xcb")]


def demo(context: Context, folder: Path) -> list[Figure]:
    """`demo` with all its papers."""
    command = _with_folder(context, folder, "demo", "--out", str(folder / "demo"), "--json")
    started = time.perf_counter()
    day = json.loads(output_of(command))
    seconds = round(time.perf_counter() - started, 1)
    note = f"{day['orders']} orders, {day['scans']} scans, {day['cartons']} cartons"
    return [Figure("demo", seconds, "s", DEMO_LIMIT_S, note=note)]


def _window(name: str, context: Context, folder: Path, platform: str) -> Figure:
    # The first start warms the disk's cache and makes the database.
    times = [_paint_once(context, folder, platform) for _ in range(1 + WARM_RUNS)]
    warm = sorted(times[1:])
    return Figure(name, round(warm[len(warm) // 2], 2), "s", WINDOW_LIMIT_S, note=f"{WARM_RUNS} warm starts")


def _paint_once(context: Context, folder: Path, platform: str) -> float:
    log = folder / "station" / "desktop.log"
    before = log.stat().st_size if log.exists() else 0
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - ourselves
        bare(context.program),
        env={
            **os.environ,
            "QT_QPA_PLATFORM": platform,
            "WAREHOUSE_DATABASE": str(folder / "warehouse.db"),
            "WAREHOUSE_HOME": str(folder / "station"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while PAINTED not in _added(log, before):
            if process.poll() is not None or time.perf_counter() - started > PAINT_TIMEOUT_S:
                raise ProgramFailed(program="desktop", reason=mark("no window was painted"))
            time.sleep(LOOK_EVERY_S)
        return time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(PAINT_TIMEOUT_S)


def _added(log: Path, before: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(before)
        return file.read().decode(errors="replace")


def bare(program: tuple[str, ...]) -> list[str]:
    """The program without options, as a person starts it: with any, the command line is read before the window."""
    return list(program[: program.index("--database")])


def _with_folder(context: Context, folder: Path, *words: str) -> list[str]:
    """This program with a database and a home of its own."""
    return [*context.program, *words, "--database", str(folder / "warehouse.db"), "--home", str(folder / "station")]


def measured(program: list[str], part: str, folder: Path, database: str = "") -> list[Figure]:
    """What a benchmark gives in a new process, on a database of its own in this folder or the one that is named.

    Raises ProgramFailed.
    """
    place = ["--database", database or str(folder / "warehouse.db"), "--home", str(folder), "--in", str(folder)]
    rows = json.loads(output_of([*program, "bench", part, *place, "--json"]))
    return [Figure.of_row(row) for row in rows]


def output_of(command: list[str]) -> str:
    """What a program prints. Raises ProgramFailed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)  # noqa: S603
    except subprocess.CalledProcessError as error:
        words = (error.stderr or error.stdout).strip().splitlines()
        raise ProgramFailed(program=command[0], reason=words[-1] if words else str(error)) from error
    return done.stdout
