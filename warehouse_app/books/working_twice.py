"""Facts of work that was taken over from their station: what was moved was moved, and a person hears of it.

The facts stand in the ledger like any others. What they say about the work itself, that it is begun, stopped or
finished, is no longer theirs to say: that is up to whoever holds it now.
"""

from warehouse_app.books.ledger import Books, Replacement
from warehouse_app.books.rows import TakeoverRow
from warehouse_app.books.stopping import ENDED, cartons_of, stop_at_despatch
from warehouse_app.domain.facts import (
    AmendmentTaken,
    CartonClosed,
    Counted,
    Fact,
    LabelAsked,
    LabelPrinted,
    LabelScanned,
    LocationCounted,
    PackingOpened,
    Picked,
    Recorded,
    Undone,
    UnitPacked,
    WorkFinished,
    WorkStopped,
)

WORKED_TWICE = "worked_twice"

_ABOUT_THE_WORK = (
    AmendmentTaken, LabelAsked, LabelPrinted, LabelScanned, PackingOpened, WorkFinished, WorkStopped,
)  # fmt: skip
"""Facts that handle nothing, so that they are no work done twice."""

_WITHOUT_EFFECT = (AmendmentTaken, PackingOpened, WorkFinished, WorkStopped, Counted, LocationCounted)
"""What counts no more once the work is another station's; units that were counted twice would add up."""


def is_late(recorded: Recorded, books: Books) -> bool:
    """Whether the work was taken over from this station, or is another one's after the database was set back."""
    return _takeover_of(recorded, books) is not None


def note_late(recorded: Recorded, books: Books) -> None:
    """Count a late fact, and tell a person of the first one that handled something."""
    over = _takeover_of(recorded, books)
    assert over is not None
    fact = _act(recorded.fact)
    if isinstance(fact, _ABOUT_THE_WORK):
        return
    over.late_facts += 1
    if over.late_facts == 1:
        task, _, name = recorded.work.partition(":")
        order_no = getattr(fact, "order_no", name if task == "pack" else "")
        claim = books.claims.get(recorded.work)
        other = claim.station if claim is not None and claim.station != recorded.station else ""
        books.differ(WORKED_TWICE, order_no=order_no, detail=other)
        if books.orders.get(order_no) is not None:
            books.note(order_no, WORKED_TWICE, station=recorded.station, work=recorded.work)


def has_effect(fact: Fact) -> bool:
    """Whether a late fact of this kind still changes the books."""
    return not isinstance(_act(fact), _WITHOUT_EFFECT)


def tell_holder(recorded: Recorded, books: Books) -> None:
    """Whoever holds the work now need not handle what the late fact handled, or must, if it was undone."""
    fact, undone = _act(recorded.fact), isinstance(recorded.fact, Undone)
    if isinstance(fact, UnitPacked):
        books.amend(
            recorded.work, what="add_units" if undone else "drop_units", order=fact.order_no, line=fact.line_no,
            owner=fact.owner, sku=fact.sku, lot=fact.lot, tote=fact.tote, quantity=fact.quantity,
        )  # fmt: skip
    elif isinstance(fact, Picked) and not undone:
        books.amend(recorded.work, what="drop_stop", stop=fact.stop_no, quantity=fact.quantity)


def must_not_leave(order_no: str, books: Books) -> bool:
    """Whether a carton that was closed late holds what the order has or had already: it would be sent twice."""
    over = any(line.packed > line.wanted for line in books.lines_of(order_no))
    return over or books.orders[order_no].state in ENDED


def put_cartons_aside(order_no: str, station: str, books: Books) -> None:
    """Cartons that the bench left open when it heard of the takeover go back to the shelves; the order gets others."""
    order = books.orders.get(order_no)
    for carton in cartons_of(order_no, books):
        if carton.state != "open" or carton.station != station:
            continue
        carton.state = "stopped"
        for row in books.contents.under(carton.carton):
            line = books.lines[row.order_no, row.line_no]
            lost = books.deallocate(line, carton.carton, row.lot, row.quantity)
            line.packed -= row.quantity
            line.picked -= row.quantity
            if lost:
                books.replacements.append(Replacement(row.order_no, row.line_no, lost, ""))
    if order is not None:
        books.touched.add(order_no)


def stop_late_carton(fact: CartonClosed, books: Books) -> bool:
    """Keep a carton in the house that would be sent twice; tells whether it is one."""
    carton = books.cartons.get(fact.carton)
    if carton is None or carton.state == "handed_over" or not must_not_leave(fact.order_no, books):
        return False
    carton.state = "stopped"
    stop_at_despatch(carton, WORKED_TWICE, books)
    return True


def _act(fact: Fact) -> Fact:
    return fact.original if isinstance(fact, Undone) else fact


def _takeover_of(recorded: Recorded, books: Books) -> TakeoverRow | None:
    found = books.takeovers.get(recorded.work, recorded.epoch)
    if found is not None:
        return found if found.station == recorded.station else None
    claim = books.claims.get(recorded.work)
    if claim is None or claim.state != "held" or claim.station == recorded.station or claim.epoch != recorded.epoch:
        return None
    return books.takeovers.add(
        TakeoverRow(recorded.work, recorded.epoch, recorded.station, claim.claimed_at, books.recorded_at, 0)
    )
