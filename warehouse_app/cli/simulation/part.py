"""The run's own processes: stations, the bookkeeper and the desk. Each ends by itself when its starter is gone.

A process is told what it is by the first line of its standard input, and what happens to it by the lines after that;
it answers by lines of JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from warehouse_app.cli.context import Context
from warehouse_app.cli.simulation.floor import Setup, SimulatedStation
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.operations.counting_approval import approve_counts
from warehouse_app.operations.counting_plan import NothingToCount, plan_counts
from warehouse_app.operations.keeping import run_bookkeeper
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.waves import WaveRequest, release_waves

Word = Mapping[str, Any]
SUPERVISOR = "W-02"
REST_S = 0.1
ENDS_WITHIN_S = 30.0


def run_part(context: Context) -> int:
    """Be one of the run's processes until standard input ends."""
    words = _words()
    first = next(words, {})
    tell = _Teller()
    if first.get("part") == "stations":
        return _stations(context, first, words, tell)
    database = context.open_at(first["database"])
    try:
        if first.get("part") == "bookkeeper":
            stopped = _until_the_end(words)
            run_bookkeeper(database, stopped)
        else:
            _Desk(database, tell).run(words)
    finally:
        database.close()
    return 0


class _Teller:
    """Tells the starter something, a line at a time."""

    def __init__(self) -> None:
        self._lock = Lock()

    def __call__(self, **values: object) -> None:
        with self._lock:
            sys.stdout.write(json.dumps(values) + "\n")
            sys.stdout.flush()


def _words() -> Iterator[Word]:
    for line in sys.stdin:
        yield json.loads(line)


def _stations(context: Context, first: Word, words: Iterator[Word], tell: _Teller) -> int:
    """Several stations in one process, each with a thread, a way to the database and a folder of its own."""
    databases = {row["name"]: context.open_at(row["database"]) for row in first["stations"]}
    stations = {row["name"]: SimulatedStation(_setup(row), databases[row["name"]], tell) for row in first["stations"]}
    threads = [Thread(target=_or_die(station.run), name=name, daemon=True) for name, station in stations.items()]
    for thread in threads:
        thread.start()
    tell(started=list(stations))
    for word in words:
        for name in (word["station"],) if "station" in word else tuple(stations):
            stations[name].hear(word)
    for station in stations.values():
        station.stop()
    until = time.monotonic() + ENDS_WITHIN_S
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    for database in databases.values():
        database.close()
    return 0


def _or_die(run: Callable[[], None]) -> Callable[[], None]:
    """A station that fails ends its whole process, as a program that crashes does."""

    def work() -> None:
        try:
            run()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            os._exit(70)
            raise

    return work


def _setup(row: Word) -> Setup:
    return Setup(
        row["name"], Path(row["folder"]), row["seed"], row["worker"], tuple(row["counters"]), row["pace_s"],
        row["first_task"], tuple(row["astray"]),
    )  # fmt: skip


def _until_the_end(words: Iterator[Word]) -> Callable[[], bool]:
    ended: list[bool] = []
    Thread(target=lambda: ended.append(not list(words)), name="starter", daemon=True).start()
    return lambda: bool(ended)


class _Desk:
    """A supervisor who reserves, releases as many orders as asked, and has places counted; tries again when offline."""

    def __init__(self, database: Any, tell: _Teller) -> None:  # noqa: ANN401 - handed on only
        self._database = database
        self._tell = tell

    def run(self, words: Iterator[Word]) -> None:
        """Do what each word asks, whole, before the next."""
        for word in words:
            if "release" in word:
                self._tell(released=self._again(self._release, int(word["release"])))
            elif "count" in word:
                self._tell(plan=self._again(self._plan, list(word["count"])))
            elif "approve" in word:
                self._tell(left=self._again(self._approve, str(word["approve"])))

    def _again(self, decide: Callable[[Any], Any], wish: Any) -> Any:  # noqa: ANN401 - whatever is asked and decided
        """A decision is made online or not at all."""
        while True:
            try:
                return decide(wish)
            except WarehouseError as error:
                self._tell(refused=str(error))
                time.sleep(REST_S)

    def _release(self, most: int) -> int:
        reserve_open_orders(self._database, SUPERVISOR)
        released = release_waves(self._database, WaveRequest(SUPERVISOR, max_orders=most))
        return sum(wave.orders for wave in released.waves)

    def _plan(self, places: list[str]) -> str:
        try:
            return str(self._database.write(plan_counts, SUPERVISOR, locations=places).plan_no)
        except NothingToCount:
            return ""

    def _approve(self, plan: str) -> int:
        """How many locations are still to be counted or decided."""
        done = self._database.write(approve_counts, SUPERVISOR, plan, reason="simulated count")
        return len(done.recounts) + len(done.waiting) + len(done.own)
