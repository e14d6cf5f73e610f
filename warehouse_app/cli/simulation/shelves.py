"""What really lies on the shelves: opening stock, what the journals say was moved, and what only the hands know."""

from collections import Counter
from collections.abc import Sequence

from warehouse_app.cli.simulation.contradictions import COUNT, SHORT
from warehouse_app.cli.simulation.effects import Cell, damaged_place, effects_of, lying
from warehouse_app.cli.simulation.kept import Kept, Noted, Row
from warehouse_app.cli.simulation.logs import Log
from warehouse_app.cli.simulation.plan import chance

MOST_PLACES, USUAL_PLACES = 24, 8
"""Places that are counted in the end; places of them where nothing is known to be wrong."""
MISCOUNTED = 0.15
"""The part of those where a unit has gone, or come, without anybody knowing."""

Told = dict[str, list[tuple[str, str, int]]]
"""What a counter will find: SKU, lot and units by location."""


def shelves_to_count(kept: Kept, locations: Sequence[Row], seed: int) -> Told:
    """The places to be counted and what lies there; where that is not what the books can know, it is logged."""
    facts = kept.journals
    known = lying(kept.before("balance"), effects_of(facts, damaged_place(locations)).values())
    really = known + Counter()
    for cell, units in _unknown_to_books(kept, facts).items():
        really[cell] += units
    storage = {row["location"] for row in locations if row["kind"] == "storage" and row["pickable"]}
    wrong = {cell[0] for cell in {*known, *really} if cell[0] in storage and known[cell] != really[cell]}
    luck = chance(seed, "counts")
    usual = sorted({cell[0] for cell in known if cell[0] in storage} - wrong)
    chosen = [*sorted(wrong)[:MOST_PLACES], *luck.sample(usual, min(len(usual), USUAL_PLACES))]
    log = Log(kept.folder / "contradictions.jsonl")
    told: Told = {}
    for place in chosen:
        cells = sorted(cell for cell in {*known, *really} if cell[0] == place)
        told[place] = []
        for cell in cells:
            units = max(0, really[cell])
            if place not in wrong and luck.random() < MISCOUNTED:
                units = max(0, units + luck.choice((-2, -1, 1)))
            _, _, sku, lot = cell
            if units != known[cell]:
                log.write(kind=COUNT, about=[place, sku, lot], booked=known[cell], really=units)
            told[place].append((sku, lot, units))
    log.close()
    return told


def _unknown_to_books(kept: Kept, facts: Sequence[Noted]) -> Counter[Cell]:
    """Units that were missing where a picker looked, and units that were put elsewhere than was scanned."""
    found: Counter[Cell] = Counter()
    for fact in facts:
        if fact.kind == SHORT and fact.values["reason"] == "missing":
            values = fact.values
            found[values["location"], values["owner"], values["sku"], values["lot"]] -= values["quantity"]
    for station, line in kept.log("contradictions"):
        if line["kind"] != "put_astray":
            continue
        place, sku, lot = line["about"]
        put = _first_put(facts, station, line["after"], (place, sku, lot))
        if put is not None:
            owner, units = put.values["owner"], put.values["quantity"]
            found[place, owner, sku, lot] -= units
            found[line["really"], owner, sku, lot] += units
    return found


def _first_put(facts: Sequence[Noted], station: str, after: int, about: tuple[str, str, str]) -> Noted | None:
    """The putaway that went astray: the first of this product to this place after it was set out to."""
    for fact in facts:
        if (fact.station, fact.kind) == (station, "put_away") and fact.sequence > after:
            values = fact.values
            if (values["to_location"], values["sku"], values["lot"]) == about:
                return fact
    return None
