"""What must hold in every run, whatever went wrong in it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.arithmetic import Done, Lying, Reckoning, Written
from tests.simulation.evidence import Tables, rows_of
from tests.simulation.trace import Violation

PRODUCTS = "SELECT sku, name FROM product"
UNRECONCILED = "UNRECONCILED"
ABOUT_THE_WORK = frozenset({"amendment_taken", "printed", "opened", "work_finished", "stopped"})
OF_CANCELLED = frozenset({"shipped_although_cancelled", "handed_over_although_cancelled"})


@dataclass(frozen=True, slots=True)
class TakenFrom:
    """From whom work was taken over, and up to which of its facts the books were then."""

    station: str
    booked: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the run knows of itself: what was confirmed to workers, and which contradictions it put in."""

    confirmed: Sequence[str]
    """Ids of facts."""
    journals: Mapping[str, Sequence[Written]]
    """By station."""
    phantoms: Lying
    """Units that were taken from places where they never lay."""
    cancelled: frozenset[str]
    """Orders whose cancellation was asked for."""
    taken_over: Mapping[tuple[str, int], TakenFrom]
    """By work and epoch."""

    def late(self) -> Counter[tuple[str, int]]:
        """How many facts that handled something came of work that had been taken over, by work and epoch."""
        found: Counter[tuple[str, int]] = Counter()
        for claim, taken in self.taken_over.items():
            for row in self.journals[taken.station]:
                if (row.work, row.epoch) == claim and row.sequence > taken.booked and _handles(row):
                    found[claim] += 1
        return found

    def put_aside(self) -> Done:
        """Units in cartons that a bench had open when it heard that its work was another's now.

        They go back to the shelves, so they are picked and packed for no order any more.
        """
        found: Done = defaultdict(Counter)
        for claim, taken in self.taken_over.items():
            mine = [row for row in self.journals[taken.station] if (row.work, row.epoch) == claim]
            if any(row.kind == "work_finished" for row in mine):
                for line, units in _in_open_cartons(mine).items():
                    found[line].update(picked=units, packed=units)
        return found


def check_after_each_step(tables: Tables) -> None:
    """What is cheap to know at any time. Raises Violation."""
    holes = tables.streams_with_holes()
    if holes:
        raise Violation(f"facts were posted past others that are not there: {holes}")


def check_at_the_end(tables: Tables, reckoning: Reckoning, told: Told) -> None:
    """Everything, once all is healed, posted and booked; `reckoning` is as the house was. Raises Violation."""
    check_after_each_step(tables)
    _check_posted(tables, told)
    _check_applied(tables, told)
    _require(not tables.parked(), f"parked: {tables.parked()}")
    reckoning.add(written for journal in told.journals.values() for written in journal)
    _check_moves(tables, reckoning)
    reckoning.ship()
    _check_balances(tables, reckoning)
    _check_promises(tables)
    _check_claims(told)
    late = told.late()
    _check_late(tables, late)
    if not late:
        # Work that two stations did contradicts itself in more than one way.
        _check_debts(tables, told)
        _check_lines(tables, reckoning, told.put_aside())
        _check_discrepancies(tables, reckoning, told)


def check_what_is_left(tables: Tables, reckoning: Reckoning, told: Told) -> None:
    """What holds even if the database has forgotten orders and claims, and gave their numbers again. Raises Violation.

    Facts about what it no longer knows wait for a person; all others are in the books, once.
    """
    check_after_each_step(tables)
    _check_posted(tables, told)
    _check_applied(tables, told)
    parked = tables.parked()
    reckoning.add(row for journal in told.journals.values() for row in journal if row.fact_id not in parked)
    _check_moves(tables, reckoning)
    reckoning.ship()
    _check_balances(tables, reckoning)
    _check_promises(tables)


def check_replica(tables: Tables, home: Path) -> None:
    """A station that has followed the feed calls every product what the database calls it. Raises Violation."""
    theirs, mine = tables.rows(PRODUCTS), rows_of(home, PRODUCTS)
    _require(sorted(theirs) == sorted(mine), f"{home.name} knows {mine}, the database {theirs}")


def _check_posted(tables: Tables, told: Told) -> None:
    """Every journal is in the database, exactly as it is and nothing else."""
    posted = tables.facts(told.journals)
    for station, journal in told.journals.items():
        mine = [row for (of, _), stream in posted.items() if of == station for row in stream]
        _require(mine == list(journal), f"{station} has {len(journal)} facts, the database {len(mine)} of them")
        _require([row.sequence for row in journal] == list(range(1, len(journal) + 1)), f"{station} has gaps")
    every = [row.fact_id for journal in told.journals.values() for row in journal]
    _require(len(every) == len(set(every)), "two facts have one id")
    lost = set(told.confirmed) - set(every)
    _require(not lost, f"confirmed to a worker and in no journal: {sorted(lost)}")


def _check_applied(tables: Tables, told: Told) -> None:
    cursors = {row[0]: row[1] for row in tables.rows("SELECT station, applied_sequence FROM station_cursor")}
    for station, journal in told.journals.items():
        done = cursors.get(station, 0)
        _require(done == len(journal), f"the books have {done} of {len(journal)} facts of {station}")


def _check_moves(tables: Tables, reckoning: Reckoning) -> None:
    """Each fact moved what it says, once."""
    found: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for cause, *move in tables.rows(
        "SELECT cause_id, owner, sku, lot, quantity, from_location, to_location FROM move"
        " WHERE from_location <> ? AND to_location NOT IN (?, 'CUSTOMER') AND from_location <> 'CUSTOMER'"
        " AND cause_kind <> 'late_fact'",
        UNRECONCILED,
        UNRECONCILED,
    ):
        found[cause].append(tuple(move))
    for fact_id, step in reckoning.steps.items():
        wanted = [(*step.goods, step.quantity, step.from_place, step.to_place)]
        _require(found[fact_id] == wanted, f"fact {fact_id} says {wanted}, and moved {found[fact_id]}")


