"""`station claim-ahead`, `give-back` and `at-hand`: work for the time without the shared database."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands, positive
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.operations.claiming_ahead import EVERYTHING, TASKS, Ahead
from warehouse_app.operations.packing import Lane
from warehouse_app.station.ahead import DEPTH_SETTING, IDLE_SETTING, Prepared, WorkAhead
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.station.work_list import AtHand, at_hand, work_at_hand


class NotAtHand(WarehouseError):
    """Work that cannot be given back."""

    message = mark("{work} is not at hand here, or is begun already: it cannot be given back.")


def add_commands(station: Commands) -> None:
    """Commands of the station group."""
    parser = station.add("claim-ahead", claim_ahead, tr("claim work to be done without the shared database"))
    parser.add_argument("--task", choices=list(TASKS), default="pack", help=tr("whose work (pack)"))
    parser.add_argument("--worker", required=True, metavar="BADGE", help=tr("the badge of the worker"))
    parser.add_argument("--orders", type=positive, default=EVERYTHING, metavar="N", help=tr("so many at the most"))
    parser.add_argument("--wave", default="", metavar="WAVE", help=tr("only work of this wave"))
    parser.add_argument("--service", default="", metavar="NAME", help=tr("only orders that leave by this service"))
    parser.add_argument("--carrier", default="", metavar="NAME", help=tr("only orders that this carrier takes"))
    parser.add_argument("--depth", type=int, metavar="N", help=tr("from now on keep so much at hand while connected"))
    parser.add_argument("--idle-minutes", type=int, metavar="N", help=tr("give back what lay idle so long (30)"))
    parser.add_argument("--station", default="", metavar="NAME", help=tr("the name of a new station"))
    parser = station.add("give-back", give_back, tr("give back claimed work that is not begun"))
    parser.add_argument("work", nargs="*", metavar="WORK", help=tr("such as pack:1001; without one everything"))
    parser.add_argument("--task", choices=list(TASKS), default="pack", help=tr("whose work (pack)"))
    parser = station.add("at-hand", show_at_hand, tr("the claimed work that is not begun"))
    parser.add_argument("--task", choices=list(TASKS), default="pack", help=tr("whose work (pack)"))


def claim_ahead(context: Context, arguments: Namespace) -> int:
    """Claim piece by piece, with progress; what was claimed before a failure stays."""
    with _connected(context, arguments) as ahead:
        bench = ahead.bench
        worker = bench.replica.worker_of(arguments.worker.removeprefix("BADGE:"))
        if worker is None:
            raise NotFound(thing=mark("badge"), name=arguments.worker)
        bench.sign_on(worker.worker)
        with bench.file.transaction():
            for name, number in ((DEPTH_SETTING, arguments.depth), (IDLE_SETTING, arguments.idle_minutes)):
                if number is not None:
                    bench.file.set(name, str(max(0, number)))
        lane = Lane(arguments.wave, arguments.service, arguments.carrier)

        def tell(so_far: Prepared) -> None:
            context.output.progress(tr("claimed {done} of {wanted}", done=so_far.claimed, wanted=so_far.wanted))

        prepared = ahead.prepare(Ahead(arguments.task, arguments.orders, lane), tell)
        value = {
            "station": bench.file.station, "task": arguments.task, "wanted": prepared.wanted,
            "claimed": prepared.claimed, **_values(prepared.at_hand),
            "spare_numbers": len(bench.journal.spares.numbers),
        }  # fmt: skip
        context.output.result(value, _text(prepared.claimed, prepared.at_hand))
    return 0


def give_back(context: Context, arguments: Namespace) -> int:
    """Give back these works, or all that is not begun."""
    with _connected(context, arguments) as ahead:
        missing = [work for work in arguments.work if work not in ahead.bench.ahead()]
        if missing:
            raise NotAtHand(work=missing[0])
        given = ahead.give_back(arguments.work)
        left = at_hand(ahead.bench)
        text = tr_n("{n:,} work was given back.", "{n:,} works were given back.", len(given))
        context.output.result({"given_back": sorted(given), "at_hand": left.count}, text)
    return 0


def show_at_hand(context: Context, arguments: Namespace) -> int:
    """List it, which needs no shared database."""
    with _bench(context, arguments) as (_, bench):
        rows = work_at_hand(bench)
        value = [{"work": row.work, "scan_text": row.scan_text, "due": row.due, "units": row.units} for row in rows]
        headings = (tr("work"), tr("scan"), tr("due"), tr("units"))
        cells = ((row.work, row.scan_text, f"{row.due:%Y-%m-%d %H:%M}" if row.due else "", row.units) for row in rows)
        context.output.result(value, table(headings, cells))
    return 0


@contextmanager
def _bench(context: Context, arguments: Namespace) -> Iterator[tuple[Link, Bench]]:
    file = StationFile(context.home, getattr(arguments, "station", ""))
    try:
        replica = Replica(file)
        link = Link(file, context.any_database, replica)
        try:
            yield link, Bench(file, arguments.task, link.database.clock, replica)
        finally:
            link.close()
    finally:
        file.close()


@contextmanager
def _connected(context: Context, arguments: Namespace) -> Iterator[WorkAhead]:
    """A bench that is connected before it stands where its journal stands. Raises StoreUnavailable."""
    file = StationFile(context.home, getattr(arguments, "station", ""))
    try:
        replica = Replica(file)
        link = Link(file, context.database, replica)
        try:
            link.connect()
            yield WorkAhead(Bench(file, arguments.task, link.database.clock, replica), link)
        finally:
            link.close()
    finally:
        file.close()


def _values(found: AtHand) -> dict[str, object]:
    return {
        "at_hand": found.count,
        "first_due": found.first_due,
        "last_due": found.last_due,
        "lasts_until": found.lasts_until,
    }


def _text(claimed: int, found: AtHand) -> str:
    words = [tr_n("{n:,} work claimed.", "{n:,} works claimed.", claimed)]
    words.append(tr_n("{n:,} is at hand", "{n:,} are at hand", found.count))
    if found.last_due is not None:
        words.append(tr("due until {moment}", moment=f"{found.last_due:%Y-%m-%d %H:%M}"))
    if found.lasts_until is not None:
        words.append(tr("enough until {moment} at the pace of the last hour", moment=f"{found.lasts_until:%H:%M}"))
    return f"{words[0]} {', '.join(words[1:])}."
