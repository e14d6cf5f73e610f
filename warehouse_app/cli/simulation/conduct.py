"""A run from its first station to its proof: starts the processes, does the faults, waits until all is posted."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from warehouse_app.cli.simulation.cabling import Cabling, Line
from warehouse_app.cli.simulation.faults import Stage, under
from warehouse_app.cli.simulation.kept import Kept, write_tables
from warehouse_app.cli.simulation.logs import Log, now_s
from warehouse_app.cli.simulation.orders import empty_places
from warehouse_app.cli.simulation.plan import NETWORK, Fault, Wish, plan_faults
from warehouse_app.cli.simulation.processes import Child
from warehouse_app.cli.simulation.rows import all_tables, is_file, rows
from warehouse_app.cli.simulation.server import OwnServer
from warehouse_app.cli.simulation.shelves import shelves_to_count
from warehouse_app.cli.simulation.watch import Drained, Watch
from warehouse_app.domain.errors import StoreUnavailable

TICK_S = 0.02
QUIET_S = 1.2
FIRST_FACT_S, NEXT_FACT_S = 30.0, 1.0
DRAIN_S = 15.0
"""The longest that a station is waited for before something else is done to it."""
START_S = 60.0
ASTRAY_PLACES = 6
ASK_AGAIN_S, ASK_MOST = 0.5, 3
WAITING = """
SELECT COUNT(*) AS orders FROM fulfilment_order
 WHERE warehouse_id = ? AND state IN ('new', 'reserved') AND held = ?
