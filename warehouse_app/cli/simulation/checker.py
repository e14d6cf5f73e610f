"""Proves from a run's folder that its facts came through whole, once, and with nothing sold twice.

It shares no code with journal, posting and books: it reads journals, logs and tables, and works everything out again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse_app.cli.simulation.contradictions import happened, meaning_of, meant, seen_by_books
from warehouse_app.cli.simulation.effects import OUTSIDE, Effect, damaged_place, effects_of, lying, packed_into
from warehouse_app.cli.simulation.kept import Kept, Noted, Row

LATE = ("late_fact", "count_approved")
"""Causes of moves that correct a count; they may name a fact without being its effect."""

SAME = ("station", "incarnation", "sequence", "work", "epoch", "kind", "version", "payload")
"""What the shared database must have of a fact exactly as the journal has it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: of which kind, and what exactly."""

    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the checker counted, and everything that it found wrong."""

    facts: int
    posted: int
    discrepancies: int
    contradictions: int
    findings: tuple[Finding, ...]

    def count(self, *kinds: str) -> int:
        """How many findings there are of these kinds."""
        return sum(1 for finding in self.findings if finding.kind in kinds)


def check(folder: Path) -> Report:
    """Prove a kept run. An empty list of findings is the proof."""
    kept = Kept(folder)
    seen, real = seen_by_books(kept), happened(kept)
    parts: tuple[Callable[[Kept], Iterator[Finding]], ...] = (
        _journals, _posted, _applied, _moved, _balances, _promises, _shipped, _claims, _orders,
    )  # fmt: skip
    findings = [finding for part in parts for finding in part(kept)]
    findings += _contradictions(kept, real, seen)
    stations = {(fact.station, fact.incarnation) for fact in kept.journals}
    posted = sum(1 for row in kept.after("fact") if (row["station"], row["incarnation"]) in stations)
    intended = meant(kept)
    explained = sum(count for key, count in real.items() if meaning_of(key) in intended)
    return Report(len(kept.journals), posted, sum(seen.values()), explained, tuple(findings))


def _journals(kept: Kept) -> Iterator[Finding]:
    """What was announced to a person is in the journal, whose numbers have no gap."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for fact in kept.journals:
        places[fact.station, fact.incarnation].append(fact.sequence)
    for (station, _), numbers in places.items():
        if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            yield Finding("gap", f"the journal of {station} counts {numbers[0]} to {numbers[-1]} with a gap")
    ids = Counter(fact.fact_id for fact in kept.journals)
    for fact_id, count in ids.items():
        if count > 1:
            yield Finding("doubled", f"fact {fact_id} is {count} times in the journals")
    for station, line in kept.log("announced"):
        for fact_id in line["facts"]:
            if fact_id not in ids:
                yield Finding("lost", f"fact {fact_id} was announced at {station} and is in no journal")


def _posted(kept: Kept) -> Iterator[Finding]:
    """The shared database has every fact of the journals once, exactly as it is there, and no other of theirs."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in kept.after("fact"):
        rows[row["fact_id"]].append(row)
    known = {fact.fact_id for fact in kept.journals}
    stations = {(fact.station, fact.incarnation) for fact in kept.journals}
    for fact in kept.journals:
        found = rows.get(fact.fact_id, [])
        if not found:
            yield Finding("lost", f"fact {fact.fact_id} of {fact.station} ({fact.kind}) is not in the shared database")
        elif len(found) > 1:
            yield Finding("doubled", f"fact {fact.fact_id} is {len(found)} times in the shared database")
        elif any(found[0][name] != getattr(fact, name) for name in SAME):
            yield Finding("altered", f"fact {fact.fact_id} of {fact.station} is not what the journal has")
    for fact_id, found in rows.items():
        if fact_id not in known and any((row["station"], row["incarnation"]) in stations for row in found):
            yield Finding("doubled", f"fact {fact_id} is in the shared database and in no journal")


