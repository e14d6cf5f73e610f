"""What a seed draws before the run begins: who is there, how bad things are, and for how long."""

import random
from dataclasses import dataclass

NEVER = 0.0


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances are parts of one, at each transaction; `meeting` is that of somebody else acting in between.

    With `restores` the server is replaced by its backups; it `forgets` when things are claimed and decided in spite of
    that, so that claims, orders and numbers are given a second time.
    """

    stations: int
    bookkeepers: int
    steps: int
    refused: float
    broken: float
    lost: float
    late_copy: float
    meeting: float
    death: float
    outages: bool
    restores: bool
    forgets: bool
    desk: bool
    ahead: bool
    takeovers: bool
    renames: bool
    phantoms: bool
    wrong_clocks: bool


def draw_weather(dice: random.Random) -> Weather:
    """Some runs are calm in most respects, so that a fault shows itself alone; some are bad in all."""
    ahead, takeovers = dice.random() < 0.3, dice.random() < 0.3
    restores = dice.random() < 0.35
    forgets = restores and dice.random() < 0.2
    return Weather(
        stations=dice.choice((2, 2, 2, 2, 3, 4)),
        bookkeepers=dice.choice((1, 1, 2)),
        steps=dice.choice((8, 10, 14, 26)) + 8 * ahead + 8 * takeovers,
        refused=dice.choice((NEVER, 0.02, 0.1)),
        broken=dice.choice((NEVER, 0.02, 0.1)),
        lost=dice.choice((NEVER, 0.05, 0.2)),
        late_copy=dice.choice((NEVER, 0.05, 0.2)),
        meeting=dice.choice((NEVER, 0.05, 0.3)),
        death=dice.choice((NEVER, 0.005, 0.03)),
        outages=dice.random() < 0.4,
        restores=restores,
        forgets=forgets,
        desk=restores == forgets and (takeovers or dice.random() < 0.4),
        ahead=ahead,
        takeovers=takeovers,
        renames=dice.random() < 0.3,
        phantoms=dice.random() < 0.3,
        wrong_clocks=dice.random() < 0.5,
    )
