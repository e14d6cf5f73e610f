"""Several processes that work on one database at the same time, as the stations of a warehouse do."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.cli.benchmarks.programs import ProgramFailed, output_of
from warehouse_app.cli.context import Context
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

READY, BEGIN = "ready", "begin"
"""Files by which the processes wait for each other: each says that it is ready, and all begin."""

LOOK_EVERY_S, PATIENCE_S = 0.002, 120.0

BEGUN, ENDED, DONE, ERROR, UNITS = "begun", "ended", "done", "error", "units"
"""What a process tells: when it began and ended (the clock's seconds), each job's milliseconds, errors, units."""


@dataclass(frozen=True, slots=True)
class Done:
    """What all processes did: the milliseconds of each job, the units it promised, what a user would have seen."""

    seconds: float
    times_ms: tuple[float, ...]
    units: int
    errors: tuple[str, ...]


def together(context: Context, part: str, folder: Path, count: int) -> Done:
    """Run this part in so many processes, which begin at the same moment. Raises ProgramFailed."""
    own = [folder / f"{part}-{number}" for number in range(count)]
    for place in own:
        place.mkdir()
    with ThreadPoolExecutor(count) as pool:
        runs = [pool.submit(_run, context, part, place) for place in own]
        _wait(own, runs)
        (folder / BEGIN).touch()
        return _summed([figure for run in runs for figure in run.result()])


def number_of(folder: Path) -> int:
    """Which of the processes this is, from 0 on."""
    return int(folder.name.rpartition("-")[2])


def work(folder: Path, jobs: Iterable[Callable[[], int]]) -> list[Figure]:
    """In one of the processes: do these jobs when all are ready; each gives the units that it promised."""
    _wait_for_the_others(folder)
    figures = [Figure(BEGUN, time.time(), "s")]
    units = 0
    for job in jobs:
        started = time.perf_counter()
        try:
            units += job()
        except WarehouseError as error:
            figures.append(Figure(ERROR, 1, "errors", note=str(error)))
        figures.append(Figure(DONE, (time.perf_counter() - started) * 1000, "ms"))
    return [*figures, Figure(ENDED, time.time(), "s"), Figure(UNITS, units, "units")]


def _run(context: Context, part: str, folder: Path) -> list[Figure]:
    rows = json.loads(output_of([*context.program, "bench", part, "--in", str(folder), "--json"]))
    return [Figure.of_row(row) for row in rows]


def _wait(places: Sequence[Path], runs: Sequence[Future[list[Figure]]]) -> None:
    """Until all are ready, or one has failed: its error is raised when the others are done."""
    while not all((place / READY).exists() for place in places) and not any(run.done() for run in runs):
        time.sleep(LOOK_EVERY_S)


def _wait_for_the_others(folder: Path) -> None:
    (folder / READY).touch()
    give_up = time.monotonic() + PATIENCE_S
    while not (folder.parent / BEGIN).exists():
        if time.monotonic() > give_up:
            raise ProgramFailed(program=folder.name, reason=mark("the others did not come"))
        time.sleep(LOOK_EVERY_S)


def _summed(figures: Sequence[Figure]) -> Done:
    def named(name: str) -> list[float]:
        return [figure.figure for figure in figures if figure.name == name]

    errors = tuple(figure.note for figure in figures if figure.name == ERROR)
    return Done(max(named(ENDED)) - min(named(BEGUN)), tuple(named(DONE)), int(sum(named(UNITS))), errors)