def _applied(kept: Kept) -> Iterator[Finding]:
    """The books stand where each journal ends, and no fact is parked."""
    last: dict[tuple[str, str], int] = {}
    for fact in kept.journals:
        last[fact.station, fact.incarnation] = max(fact.sequence, last.get((fact.station, fact.incarnation), 0))
    cursors = {(row["station"], row["incarnation"]): row["applied_sequence"] for row in kept.after("station_cursor")}
    for (station, incarnation), sequence in last.items():
        applied = cursors.get((station, incarnation), 0)
        if applied != sequence:
            yield Finding("unapplied", f"the books have {station} up to {applied} of {sequence}")
    known = {row["fact_id"] for row in kept.before("parked_fact")}
    for row in kept.after("parked_fact"):
        if row["fact_id"] not in known:
            yield Finding("parked", f"fact {row['fact_id']} of {row['station']} is parked: {row['error']}")


def _moved(kept: Kept) -> Iterator[Finding]:
    """Each fact moved exactly its units, once."""
    effects = effects_of(kept.journals, damaged_place(kept.after("location")))
    names = {fact.fact_id: fact for fact in kept.journals}
    moved: dict[str, Counter[tuple[object, ...]]] = defaultdict(Counter)
    for row in _new_moves(kept):
        if row["cause_id"] not in names or row["cause_kind"] in LATE:
            continue
        if row["from_location"] not in OUTSIDE and row["to_location"] not in OUTSIDE:
            goods = (row["owner"], row["sku"], row["lot"])
            moved[row["cause_id"]][goods, row["from_location"], row["to_location"]] += row["quantity"]
    for fact_id, fact in names.items():
        yield from _effect_once(fact, effects.get(fact_id), moved[fact_id])


def _effect_once(fact: Noted, effect: Effect | None, moved: Counter[tuple[object, ...]]) -> Iterator[Finding]:
    right: Counter[tuple[object, ...]] = Counter()
    if effect is not None and effect.start != effect.end:
        right[effect.goods, effect.start, effect.end] = effect.quantity
    for key in {*right, *moved}:
        if moved[key] < right[key]:
            yield Finding("lost", f"fact {fact.fact_id} ({fact.kind}) moved {moved[key]} units, not {right[key]}")
        elif moved[key] > right[key]:
            yield Finding("doubled", f"fact {fact.fact_id} ({fact.kind}) moved {moved[key]} units, not {right[key]}")


def _balances(kept: Kept) -> Iterator[Finding]:
    """What lies anywhere is what lay there and what was moved since; nothing lies where nothing can."""
    moves = [
        Effect((row["owner"], row["sku"], row["lot"]), row["quantity"], row["from_location"], row["to_location"])
        for row in _new_moves(kept)
    ]
    proven = lying(kept.before("balance"), moves)
    booked = lying(kept.after("balance"), ())
    for cell in sorted({*proven, *booked}):
        if proven[cell] != booked[cell]:
            yield Finding("balance", f"{' / '.join(cell)}: {booked[cell]} booked, {proven[cell]} by the moves")
    for row in kept.after("balance"):
        if row["physical"] and not 0 <= row["allocated"] <= row["on_hand"]:
            yield Finding("oversold", f"{row['location']} / {row['sku']}: {row['allocated']} of {row['on_hand']}")


def _promises(kept: Kept) -> Iterator[Finding]:
    """No product is promised more often than it is there."""
    there: Counter[tuple[str, str]] = Counter()
    for row in kept.after("balance"):
        if row["physical"]:
            there[row["sku"], row["owner"]] += row["on_hand"]
    for table in ("allocation", "reservation"):
        promised: Counter[tuple[str, str]] = Counter()
        for row in kept.after(table):
            promised[row["sku"], row["owner"]] += row["quantity"]
        for goods, units in promised.items():
            if units > there[goods]:
                yield Finding("oversold", f"{goods[0]}: {units} promised by {table}, {there[goods]} there")


