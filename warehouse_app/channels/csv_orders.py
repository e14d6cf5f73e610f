"""Orders in our own CSV format (docs/files.md): one row a line, the order's own words repeated in each of its rows.

An order is taken whole or not at all: without one of its lines it would ship wrongly. So a row that cannot be read
leaves out its order, and each other row of that order is named with it. Every other order is taken. The rows of an
order may stand anywhere in the file, which is why orders are given only when all of it has been read.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC

from warehouse_app.domain.channel_order import ChannelLine, ChannelOrder, OrderFile, OrdersRead
from warehouse_app.domain.csv_table import CsvRow, CsvTable
from warehouse_app.domain.packets import Address
from warehouse_app.domain.rejects import BadCell, Reject, left_out
from warehouse_app.language import mark

CHANNEL = "csv"
REQUIRED = ("order_no", "line_no", "ordered_at", "sku", "quantity", "name", "country", "address1", "city")


@dataclass(slots=True)
class _Draft:
    """What is known of an order while its rows come in; `head` is an order without lines."""

    head: ChannelOrder | None = None
    head_row: CsvRow | None = None
    lines: dict[int, ChannelLine] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def read_orders(file: OrderFile) -> OrdersRead:
    """All whole orders of the file in the order of their first rows. Raises BadFile."""
    table = CsvTable(file.stream, file.name, REQUIRED)
    drafts: dict[str, _Draft] = {}
    nameless: list[Reject] = []
    for row in table:
        order_no = row.cells.get("order_no", "")
        if not order_no:
            nameless.append(table.reject(row, _why_nameless(row)))
            continue
        draft = drafts.setdefault(order_no, _Draft())
        draft.rows.append(row.number)
        try:
            _add_row(draft, row, file)
        except BadCell as error:
            draft.rejects.append(table.reject(row, error))
    orders = tuple(_whole(draft) for draft in drafts.values() if draft.head is not None and not draft.rejects)
    whole_orders = [reject for order_no, draft in drafts.items() for reject in _left_out(order_no, draft)]
    return OrdersRead(orders, tuple(sorted(nameless + whole_orders, key=lambda reject: reject.row)))


def _why_nameless(row: CsvRow) -> BadCell:
    try:
        row.check()
    except BadCell as error:
        return error
    return BadCell("order_no", mark("This must be filled in."))


def _add_row(draft: _Draft, row: CsvRow, file: OrderFile) -> None:
    row.check()
    line = _line(row, file.currency)
    head = _head(row, file)
    if draft.head is None or draft.head_row is None:
        draft.head, draft.head_row = head, row
    elif head != draft.head:
        raise _difference(draft.head_row, row)
    same = draft.lines.get(line.line_no)
    if same is not None:
        raise BadCell(
            "line_no", mark("Line {line} of the order is in row {row} already."), line=line.line_no, row=same.row
        )
    draft.lines[line.line_no] = line


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


_LINE_COLUMNS = frozenset({"line_no", "sku", "quantity", "unit_price", "currency"})


def _difference(first: CsvRow, row: CsvRow) -> BadCell:
    """Which of the order's own words are not those of its first row."""
    names = [name for name in row.cells if name not in _LINE_COLUMNS and row.cells[name] != first.cells.get(name)]
    message = mark("This is not the same as in row {row}, which belongs to the same order.")
    return BadCell(names[0] if names else "order_no", message, row=first.number)


def _whole(draft: _Draft) -> ChannelOrder:
    assert draft.head is not None
    return replace(draft.head, lines=tuple(draft.lines[number] for number in sorted(draft.lines)))


def _left_out(order_no: str, draft: _Draft) -> list[Reject]:
    if not draft.rejects:
        return []
    named = {reject.row for reject in draft.rejects}
    others = [row for row in draft.rows if row not in named]
    return draft.rejects + left_out(order_no, others, draft.rejects[0])