def _check_balances(tables: Tables, reckoning: Reckoning) -> None:
    lying, owed = tables.lying(), tables.owed()
    for (_, goods), units in owed.items():
        lying[UNRECONCILED, goods] += units
    for key in {*lying, *reckoning.lying}:
        booked, true = lying[key] - owed[key], reckoning.lying[key]
        _require(booked == true, f"{key}: {lying[key]} on hand and {owed[key]} owed, but {true} by the facts")


def _check_debts(tables: Tables, told: Told) -> None:
    for key, units in tables.owed().items():
        _require(0 < units <= told.phantoms[key], f"{units} owed to {key}, where nothing contradictory was reported")


def _in_open_cartons(rows: Iterable[Written]) -> Counter[tuple[str, int]]:
    """Units by order and line in the cartons that these facts of one work leave open."""
    inside: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    closed: Counter[str] = Counter()
    for row in rows:
        content, sign, kind = json.loads(row.payload), 1, row.kind
        if kind == "undone":
            kind, content, sign = content["original_kind"], json.loads(content["original_payload"]), -1
        if kind == "packed":
            inside[content["carton"]][content["order_no"], content["line_no"]] += sign * content["quantity"]
        elif kind in ("carton_closed", "carton_reopened"):
            closed[content["carton"]] += sign if kind == "carton_closed" else -sign
    return sum((units for carton, units in inside.items() if not closed[carton]), Counter())


def _check_lines(tables: Tables, reckoning: Reckoning, put_aside: Done) -> None:
    """Of lines that the facts speak about, the books have as much picked and packed as they had and the facts add."""
    booked = tables.lines()
    for key, done in reckoning.lines.items():
        true = Counter(done)
        true.subtract(put_aside[key])
        _require(booked[key] == true, f"line {key}: {dict(booked[key])} in the books, {dict(true)} by the facts")


def _check_promises(tables: Tables) -> None:
    """Nothing is promised twice."""
    sold = tables.rows(
        "SELECT s.sku, s.sellable, s.set_aside + coalesce(sum(r.quantity), 0) AS promised FROM product_stock s"
        " LEFT JOIN reservation r ON r.sku = s.sku AND r.owner = s.owner GROUP BY s.sku, s.owner"
        " HAVING promised > s.sellable"
    )
    _require(not sold, f"sold more than there is: {sold}")
    given = tables.rows(
        "SELECT a.location, a.sku, sum(a.quantity) AS promised, coalesce(max(b.on_hand), 0) AS there FROM allocation a"
        " LEFT JOIN balance b ON b.location = a.location AND b.sku = a.sku AND b.owner = a.owner AND b.lot = a.lot"
        " GROUP BY a.location, a.sku, a.owner, a.lot HAVING promised > there"
    )
    _require(not given, f"promised more of a place than lies there: {given}")


def _check_claims(told: Told) -> None:
    """One claim of a piece of work was acted on by one station."""
    holders: dict[tuple[str, int], set[str]] = defaultdict(set)
    for station, journal in told.journals.items():
        for row in journal:
            if row.work:
                holders[row.work, row.epoch].add(station)
    shared = {claim: stations for claim, stations in holders.items() if len(stations) > 1}
    _require(not shared, f"worked on by two stations under one claim: {shared}")


def _check_late(tables: Tables, late: Counter[tuple[str, int]]) -> None:
    """What came late of work that was taken over is counted, each fact once, and a person is told of it once."""
    rows = tables.rows("SELECT work, epoch, late_facts FROM takeover WHERE late_facts > 0")
    counted = Counter({(work, epoch): count for work, epoch, count in rows})
    _require(counted == late, f"late facts of work taken over: {dict(counted)} in the books, {dict(late)} in journals")
    told = tables.rows("SELECT work FROM discrepancy WHERE kind = 'worked_twice'")
    _require(len(told) == len(late), f"{len(told)} times worked twice, and {len(late)} works of which facts came late")


def _handles(row: Written) -> bool:
    """Whether a fact says that something was handled; to undo it is to handle it again."""
    kind = json.loads(row.payload)["original_kind"] if row.kind == "undone" else row.kind
    return kind not in ABOUT_THE_WORK


def _check_discrepancies(tables: Tables, reckoning: Reckoning, told: Told) -> None:
    """A person is told of what went wrong on the floor, and of nothing else."""
    found: Counter[str] = Counter()
    for kind, order_no, station, work in tables.rows("SELECT kind, order_no, station, work FROM discrepancy"):
        if kind in OF_CANCELLED and order_no in told.cancelled:
            continue
        if kind.startswith("received_"):
            continue
        found[kind] += 1
        _require(kind in reckoning.missing, f"discrepancy {kind} of order {order_no} at {station} ({work})")
    # What is undone was told before it was.
    for kind, units in reckoning.missing.items():
        _require(found[kind] >= units, f"{units} times {kind}, and {found[kind]} discrepancies")


def check_holders(holders: dict[tuple[str, int], str], station: str, claims: Iterable[tuple[str, int]]) -> None:
    """A claim is in the hands of one station. Raises Violation."""
    for claim in claims:
        holder = holders.setdefault(claim, station)
        _require(holder == station, f"{claim[0]} is held by {holder} and {station} under epoch {claim[1]}")


def _require(holds: bool, said: str) -> None:  # noqa: FBT001 - as assert
    if not holds:
        raise Violation(said)
