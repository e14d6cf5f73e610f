"""One run: everybody takes turns as the seed has it, then everything is healed, and what must hold is checked."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.simulation.arithmetic import Lying
from tests.simulation.clock import TrueTime, WrongClock
from tests.simulation.evidence import journal_of
from tests.simulation.house import NAMES, NOON, ram_folder, the_house
from tests.simulation.invariants import (
    TakenFrom,
    Told,
    check_after_each_step,
    check_at_the_end,
    check_holders,
    check_replica,
    check_what_is_left,
)
from tests.simulation.network import Fate, Wire
from tests.simulation.people import SimBookkeeper, SimDesk
from tests.simulation.stations import SHARED, SimStation
from tests.simulation.trace import Died, Trace, Violation
from tests.simulation.weather import draw_weather
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import PutAway, Recorded

Actor = SimStation | SimBookkeeper | SimDesk
DEEPEST = 3
"""So many act within each other's pauses at the most."""
ROUNDS_TO_HEAL = 4
BACKUPS_KEPT = 3
WAITS_S = 1.5
"""Passes in a pause besides: so a station that asks again and again is not asked very often."""


class World:
    """One seeded run of the house."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.weather = draw_weather(self.dice)
        self.trace = Trace()
        self.frozen = False
        self.ahead = self.weather.ahead
        self.spoilt = 0
        """Transactions that did not simply go through."""
        self._house = the_house()
        self._house.network.restarted.clear()
        self._time = TrueTime(NOON)
        self._folder = ram_folder("warehouse-run-")
        self._house.begin(self._folder, NAMES[: self.weather.stations])
        self._calm = False
        self._cut_off: set[str] = set()
        self._outage = 0
        self._late: list[Callable[[], object]] = []
        self._backups: list[Any] = []
        self._busy: list[str] = []
        self._confirmed: list[str] = []
        self._physical: Lying = Counter()
        self._phantoms: Lying = Counter()
        self._taken_over: dict[tuple[str, int], TakenFrom] = {}
        self._holders: dict[tuple[str, int], str] = {}
        self.stations = [self._station(name) for name in NAMES[: self.weather.stations]]
        self._desk = SimDesk(self._wire("DESK"), self.dice, self.trace, takes_over=self.weather.takeovers)
        self._bookkeepers = [
            SimBookkeeper(name, self._wire(name), self.dice, self.trace)
            for name in ("BOOKS", "BOOKS2")[: self.weather.bookkeepers]
        ]
        self._actors: list[Actor] = [*self.stations, *self._bookkeepers]
        if self.weather.desk:
            self._actors.append(self._desk)

    def run(self) -> None:
        """The whole run. Raises Violation."""
        try:
            for _ in range(self.weather.steps):
                self._step()
            self._heal()
            self._check()
        finally:
            self.close()

    def close(self) -> None:
        """Nothing is left of the run but its trace."""
        for station in self.stations:
            station.die()
        shutil.rmtree(self._folder)

    # What stations know and do of the world

    def physically_there(self, place: str, sku: str) -> int:
        """Units that really lie there."""
        return self._physical[place, ("", sku, "")]

    def bring(self, place: str, sku: str, units: int) -> None:
        """Units are laid there, or taken from there."""
        self._physical[place, ("", sku, "")] += units

    def confirmed(self, facts: tuple[Recorded, ...]) -> None:
        """The worker was told that these are recorded."""
        self._confirmed += [recorded.fact_id for recorded in facts]

    def wait(self, seconds: float) -> None:
        """Time passes, in which others act."""
        self._time.pass_by(seconds + WAITS_S)
        if len(self._busy) < DEEPEST:
            self._someone_acts()

    def seconds(self) -> float:
        """The true time, as a counter of seconds."""
        return self._time.now.timestamp()

    def may_die(self, actor: str) -> None:
        """Here the actor's process can be killed."""
        if not self._calm and self.dice.random() < self.weather.death:
            raise Died(actor)

    # What becomes of transactions

    def before(self, actor: str, *, writes: bool, posts: bool) -> Fate:
        """Somebody else may act in the pause, and the actor may die in it."""
        if self._calm:
            return Fate.THROUGH
        if len(self._busy) < DEEPEST and self.dice.random() < self.weather.meeting:
            self._someone_acts()
        self.may_die(actor)
        fate = self._fate(actor, writes=writes, posts=posts)
        if fate is not Fate.THROUGH:
            self.spoilt += 1
            self.trace.tell(actor, f"~ its transaction {fate.value}")
        return fate

    def written(self) -> None:
        """Note how far the books were when work was taken over: all that comes later of it is late."""
        if self.weather.takeovers and self.weather.desk:
            for work, epoch, station, booked in self._house.tables.takeovers():
                self._taken_over.setdefault((work, epoch), TakenFrom(station, booked))

    def after(self, actor: str) -> None:
        """The transaction is committed; the actor may die before it hears of it."""
        self.may_die(actor)

    def later(self, job: Callable[[], object]) -> None:
        """Do this at some later time, if the server lives so long."""
        self._late.append(job)

    def _fate(self, actor: str, *, writes: bool, posts: bool) -> Fate:
        weather, chance = self.weather, self.dice.random()
        if self._outage or actor in self._cut_off or chance < weather.refused:
            return Fate.REFUSED
        if self.dice.random() < weather.broken:
            return Fate.BROKEN
        if posts and self.dice.random() < weather.late_copy:
            return Fate.LATE
        if writes and self.dice.random() < weather.lost:
            return self.dice.choice((Fate.LOST_BEFORE, Fate.LOST_AFTER))
        return Fate.THROUGH

    # Turns

    def _step(self) -> None:
        self._time.pass_by(self.dice.uniform(0.1, 30))
        self._weather_changes()
        self._someone_acts()
        check_after_each_step(self._house.tables)

    def _someone_acts(self) -> None:
        free = [actor for actor in self._actors if actor.name not in self._busy]
        if not free:
            return
        (actor,) = self.dice.choices(free, [actor.busyness for actor in free])
        self._give_turn(actor, actor.act)

    def _give_turn(self, actor: Actor, act: Callable[[], None]) -> None:
        """Let an actor do something, which may kill it."""
        self._busy.append(actor.name)
        self.trace.depth = len(self._busy) - 1
        try:
            act()
        except Died:
            self.trace.tell(actor.name, "DIES")
            if isinstance(actor, SimStation):
                actor.die()
        finally:
            self._busy.pop()
            self.trace.depth = max(0, len(self._busy) - 1)
        if isinstance(actor, SimStation) and actor.running:
            self._check_holder(actor)

    def _check_holder(self, station: SimStation) -> None:
        if not self.weather.forgets:
            packets = [state.packet for state in station.bench.session.states.values()]
            check_holders(self._holders, station.name, [(packet.work, packet.epoch) for packet in packets])

    def _weather_changes(self) -> None:
        """Things that happen to the network, the server and the clocks."""
        dice, weather = self.dice, self.weather
        self._outage = max(0, self._outage - 1)
        if self._late and dice.random() < 0.5:
            self._commit_late()
        if weather.outages and dice.random() < 0.05:
            self._go_down()
        if weather.outages and dice.random() < 0.1:
            self._cut(dice.choice(self._actors).name)
        if weather.restores and dice.random() < 0.25:
            self._back_up()
        if self._backups and dice.random() < 0.15:
            self._restore()
        if weather.wrong_clocks and dice.random() < 0.05:
            self._set_a_clock()
        if weather.renames and dice.random() < 0.05:
            self._give_turn(self._desk, self._desk.rename)
        if weather.phantoms and dice.random() < 0.05:
            self._report_a_phantom()

    def _commit_late(self) -> None:
        job = self._late.pop(self.dice.randrange(len(self._late)))
        self.trace.tell("SERVER", "commits what nobody waits for any more")
        try:
            job()
        except WarehouseError as error:
            self.trace.tell("SERVER", "does not:", type(error).__name__)

    def _go_down(self) -> None:
        self._outage = self.dice.randint(1, 8)
        self._late.clear()
        self._restart_connections()
        self.trace.tell("SERVER", "is down for", self._outage, "steps")

    def _cut(self, name: str) -> None:
        cut = name not in self._cut_off
        (self._cut_off.add if cut else self._cut_off.discard)(name)
        self.trace.tell(name, "is cut off" if cut else "is connected again")

    def _back_up(self) -> None:
        self.frozen = not self.weather.forgets
        self._backups.append(self._house.copy())
        del self._backups[:-BACKUPS_KEPT]
        self.trace.tell("SERVER", "is backed up")

    def _restore(self) -> None:
        place = self.dice.randrange(len(self._backups))
        self._house.put_back(self._backups[place])
        self._late.clear()
        self._restart_connections()
        self.trace.tell("SERVER", "is replaced by its backup of", len(self._backups) - place, "backups ago")

    def _restart_connections(self) -> None:
        self._house.network.restarted.update(actor.name for actor in self._actors)

    def _set_a_clock(self) -> None:
        station = self.dice.choice(self.stations)
        seconds = self.dice.choice((-90_000.0, -3_600.0, -5.0, 5.0, 3_600.0, 90_000.0))
        station.clock.jump(seconds)
        self.trace.tell(station.name, "has its clock set by", seconds, "seconds")

    def _report_a_phantom(self) -> None:
        """A fact that cannot be true, or one of which only others know why it is."""
        station = self.dice.choice(self.stations)
        if station.running and station.name not in self._busy:
            units = self.dice.randint(1, 3)
            place = self.dice.choice((SHARED, f"X-{station.name}"))
            self._phantoms[place, ("", "CUP", "")] += units
            self.bring(place, "CUP", units)
            phantom = PutAway("", "CUP", "", units, place, f"Y-{station.name}")
            self._give_turn(station, lambda: station.report(phantom))

    # The end

    def _heal(self) -> None:
        """The network is well again, the server runs, and every station is switched on until it has posted all."""
        self.trace.tell("ALL", "is healed")
        self._calm, self._outage = True, 0
        self._cut_off.clear()
        self._late.clear()
        for station in self.stations:
            if not station.running:
                station.boot()
        waiting = {station.name: 1 for station in self.stations}
        rounds = 0
        while any(waiting.values()):
            if rounds == ROUNDS_TO_HEAL:
                raise Violation(f"facts are not posted although all is healed: {waiting}")
            for station in self.stations:
                station.look_again()
                station.synchronize()
            waiting = {station.name: station.connected.link.waiting_facts() for station in self.stations}
            rounds += 1
        for station in self.stations:
            station.follow()
        book_everything(self._desk.wire)

    def _check(self) -> None:
        journals = {station.name: journal_of(self._folder / station.name) for station in self.stations}
        told = Told(self._confirmed, journals, self._phantoms, frozenset(self._desk.cancelled), self._taken_over)
        for station in self.stations:
            check_replica(self._house.tables, self._folder / station.name)
        check = check_what_is_left if self.weather.forgets else check_at_the_end
        check(self._house.tables, self._house.reckoning(), told)
        proof = self._desk.wire.read(verify)
        if proof.differences or proof.unapplied:
            raise Violation(f"verify finds {proof.differences}, {proof.unapplied} unapplied")

    def _station(self, name: str) -> SimStation:
        wrong = self.weather.wrong_clocks
        offset = timedelta(seconds=self.dice.uniform(-120, 120) if wrong else 0)
        clock = WrongClock(self._time, offset, self.dice.uniform(-0.01, 0.01) if wrong else 0.0)
        return SimStation(self, name, self._folder / name, self._wire(name, clock), clock)

    def _wire(self, name: str, clock: WrongClock | None = None) -> Wire:
        right = WrongClock(self._time, timedelta(0), 0.0)
        return Wire(self._house.network, self._house.engine, name, clock or right, self)


def run(seed: int) -> World:
    """Run a seed; what failed tells the seed and how it came to it. Raises Violation."""
    world = World(seed)
    try:
        world.run()
    except Exception as error:
        raise Violation(told_of(world, error)) from error
    return world


def told_of(world: World, error: Exception, last: int | None = 25) -> str:
    """A failure with its seed and the last steps before it."""
    steps = "\n".join(world.trace.lines(last))
    return (
        f"seed {world.seed}: {type(error).__name__}: {error}\n{steps}\n"
        f"{world.weather}\nreplay: python -m tests.simulation {world.seed}"
    )
