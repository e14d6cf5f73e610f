"""What counting changes in the books: observations only; stock changes when the count is approved."""

from warehouse_app.books.applying import applies, reverses
from warehouse_app.books.ledger import Books
from warehouse_app.books.loading import needs
from warehouse_app.books.rows import CountResultRow, CountTaskRow
from warehouse_app.domain.facts import Counted, LocationCounted


@applies(Counted, lambda fact: needs(sheets=[fact.sheet_no]))
def apply_counted(fact: Counted, books: Books) -> None:
    """What one scan saw adds to what was seen before."""
    task = books.count_tasks.get(fact.sheet_no, fact.location)
    if task is None or _is_due(task, fact):
        _result(fact, books).counted += fact.quantity


@reverses(Counted)
def reverse_counted(fact: Counted, books: Books) -> None:
    """That scan does not count."""
    task = books.count_tasks.get(fact.sheet_no, fact.location)
    if task is None or _is_due(task, fact):
        _result(fact, books).counted -= fact.quantity


@applies(LocationCounted, lambda fact: needs(sheets=[fact.sheet_no]))
def apply_location_counted(fact: LocationCounted, books: Books) -> None:
    """The location is counted; for every product seen the instant of the count is this one."""
    task = books.count_tasks.get(fact.sheet_no, fact.location)
    if task is None:
        books.differ("counted_unplanned", location=fact.location, detail=fact.sheet_no)
        return
    if not _is_due(task, fact):
        books.differ("counted_again", location=fact.location, detail=fact.sheet_no)
        return
    task.state, task.round_no = "counted", fact.round_no
    task.counted_by, task.counted_at = books.cause.worker, books.cause.happened_at
    for row in books.count_results:
        if (row.sheet_no, row.location, row.round_no) == (fact.sheet_no, fact.location, fact.round_no):
            row.counted_at = books.cause.happened_at


def _is_due(task: CountTaskRow, fact: Counted | LocationCounted) -> bool:
    """Whether the location waits for this round: what is counted or approved stands, whatever comes after it."""
    return task.state in ("open", "recount") and fact.round_no >= task.round_no


def _result(fact: Counted, books: Books) -> CountResultRow:
    row = books.count_results.get(fact.sheet_no, fact.location, fact.round_no, fact.owner, fact.sku, fact.lot)
    if row is not None:
        return row
    cause = books.cause
    return books.count_results.add(
        CountResultRow(
            fact.sheet_no, fact.location, fact.round_no, fact.owner, fact.sku, fact.lot, 0, 0, cause.worker,
            cause.happened_at,
        )
    )  # fmt: skip
