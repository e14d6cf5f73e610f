"""What putting away changes in the books."""

from warehouse_app.books.applying import applies, reverses
from warehouse_app.books.ledger import Books
from warehouse_app.books.loading import Needs, needs
from warehouse_app.domain.facts import PutAway


def _needs(fact: PutAway) -> Needs:
    return needs(places=[fact.from_location, fact.to_location], skus=[fact.sku])


@applies(PutAway, _needs)
def apply_put_away(fact: PutAway, books: Books) -> None:
    """Units go from where they waited to a storage location."""
    books.move((fact.owner, fact.sku, fact.lot), fact.quantity, fact.from_location, fact.to_location)


@reverses(PutAway)
def reverse_put_away(fact: PutAway, books: Books) -> None:
    """The units were taken back to where they waited."""
    books.move((fact.owner, fact.sku, fact.lot), fact.quantity, fact.to_location, fact.from_location)
