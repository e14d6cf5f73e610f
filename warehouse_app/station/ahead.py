"""Claims work ahead for a bench, so that it goes on when the shared database is away, and gives idle work back."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from warehouse_app.domain.packets import PackPacket
from warehouse_app.domain.session import FeedbackKind, feedback
from warehouse_app.language import mark
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.claiming_ahead import (
    EVERYTHING,
    PIECE,
    TASKS,
    Ahead,
    Asker,
    Look,
    claim_ahead,
    give_back_works,
    look_around,
    pieces,
    want_work,
    works_to_claim,
)
from warehouse_app.operations.claims import LostWork, claim_again, told_of_worked_twice
from warehouse_app.operations.number_blocks import lease_numbers, leave_out_lost_numbers
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.work_list import AtHand, at_hand

DEPTH_SETTING, IDLE_SETTING = "ahead_depth", "ahead_idle_minutes"
DEPTH_AT_A_BENCH = 3
IDLE_MINUTES = 30
KEEP_EVERY_S = 3.0

SPARES_WANTED, SPARES_LEAST = 40, 20
"""Carton numbers in store beyond those of the packets."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """How far the preparation for offline work is: works looked at, claimed, and in the end what is at hand."""

    done: int
    wanted: int
    claimed: int
    at_hand: AtHand


def no_progress(_: Prepared) -> None:
    """Nobody looks."""


class WorkAhead:
    """What a bench has at hand beyond the work that is begun. Safe to be called from any thread but the bench's own."""

    def __init__(self, bench: Bench, link: Link, depth: int | None = None) -> None:
        """`depth` is how many works are kept at hand while connected, where the station's own setting says nothing."""
        self.bench = bench
        self._link = link
        self._usual_depth = depth or 0
        self._claiming = Lock()
        self._due = 0.0
        self._shown: list[str] = []
        self._filled_up: set[str] = set()

    @property
    def task(self) -> str:
        """The bench's task."""
        return self.bench.session.task

    @property
    def depth(self) -> int:
        """How many works are kept at hand while connected."""
        return number_setting(self.bench.file, DEPTH_SETTING, self._usual_depth)

    @property
    def at_hand(self) -> AtHand:
        """What could be worked now without the shared database."""
        return at_hand(self.bench)

    def keep_when_due(self) -> None:
        """Every few seconds: hear what became of our claims, give back, fill up. Raises StoreUnavailable."""
        if time.monotonic() >= self._due:
            self.keep()
            self._due = time.monotonic() + KEEP_EVERY_S

    def keep(self) -> None:
        """The same at once. A preparation that runs just now goes first."""
        if not self._claiming.acquire(blocking=False):
            return
        try:
            look = self._look()
            self._hear(look)
            if self.task in TASKS:
                self._give_back_idle(look)
                self._fill_up(look)
                self._have_numbers()
        finally:
            self._claiming.release()

    def prepare(self, ahead: Ahead, tell: Callable[[Prepared], None] = no_progress) -> Prepared:
        """Claim everything that this asks for, piece by piece. Raises StoreUnavailable; what was claimed stays."""
        with self._claiming:
            self._link.settle()
            holder = self._holder()
            busy_with = self._busy_with(self._look())
            found = self._link.database.read(works_to_claim, holder, ahead)
            if ahead.count < EVERYTHING:
                self._have_numbers(ahead.count)
            works = [work for work in found if work not in busy_with]
            claimed = done = 0
            for piece in pieces(works):
                claimed += self._claim(holder, piece)
                done += len(piece)
                tell(Prepared(done, len(works), claimed, self.at_hand))
            self._have_numbers(len(self.bench.works()))
            return Prepared(done, len(works), claimed, self.at_hand)

    def give_back(self, works: Sequence[str] = ()) -> tuple[str, ...]:
        """Give back these works, or all that is not begun. Raises StoreUnavailable.

        What the station has let go when the connection breaks is given back when there is one again.
        """
        with self._claiming:
            self._look()
            return self._give_back(works or tuple(self.bench.ahead()))

    def give_back_filled_up(self) -> tuple[str, ...]:
        """Give back what was only kept at hand while connected, as at the end of the program. Raises StoreUnavailable.

        What a person prepared stays.
        """
        with self._claiming:
            return self._give_back(sorted(self._filled_up))

    def _holder(self) -> Holder:
        return Holder(self.bench.file.station, self.bench.worker)

    def _look(self) -> Look:
        file = self.bench.file
        asker = Asker(file.station, file.incarnation, self.bench.works(), self._highest_number())
        return self._link.database.read(look_around, self.task, asker)

    def _busy_with(self, look: Look) -> set[str]:
        """Work in hand, and work of which the books have not everything: they would offer it although it is done."""
        in_hand = set(self.bench.works())  # Before the journal: what is finished meanwhile is there by then.
        return in_hand | self._link.works_after(look.booked_to)

    def _hear(self, look: Look) -> None:
        """Work that was taken over stops the worker; a database that was set back is told what it forgot."""
        database, station = self._link.database, self.bench.file.station
        if look.numbers_are_behind:
            database.write(leave_out_lost_numbers, self._highest_number())
        if look.forgotten:
            works = self.bench.works()
            database.write(claim_again, station, {work: works[work] for work in look.forgotten if work in works})
        self.bench.lose({one.work: {"by": one.taken_by, "station": one.station} for one in look.lost})
        self._tell_of_work_done_twice(look.worked_twice)

    def _tell_of_work_done_twice(self, works: Sequence[LostWork]) -> None:
        """Once each; the shared database keeps it in mind until the bench has shown it."""
        if self._shown and self.bench.told_everything:
            told, self._shown = self._shown, []
            self._link.database.write(told_of_worked_twice, self.bench.file.station, told)
            works = [one for one in works if one.work not in told]
        for one in works:
            if one.work in self._shown:
                continue
            self._shown.append(one.work)
            message = mark(
                "Stop: {name} was taken over from this bench ({by}) and worked on here as well. Set aside what you have"
                " of it and call a supervisor."
            )
            name = one.work.partition(":")[2]
            self.bench.tell(feedback(FeedbackKind.STOPPED, message, name=name, by=one.taken_by or "-"))

    def _give_back_idle(self, look: Look) -> None:
        """What was asked for by name at once; what has lain idle, while others look for work in vain."""
        ahead = self.bench.ahead()
        wanted = [work for work in look.asked_back if work in ahead]
        if look.waiting:
            minutes = number_setting(self.bench.file, IDLE_SETTING, IDLE_MINUTES)
            since = self.bench.now() - timedelta(minutes=minutes)
            wanted += [work for work, at in ahead.items() if datetime.fromisoformat(at) <= since]
        busy_with = self._busy_with(look)
        strays = [work for work in look.claimed_ahead if work not in busy_with]
        if strays:
            give_back_works(self._link.database, strays, self.bench.file.station)
        self._give_back(dict.fromkeys(wanted))

    def _give_back(self, works: Sequence[str] | dict[str, None]) -> tuple[str, ...]:
        let_go = self.bench.let_go(works)
        return give_back_works(self._link.database, let_go, self.bench.file.station) if let_go else ()

    def _fill_up(self, look: Look) -> None:
        missing = self.depth - len(self.bench.ahead())
        if missing <= 0 or not self.bench.worker:
            return
        holder, busy_with = self._holder(), self._busy_with(look)
        ahead = Ahead(self.task, self.depth + len(busy_with))
        works = [work for work in self._link.database.read(works_to_claim, holder, ahead) if work not in busy_with]
        filling = works[: min(missing, PIECE)]
        self._filled_up.update(filling)
        claimed = self._claim(holder, filling) if filling else 0
        if claimed < missing:
            self._link.database.write(want_work, self.task, holder.station)

    def _claim(self, holder: Holder, works: Sequence[str]) -> int:
        packets = self._link.database.write(claim_ahead, self.task, holder, works)
        self.bench.keep_ahead([self._link.suggest(packet) for packet in packets])
        return len(packets)

    def _have_numbers(self, orders: int = 0) -> None:
        """Keep carton numbers in store, more of them for many orders."""
        have = len(self.bench.journal.spares.numbers)
        if self.task == "pack" and have < SPARES_LEAST + orders // 2:
            self.bench.keep_numbers(lease_numbers(self._link.database, SPARES_WANTED + orders - have))

    def _highest_number(self) -> str:
        packets = [state.packet for state in list(self.bench.session.states.values())]
        numbers = [number for packet in packets if isinstance(packet, PackPacket) for number in packet.ssccs[-1:]]
        return max((*numbers, *self.bench.journal.spares.numbers[-1:]), default="")


def number_setting(file: StationFile, name: str, usual: int) -> int:
    """A number that a person may have set for this station."""
    text = file.setting(name)
    return int(text) if text.isdigit() else usual
