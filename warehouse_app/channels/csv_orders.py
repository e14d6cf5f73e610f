"""Orders in our own CSV format (docs/files.md): one row a line, the order's own words repeated in each of its rows.

An order is taken whole or not at all: without one of its lines it would ship wrongly. So a row that cannot be read
leaves out its order, and each other row of that order is named with it. Every other order is taken.

The rows of an order may stand anywhere in the file, which may be larger than the memory. So the file is read twice:
first only to count the rows of each order, then to give each order as soon as its last row has come. Orders that would
have to wait with too many others for their last rows are left to a further reading.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC
from operator import itemgetter

from warehouse_app.domain.channel_order import ChannelLine, ChannelOrder, OrderFile, OrdersRead
from warehouse_app.domain.csv_table import CsvRow, CsvTable
from warehouse_app.domain.errors import BadFile
from warehouse_app.domain.packets import Address
from warehouse_app.domain.rejects import BadCell, Reject, left_out
from warehouse_app.language import mark, tr

CHANNEL = "csv"
REQUIRED = ("order_no", "line_no", "ordered_at", "sku", "quantity", "name", "country", "address1", "city")

ROWS_HELD_MOST = 50_000
"""Rows of orders that have begun and not ended: some tens of megabytes. A single order may have more."""

_LINE_COLUMNS = frozenset({"line_no", "sku", "quantity", "unit_price", "currency"})


def read_orders(file: OrderFile) -> OrdersRead:
    """The whole orders of the file in the order of their last rows, and its rejects. Raises BadFile."""
    start = file.stream.tell()
    rows_of = Counter(CsvTable(file.stream, file.name, REQUIRED).column("order_no"))
    return OrdersRead(rows_of.total(), _orders(file, start, rows_of))


def _orders(file: OrderFile, start: int, rows_of: dict[str, int]) -> Iterator[ChannelOrder | Reject]:
    rows = sum(rows_of.values())
    while rows_of:
        file.stream.seek(start)
        reading = _Reading(CsvTable(file.stream, file.name, REQUIRED), file, rows_of)
        yield from reading.orders()
        if reading.rows != rows or reading.drafts:
            raise BadFile(file=file.name, reason=tr("it was changed while it was read"))
        rows_of = reading.left


@dataclass(slots=True)
class _Draft:
    """What is known of an order while its rows come in; `head` is an order without lines, `words` its cells."""

    rows: int
    rows_to_come: int
    head: ChannelOrder | None = None
    head_row: CsvRow | None = None
    words: tuple[str, ...] = ()
    lines: dict[int, ChannelLine] = field(default_factory=dict)
    because: Reject | None = None
    """The first reject of the order."""


class _Reading:
    """One reading of the file. `wanted` are the rows of each order that was not given yet; `left` those still not."""

    def __init__(self, table: CsvTable, file: OrderFile, wanted: dict[str, int]) -> None:
        self.drafts: dict[str, _Draft] = {}
        self.left: dict[str, int] = {}
        self.rows = 0
        self._table, self._file, self._wanted = table, file, dict(wanted)
        self._held = 0
        self._words = _words_of(table)

    def orders(self) -> Iterator[ChannelOrder | Reject]:
        for row in self._table:
            self.rows += 1
            order_no = row.cells.get("order_no", "")
            draft = self.drafts.get(order_no) or self._begun(order_no)
            if draft is None:
                continue
            yield from self._nameless(row) if not order_no else self._take(draft, row, order_no)
            draft.rows_to_come -= 1
            if draft.rows_to_come:
                continue
            del self.drafts[order_no]
            self._held -= draft.rows
            if draft.because is None and draft.head is not None:
                yield replace(draft.head, lines=tuple(draft.lines[number] for number in sorted(draft.lines)))

    def _begun(self, order_no: str) -> _Draft | None:
        """A draft for the first row of an order; None for one whose turn was before or comes later."""
        rows = self._wanted.pop(order_no, 0)
        if not rows:
            return None
        if order_no and self._held and self._held + rows > ROWS_HELD_MOST:
            self.left[order_no] = rows
            return None
        # Rows without an order number belong to no order, and nothing of them is kept.
        held = rows if order_no else 0
        self._held += held
        draft = self.drafts[order_no] = _Draft(held, rows)
        return draft

    def _nameless(self, row: CsvRow) -> Iterator[Reject]:
        yield self._table.reject(row, _why_nameless(row))

    def _take(self, draft: _Draft, row: CsvRow, order_no: str) -> Iterator[Reject]:
        """Take a row into its order; what has to be left out for its sake comes as rejects at once."""
        try:
            self._add(draft, row)
        except BadCell as error:
            reject = self._table.reject(row, error)
            if draft.because is None:
                draft.because = reject
                yield from left_out(order_no, (line.row for line in draft.lines.values()), reject)
            yield reject
        else:
            if draft.because is not None:
                yield from left_out(order_no, [row.number], draft.because)

    def _add(self, draft: _Draft, row: CsvRow) -> None:
        row.check()
        line = _line(row, self._file.currency)
        words = self._words(row.cells)
        if words != draft.words:
            # Other spellings may well mean the same.
            head = _head(row, self._file)
            if draft.head is None or draft.head_row is None:
                draft.head, draft.head_row, draft.words = head, row, words
            elif head != draft.head:
                raise _difference(draft.head_row, row)
        same = draft.lines.get(line.line_no)
        if same is not None:
            raise BadCell(
                "line_no", mark("Line {line} of the order is in row {row} already."), line=line.line_no, row=same.row
            )
        draft.lines[line.line_no] = line


def _words_of(table: CsvTable) -> Callable[[dict[str, str]], tuple[str, ...]]:
    """Gives the cells of a row that concern its order as a whole."""
    return itemgetter(*(name for name in table.columns if name not in _LINE_COLUMNS))


def _why_nameless(row: CsvRow) -> BadCell:
    try:
        row.check()
    except BadCell as error:
        return error
    return BadCell("order_no", mark("This must be filled in."))


def _line(row: CsvRow, currency: str) -> ChannelLine:
    number = row.whole("line_no", least=1)
    currency = row.currency("currency", currency)
    return ChannelLine(
        line_id=str(number),
        line_no=number,
        sku=row.code("sku"),
        quantity=row.whole("quantity", least=1),
        unit_price=row.amount("unit_price", currency),
        currency=currency,
        row=row.number,
    )


def _head(row: CsvRow, file: OrderFile) -> ChannelOrder:
    order_no = row.code("order_no")
    return ChannelOrder(
        channel=CHANNEL,
        shop=file.shop,
        channel_order_id=order_no,
        order_no=order_no,
        ordered_at=row.moment("ordered_at").astimezone(UTC),
        service=row.code("service", "standard"),
        customer=row.code("customer", ""),
        ship_to=_address(row),
        ship_policy=row.choice("ship_policy", ("complete", "partial"), "complete"),
        priority=row.whole("priority", 0),
        note=row.text("note", ""),
        lines=(),
        file=file.name,
    )


def _address(row: CsvRow) -> Address:
    return Address(
        name=row.text("name"),
        company=row.text("company", ""),
        address1=row.text("address1"),
        address2=row.text("address2", ""),
        city=row.text("city"),
        region=row.text("region", ""),
        postcode=row.text("postcode", ""),
        country=row.country("country"),
        phone=row.text("phone", ""),
        email=row.text("email", ""),
    )


def _difference(first: CsvRow, row: CsvRow) -> BadCell:
    """Which of the order's own words are not those of its first row."""
    names = [name for name in row.cells if name not in _LINE_COLUMNS and row.cells[name] != first.cells.get(name)]
    message = mark("This is not the same as in row {row}, which belongs to the same order.")
    return BadCell(names[0] if names else "order_no", message, row=first.number)
