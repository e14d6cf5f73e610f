"""The registry of appliers: what each kind of fact changes in the books."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from warehouse_app.books.ledger import Books, Cause
from warehouse_app.books.loading import Needs
from warehouse_app.books.working_twice import has_effect, is_late, note_late, put_cartons_aside, tell_holder
from warehouse_app.domain.facts import AmendmentTaken, Fact, Recorded, Undone, WorkFinished

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
    late = is_late(recorded, books)
    books.cause = Cause(
        recorded.fact.kind,
        recorded.fact_id,
        recorded.worker,
        recorded.happened_at,
        station=recorded.station,
        work=recorded.work,
        late=late,
    )
    fact = recorded.fact
    if late:
        note_late(recorded, books)
        tell_holder(recorded, books)
        if isinstance(fact, WorkFinished) and recorded.work.startswith("pack:"):
            put_cartons_aside(recorded.work.partition(":")[2], recorded.station, books)
        if not has_effect(fact):
            return
    else:
        _is_begun(recorded, books)
    if isinstance(fact, Undone):
        applier = _appliers.get(type(fact.original))
        if applier and applier.reverse:
            applier.reverse(fact.original, books)
        return
    applier = _appliers.get(type(fact))
    if applier:
        applier.apply(fact, books)


def _is_begun(recorded: Recorded, books: Books) -> None:
    """Work that was claimed ahead is begun with the first fact that is more than a change to it."""
    claim = books.claims.get(recorded.work)
    mine = claim is not None and (claim.station, claim.epoch) == (recorded.station, recorded.epoch)
    if claim is not None and mine and not isinstance(recorded.fact, AmendmentTaken):
        claim.ahead = False
