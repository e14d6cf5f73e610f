"""The registry of appliers: what each kind of fact changes in the books."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from warehouse_app.books.ledger import Books, Cause
from warehouse_app.books.loading import Needs
from warehouse_app.domain.facts import Fact, Recorded, Undone

F = TypeVar("F", bound=Fact)
Apply = Callable[[Any, Books], None]


@dataclass(frozen=True, slots=True)
class Applier:
    """How one kind of fact is applied: what must be loaded, and the pure change. `reverse` undoes it."""

    needs: Callable[[Any], Needs]
    apply: Apply
    reverse: Apply | None = None


_appliers: dict[type[Fact], Applier] = {}


def applies(fact_type: type[F], needs: Callable[[F], Needs]) -> Callable[[Callable[[F, Books], None]], Apply]:
    """Register a function as the applier of a fact type."""

    def register(apply: Callable[[F, Books], None]) -> Apply:
        _appliers[fact_type] = Applier(needs, apply)
        return apply

    return register


def reverses(fact_type: type[F]) -> Callable[[Callable[[F, Books], None]], Apply]:
    """Register a function as what undoes a fact type, after its applier."""

    def register(reverse: Callable[[F, Books], None]) -> Apply:
        known = _appliers[fact_type]
        _appliers[fact_type] = Applier(known.needs, known.apply, reverse)
        return reverse

    return register


def needs_of(fact: Fact) -> Needs:
    """What must be loaded for this fact."""
    if isinstance(fact, Undone):
        return needs_of(fact.original)
    applier = _appliers.get(type(fact))
    return applier.needs(fact) if applier else Needs()


def apply(recorded: Recorded, books: Books) -> None:
    """Apply one fact to the loaded books. Kinds without an applier change nothing that is booked."""
    books.cause = Cause(
        recorded.fact.kind,
        recorded.fact_id,
        recorded.worker,
        recorded.happened_at,
        station=recorded.station,
        work=recorded.work,
    )
    fact = recorded.fact
    if isinstance(fact, Undone):
        applier = _appliers.get(type(fact.original))
        if applier and applier.reverse:
            applier.reverse(fact.original, books)
        return
    applier = _appliers.get(type(fact))
    if applier:
        applier.apply(fact, books)
