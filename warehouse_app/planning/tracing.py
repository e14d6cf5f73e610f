"""Where the units of a receipt may lie, told from the ledger alone: an upper bound for every place.

Units without a mark cannot be told apart, so a move may carry as many units of the receipt as it has units, and as many
may stay behind. Goods are owner, SKU and lot: a lot keeps its units apart from those of others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

Goods = tuple[str, str, str]
Place = tuple[Goods, str]  # goods, location


class Origin(Enum):
    """What is known of the units that a move carries."""

    RECEIPT = "receipt"
    """All of them came with the receipt."""
    OTHER = "other"
    """None of them did: another supply."""
    UNKNOWN = "unknown"
    """Any of them may have: the books did not know of them where they were taken."""
    PLACE = "place"
    """They came from where they lay."""


@dataclass(frozen=True, slots=True)
class TracedMove:
    """One move of the ledger, in its order."""

    goods: Goods
    quantity: int
    from_location: str
    to_location: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Trace:
    """Units of the receipt at each place at the most: after the last move (`now`), and at any time (`ever`).

    Places without any are left out.
    """

    now: Mapping[Place, int]
    ever: Mapping[Place, int]


def trace_receipt(moves: Iterable[TracedMove], on_hand: Mapping[Place, int], virtual: Collection[str]) -> Trace:
    """Where units of the receipt may lie, and may have lain.

    `moves` begin with the receipt's first and hold every later one of its goods. `on_hand` is what lies at each place
    after the last of them. Places in `virtual` hold any number.
    """
    told = list(moves)
    lies = _before(told, on_hand)
    bound: defaultdict[Place, int] = defaultdict(int)
    ever: defaultdict[Place, int] = defaultdict(int)
    received: defaultdict[Goods, int] = defaultdict(int)
    for move in told:
        source, target = (move.goods, move.from_location), (move.goods, move.to_location)
        if move.origin is Origin.RECEIPT:
            received[move.goods] += move.quantity
        carried = _carried(move, bound[source], received[move.goods])
        lies[source] -= move.quantity
        lies[target] += move.quantity
        if move.from_location not in virtual:
            bound[source] = min(bound[source], max(0, lies[source]))
        most = received[move.goods] if move.to_location in virtual else min(received[move.goods], max(0, lies[target]))
        bound[target] = min(bound[target] + carried, most)
        ever[target] = max(ever[target], bound[target])
    return Trace(_filled(bound), _filled(ever))


def _filled(quantities: Mapping[Place, int]) -> dict[Place, int]:
    return {place: quantity for place, quantity in quantities.items() if quantity}


def _before(moves: Iterable[TracedMove], on_hand: Mapping[Place, int]) -> defaultdict[Place, int]:
    """What lay at each place before the first move."""
    lies = defaultdict(int, on_hand)
    for move in moves:
        lies[move.goods, move.from_location] += move.quantity
        lies[move.goods, move.to_location] -= move.quantity
    return lies


def _carried(move: TracedMove, bound: int, received: int) -> int:
    if move.origin is Origin.RECEIPT:
        return move.quantity
    if move.origin is Origin.OTHER:
        return 0
    return min(move.quantity, received if move.origin is Origin.UNKNOWN else bound)
