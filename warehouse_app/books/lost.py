"""A fact that was lost with a station's disk: nothing can be booked, and a person must know."""

from warehouse_app.books.applying import applies
from warehouse_app.books.ledger import Books
from warehouse_app.books.loading import Needs
from warehouse_app.domain.facts import FactLost


@applies(FactLost, lambda _: Needs())
def apply_fact_lost(fact: FactLost, books: Books) -> None:
    """What it was is to be found out where the station worked."""
    books.differ("fact_lost", detail=fact.said_by)