def _shipped(kept: Kept) -> Iterator[Finding]:
    """A carton leaves once with what was packed into it, and no line gets more than was ordered."""
    packed = packed_into(kept.journals)
    cartons = {row["carton"]: row["state"] for row in kept.after("carton")}
    left: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for row in _new_moves(kept):
        goods = (row["owner"], row["sku"], row["lot"])
        if row["to_location"] == "CUSTOMER":
            left[row["from_location"]][goods] += row["quantity"]
        elif row["from_location"] == "CUSTOMER":
            left[row["to_location"]][goods] -= row["quantity"]
    shipped: Counter[tuple[str, int]] = Counter()
    for carton in sorted({*packed, *left} - {row["carton"] for row in kept.before("carton")}):
        away = cartons.get(carton) == "handed_over"
        right: Counter[tuple[str, str, str]] = Counter()
        for (order_no, line_no, owner, sku, lot), units in packed[carton].items() if away else ():
            right[owner, sku, lot] += units
            shipped[order_no, line_no] += units
        if +left[carton] != +right:
            more = sum(left[carton].values()) > sum(right.values())
            yield Finding("oversold" if more else "lost", f"carton {carton} left with other units than were packed")
    for row in kept.after("fulfilment_line"):
        sent = shipped[row["order_no"], row["line_no"]]
        if sent > row["ordered"]:
            yield Finding("oversold", f"order {row['order_no']} line {row['line_no']}: {sent} of {row['ordered']} sent")


def _claims(kept: Kept) -> Iterator[Finding]:
    """One station an epoch; and an epoch that was given out before another was asked for is the lower one."""
    holders: dict[tuple[str, int], set[str]] = defaultdict(set)
    for fact in kept.journals:
        if fact.epoch:
            holders[fact.work, fact.epoch].add(fact.station)
    given: dict[str, list[Row]] = defaultdict(list)
    for station, line in kept.log("claims"):
        holders[line["work"], line["epoch"]].add(station)
        given[line["work"]].append(line)
    for (work, epoch), stations in sorted(holders.items()):
        if len(stations) > 1:
            yield Finding("claim", f"{work} was held by {' and '.join(sorted(stations))} under claim {epoch}")
    for work, lines in given.items():
        for later in lines:
            before = [line["epoch"] for line in lines if line["answered_at"] < later["asked_at"]]
            if max(before, default=0) > later["epoch"]:
                yield Finding("claim", f"{work}: claim {later['epoch']} was given after {max(before)}")


def _orders(kept: Kept) -> Iterator[Finding]:
    """Every order of the run has left, or waits for units that a contradiction took away."""
    mine = set(kept.run["order_nos"])
    missing = {
        key[1] for key in happened(kept) if key[0] in ("picked_short", "missing_at_packing", "damaged_at_packing")
    }
    doubted = {key[2] for key in happened(kept)}
    lines = defaultdict(list)
    for row in kept.after("fulfilment_line"):
        lines[row["order_no"]].append(row)
    for row in kept.after("fulfilment_order"):
        waits = row["state"] in ("short", "partial", "new") and any(
            line["sku"] in doubted for line in lines[row["order_no"]]
        )
        if row["order_no"] in mine and row["state"] != "shipped" and row["order_no"] not in missing and not waits:
            yield Finding("unfinished", f"order {row['order_no']} is {row['state']}")


def _contradictions(kept: Kept, real: Counter[tuple[object, ...]], seen: Counter[tuple[object, ...]]) -> list[Finding]:
    """The books tell exactly what contradicts them, and nothing contradicts them that nobody set out to do."""
    intended = meant(kept)
    words = " / ".join
    found = [Finding("discrepancy", f"nothing on the floor explains {words(map(str, key))}") for key in (seen - real)]
    found += [Finding("discrepancy", f"the books do not tell of {words(map(str, key))}") for key in (real - seen)]
    found += [
        Finding("discrepancy", f"nobody set out to do {words(map(str, key))}")
        for key in real
        if meaning_of(key) not in intended
    ]
    return found


def _new_moves(kept: Kept) -> list[Row]:
    last = kept.run["last_move_no"]
    return [row for row in kept.after("move") if row["move_no"] > last]