"""
RELEASED = "SELECT COUNT(*) AS orders FROM fulfilment_order WHERE warehouse_id = ? AND wave_no <> ''"
TOGETHER = 4
"""Stations a process, when nobody is killed."""
WORKERS = ("W-04", "W-05", "W-06", "W-07", "W-08", "W-09")
COUNTERS = (("W-10", "W-06"), ("W-06", "W-10"))


@dataclass(frozen=True, slots=True)
class House:
    """Where a run takes place."""

    url: str
    """The shared database as the run itself reaches it."""
    folder: Path
    program: tuple[str, ...]
    server: OwnServer | None = None
    cabling: Cabling | None = None
    """How stations reach a server; a file has no network."""


@dataclass
class Ran:
    """What came of the faults."""

    seconds: float
    acts: dict[str, int]
    drained: list[Drained]
    crashes: list[str] = field(default_factory=list)
    finished: bool = True
    phases: dict[str, float] = field(default_factory=dict)


class Conductor:
    """Conducts one run. `say` is told how it goes."""

    def __init__(self, house: House, wish: Wish, say: Callable[[str], None]) -> None:
        self._house, self._wish, self._say = house, wish, say
        self._names = [f"S{number + 1:02}" for number in range(wish.stations)]
        self._on_file = is_file(house.url)
        self._faults = plan_faults(wish, self._names, on_file=self._on_file, own_server=house.server is not None)
        self._log = Log(house.folder / "faults.jsonl")
        self._watch = Watch(house.url, house.folder / "stations")
        self._children: dict[str, Child] = {}
        self._lines: dict[str, Line] = {}
        self._started_at = now_s()
        self._deadline = self._started_at + wish.limit_s
        self._acts: dict[str, int] = {}
        self._crashes: list[str] = []
        self._released = 0
        self._announced = 0
        self._asked, self._asked_at = 0, 0.0
        self._phases: dict[str, float] = {}

    def run(self) -> Ran:
        """Work everything off under the faults; every process has ended when this returns, however it does."""
        self._open()
        with ExitStack() as stack:
            stack.push(self._leave)
            cabling = self._house.cabling
            self._lines = {name: cabling.lead(name) if cabling else Line(self._house.url) for name in self._names}
            self._start_all()
            stage = Stage(self._house.url, self._child, self._restart, cabling, self._house.server)
            self._wait(START_S, lambda: all("started" in self._children[name].said for name in self._names))
            for number, fault in enumerate(self._faults, 1):
                self._release(self._wish.orders * number // len(self._faults))
                self._suffer(fault, stage, number)
            self._end_phase("faults")
            self._release(self._wish.orders)
            finished = self._until_quiet(self._nobody_works)
            self._watch.give_up()
            self._end_phase("rest")
            finished = finished and (not self._wish.counts or self._count())
            self._end_phase("count")
        self._end_phase("end")
        self._close()
        seconds = now_s() - self._started_at
        return Ran(seconds, self._acts, self._watch.done, self._crashes, finished, self._phases)

    def _end_phase(self, name: str) -> None:
        self._phases[name] = round(now_s() - self._started_at - sum(self._phases.values()), 2)

    def _open(self) -> None:
        """Keep what the shared database says before anybody works."""
        tables = all_tables(self._house.url)
        write_tables(self._house.folder, tables, before=True)
        (self._house.folder / "stations").mkdir(exist_ok=True)
        self._astray = empty_places(self._house.url, self._wish.seed, ASTRAY_PLACES)
        self._last_move = max((row["move_no"] for row in tables["move"]), default=0)
        self._waves = {row["order_no"] for row in tables["fulfilment_order"] if row["wave_no"]}

    def _close(self) -> None:
        """Keep what it says now, with what the checker has to know of the run."""
        tables = all_tables(self._house.url)
        write_tables(self._house.folder, tables, before=False)
        mine = [
            row["order_no"]
            for row in tables["fulfilment_order"]
            if row["wave_no"] and row["order_no"] not in self._waves
        ]
        run = {
            "format": 1,
            **asdict(self._wish),
            "engine": "sqlite" if self._on_file else "postgresql",
            "network": self._house.cabling.kind if self._house.cabling else "",
            "last_move_no": self._last_move,
            "order_nos": sorted(mine),
            "plan": [fault.as_row() for fault in self._faults],
        }
        (self._house.folder / "run.json").write_text(json.dumps(run, indent=1), encoding="utf-8")

    def _start_all(self) -> None:
        for name in ("bookkeeper", "desk"):
            self._start(name)
        alone = {"kill", "disk-full"} & set(self._wish.kinds)
        if self._house.cabling is not None and not self._house.cabling.is_shared:
            alone = set(self._names)
        size = 1 if alone else TOGETHER
        for first in range(0, len(self._names), size):
            self._start_stations(self._names[first : first + size])

    def _start(self, name: str) -> None:
        word = {"part": name, "database": self._house.url}
        self._children[name] = Child(name, self._house.program, word, self._house.folder / f"{name}.log")

    def _start_stations(self, names: list[str]) -> None:
        word = {"part": "stations", "stations": [self._setup(name) for name in names]}
        program = (*self._lines[names[0]].enter, *self._house.program)
        child = Child("+".join(names), program, word, self._house.folder / f"{names[0]}.log")
        for name in names:
            self._children[name] = child

    def _setup(self, name: str) -> dict[str, Any]:
        place = self._names.index(name)
        return {
            "name": name,
            "folder": str(self._house.folder / "stations" / name),
            "database": self._lines[name].url,
            "seed": self._wish.seed,
            "worker": WORKERS[place % len(WORKERS)],
            "counters": COUNTERS[place % len(COUNTERS)],
            "pace_s": self._wish.pace_s,
            "first_task": place,
            "astray": self._astray,
        }

    def _child(self, name: str) -> Child:
        return self._children[name]

    def _restart(self, name: str) -> None:
        self._children[name].kill()
        if name == "bookkeeper":
            self._start(name)
        else:
            self._start_stations([name])

    def _release(self, orders: int) -> None:
        """Let the desk release up to so many orders in all."""
        if orders > self._released:
            self._children["desk"].send({"release": orders - self._released})
            self._released = orders

    def _suffer(self, fault: Fault, stage: Stage, number: int) -> None:
        everybody = fault.target in ("server", "bookkeeper")
        name = "server" if everybody else fault.target
        self._wait(DRAIN_S, lambda: not self._watch.is_pending(name))
        self._wait(FIRST_FACT_S if number == 1 else NEXT_FACT_S, self._somebody_worked)
        self._wait(fault.after_s)
        self._say(f"{number}/{len(self._faults)} {fault.act} {fault.target}")
        at_s = now_s() - self._started_at
        with under(fault, stage) as by:
            self._wait(fault.lasts_s)
        self._acts[fault.act] = self._acts.get(fault.act, 0) + 1
        healed_at_s = now_s() - self._started_at
        self._log.write(**fault.as_row(), by=by, at_s=round(at_s, 3), healed_at_s=round(healed_at_s, 3))
        if fault.act in (*NETWORK, "kill-server"):
            for station in self._names if everybody else (fault.target,):
                self._watch.healed(station, fault.act)

    def _somebody_worked(self) -> bool:
        """Whether facts were announced since this was last true: faults that meet nobody at work prove nothing."""
        logs = (self._house.folder / "stations").glob("*/announced.jsonl")
        size = sum(log.stat().st_size for log in logs)
        before, self._announced = self._announced, size
        return size > before

    def _wait(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass, or wait for something; False when it did not come in time."""
        end = min(now_s() + seconds, self._deadline)
        while True:
            self._look()
            if until is not None and until():
                return True
            if now_s() >= end:
                return until is None
            time.sleep(min(TICK_S, max(0.0, end - now_s())))

    def _look(self) -> None:
        self._watch.look()
        for name, child in list(self._children.items()):
            if child.crashed and self._children[name] is child:
                child.ended_on_purpose = True
                told = _last_line(self._house.folder / f"{child.name.partition('+')[0]}.log")
                self._crashes.append(f"{child.name}: {told}")
                self._log.write(act="crashed", target=child.name, said=told, at_s=round(now_s() - self._started_at, 3))
                if name in ("bookkeeper", "desk"):
                    self._start(name)
                else:
                    self._start_stations(child.name.split("+"))

    def _until_quiet(self, quiet: Callable[[], bool]) -> bool:
        """Wait until nobody has anything to do for a while; False when the time is up."""
        since: list[float] = []

        def still() -> bool:
            if not quiet():
                since.clear()
            elif not since:
                since.append(now_s())
            return bool(since) and now_s() - since[0] >= QUIET_S

        return self._wait(self._wish.limit_s, still)

    def _nobody_works(self) -> bool:
        words = [self._children[name].stations.get(name, {}) for name in self._names]
        if not all(word.get("idle") and not word.get("waiting") for word in words):
            return False
        with suppress(StoreUnavailable):
            return self._desk_is_done() and self._watch.unapplied() == 0
        return False

    def _desk_is_done(self) -> bool:
        """What waits in the end is asked for again with room, for a release counts orders that it cannot serve too.

        What still waits then lies at places that must be counted first.
        """
        waiting = int(rows(self._house.url, WAITING, ["WH1", False])[0]["orders"])
        missing = self._wish.orders + len(self._waves) - int(rows(self._house.url, RELEASED, ["WH1"])[0]["orders"])
        if waiting and missing > 0 and now_s() - self._asked_at > ASK_AGAIN_S:
            self._asked_at = now_s()
            self._asked += 1
            self._children["desk"].send({"release": self._wish.orders})
        return not waiting or missing <= 0 or self._asked >= ASK_MOST

    def _count(self) -> bool:
        """Have places counted, those where the floor is otherwise than the books among them; False when out of time."""
        self._say("counting")
        kept = Kept(self._house.folder)
        locations = rows(self._house.url, "SELECT * FROM location WHERE warehouse_id = ?", ["WH1"])
        told = shelves_to_count(kept, locations, self._wish.seed)
        if not told:
            return True
        for name in self._names:
            self._children[name].send({"station": name, "shelves": told})
        self._children["desk"].send({"count": sorted(told)})
        desk = self._children["desk"].said
        if not self._wait(self._wish.limit_s, lambda: "plan" in desk):
            return False
        return not desk["plan"] or self._wait(self._wish.limit_s, lambda: self._is_approved(str(desk["plan"])))

    def _is_approved(self, plan: str) -> bool:
        query = "SELECT state, COUNT(*) AS places FROM count_task WHERE warehouse_id = ? AND plan_no = ? GROUP BY state"
        with suppress(StoreUnavailable):
            states = {row["state"]: row["places"] for row in rows(self._house.url, query, ["WH1", plan])}
            if states.get("counted"):
                self._children["desk"].send({"approve": plan})
                time.sleep(TICK_S * 5)
            return set(states) == {"approved"}
        return False

    def _leave(self, kind: type[BaseException] | None, _error: object, _trace: object) -> None:
        """Whoever stops the run does not want to wait until everybody has finished."""
        if kind is not None:
            for child in self._children.values():
                child.kill()
        self._end_all()

    def _end_all(self) -> None:
        """Stations and desk first, so that the bookkeeper has everything before it goes."""
        others = {id(child): child for name, child in self._children.items() if name != "bookkeeper"}
        for child in others.values():
            child.end()
        for child in others.values():
            child.wait()
        if "bookkeeper" in self._children:
            self._children["bookkeeper"].end()
            self._children["bookkeeper"].wait()
        self._log.close()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "ended without a word"
