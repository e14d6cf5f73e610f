"""Where the floor said something else than the books: as the hands meant it, as the journals have it, as the books saw.

The three must be the same. What is meant is logged before the scan, so a station that is killed in between has meant
something that never happened; only what is in a journal happened.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from warehouse_app.cli.simulation.effects import Cell, damaged_place, effects_of, lying, not_undone
from warehouse_app.cli.simulation.kept import Kept, Noted, Row

Key = tuple[Any, ...]
"""The kind of a contradiction and what it is about."""

COUNT, SHORT = "counted_otherwise", "picked_short"


def meant(kept: Kept) -> set[Key]:
    """What the hands at the stations set out to do, each as it is told in `contradictions.jsonl`."""
    lines = [*kept.counted_otherwise, *(line for _, line in kept.log("contradictions"))]
    return {(line["kind"], *line["about"]) for line in lines}


def meaning_of(key: Key) -> Key:
    """A contradiction as a station would have set out to do it: without the numbers that only came of it."""
    kind, *about = key
    if kind in (SHORT, COUNT):
        return (kind, *about[:3])
    return (kind, *about[:2])


def happened(kept: Kept) -> Counter[Key]:
    """What the journals say that contradicts the books."""
    facts = not_undone(kept.journals)
    found: Counter[Key] = Counter()
    for fact in facts:
        values = fact.values
        if fact.kind == SHORT:
            found[SHORT, values["order_no"], values["sku"], values["location"], values["quantity"]] += 1
        elif fact.kind == "missing_at_packing":
            kind = f"{values['reason']}_at_packing"
            found[kind, values["order_no"], values["sku"], values["tote"], values["quantity"]] += 1
    found.update(_receipts(kept, facts))
    found.update(_counts(kept, facts))
    return found


def seen_by_books(kept: Kept) -> Counter[Key]:
    """What the shared database came to say since the run began."""
    found: Counter[Key] = Counter()
    for row in _new(kept, "discrepancy", "discrepancy_id"):
        found[_discrepancy(row)] += 1
    for row in _new(kept, "order_history", "entry_id"):
        if row["what"] == SHORT:
            detail = row["detail"]
            found[SHORT, row["order_no"], detail["sku"], detail["location"], detail["quantity"]] += 1
    before = {_cell(row): row["quantity"] for row in kept.before("debt")}
    for row in kept.after("debt"):
        if row["quantity"] != before.get(_cell(row), 0):
            found["unreconciled", *_cell(row), row["quantity"]] += 1
    sheets = {sheet for sheet, _ in _last_rounds(kept)}
    rounds = _last_rounds(kept)
    for row in kept.after("count_result"):
        place = (row["sheet_no"], row["location"])
        if row["sheet_no"] in sheets and rounds.get(place) == row["round_no"] and row["counted"] != row["booked"]:
            found[COUNT, row["location"], row["sku"], row["lot"], row["counted"] - row["booked"]] += 1
    return found


def _discrepancy(row: Row) -> Key:
    if row["kind"].startswith("received_"):
        return (row["kind"], row["detail"], row["sku"], row["quantity"])
    return (row["kind"], row["order_no"], row["sku"], row["location"], row["quantity"])


def _new(kept: Kept, table: str, key: str) -> list[Row]:
    known = {row[key] for row in kept.before(table)}
    return [row for row in kept.after(table) if row[key] not in known]


def _receipts(kept: Kept, facts: Sequence[Noted]) -> Iterable[Key]:
    """Deliveries that were closed with more or less than was ordered."""
    before = {(row["po_no"], row["sku"]): row["received"] for row in kept.before("purchase_line")}
    came: Counter[tuple[str, str]] = Counter(before)
    for fact in facts:
        if fact.kind == "received":
            came[fact.values["po_no"], fact.values["sku"]] += fact.values["quantity"]
    ordered: Counter[tuple[str, str]] = Counter()
    for row in kept.after("purchase_line"):
        ordered[row["po_no"], row["sku"]] += row["ordered"]
    closed = {fact.values["po_no"] for fact in facts if fact.kind == "receipt_closed"}
    for po_no, sku in sorted({*came, *ordered}):
        difference = came[po_no, sku] - ordered[po_no, sku]
        if po_no in closed and difference:
            yield ("received_over" if difference > 0 else "received_short", po_no, sku, abs(difference))


def _counts(kept: Kept, facts: Sequence[Noted]) -> Iterable[Key]:
    """Places of which the last count told something else than opening stock and facts make."""
    effects = effects_of(kept.journals, damaged_place(kept.after("location")))
    lies = lying(kept.before("balance"), effects.values())
    told: Counter[Cell] = Counter()
    rounds = _last_rounds(kept)
    places = {location for _, location in rounds}
    for fact in facts:
        values = fact.values
        if fact.kind == "counted" and rounds.get((values["sheet_no"], values["location"])) == values["round_no"]:
            told[values["location"], values["owner"], values["sku"], values["lot"]] += values["quantity"]
    for cell in sorted({*told, *(cell for cell in lies if cell[0] in places)}):
        difference = told[cell] - lies[cell]
        if difference:
            location, _, sku, lot = cell
            yield (COUNT, location, sku, lot, difference)


def _last_rounds(kept: Kept) -> dict[tuple[str, str], int]:
    """The round that stands for every location that the run had counted."""
    known = {(row["sheet_no"], row["location"]) for row in kept.before("count_task")}
    return {
        (row["sheet_no"], row["location"]): row["round_no"]
        for row in kept.after("count_task")
        if (row["sheet_no"], row["location"]) not in known and row["state"] == "approved"
    }


def _cell(row: Row) -> Cell:
    return row["location"], row["owner"], row["sku"], row["lot"]
