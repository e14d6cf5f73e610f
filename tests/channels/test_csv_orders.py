import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse_app.channels import csv_orders
from warehouse_app.channels.csv_orders import read_orders
from warehouse_app.domain.channel_order import ChannelOrder, OrderFile
from warehouse_app.domain.errors import BadFile
from warehouse_app.domain.rejects import Reject

ORDER = {
    "order_no": "A-1",
    "line_no": "1",
    "ordered_at": "2011-05-10T09:15:00+01:00",
    "service": "next_day",
    "sku": "85123a",
    "quantity": "6",
    "unit_price": "2.95",
    "currency": "GBP",
    "customer": "17850",
    "name": "王喆",
    "company": "",
    "address1": "12 Larkspur Avenue",
    "address2": "",
    "city": "Leeds",
    "region": "",
    "postcode": "LS19 4QD",
    "country": "GB",
    "phone": "",
    "email": "",
    "ship_policy": "complete",
    "priority": "0",
    "note": "",
}
HEADER = list(ORDER)


def row(order_no: str, line_no: int, **cells: str) -> dict[str, str]:
    return {**ORDER, "order_no": order_no, "line_no": str(line_no), **cells}


GOOD_ROWS = [
    row("A-1", 1),
    row("B-2", 1, note='Ring "twice", please\nthen wait'),
    row("A-1", 2, sku="=SUM(A1)"),
    row("C-3", 1, note="=No plastic, please", quantity="74215"),
    row("B-2", 2, note='Ring "twice", please\nthen wait'),
]
"""Row 1 is the header, so these are rows 2 to 6."""


def written(rows: list[dict[str, str]], quoting: int = csv.QUOTE_MINIMAL) -> list[bytes]:
    lines = []
    for cells in [HEADER, *([cells[name] for name in HEADER] for cells in rows)]:
        text = io.StringIO(newline="")
        csv.writer(text, quoting=quoting, lineterminator="\n").writerow(cells)  # type: ignore[arg-type]
        lines.append(text.getvalue().encode())
    return lines


class Found(NamedTuple):
    """Everything that a reader gives: the orders as they came, the rejects by row."""

    orders: list[ChannelOrder]
    rejects: list[Reject]


def read(data: bytes) -> Found:
    result = read_orders(OrderFile(io.BytesIO(data), "orders.csv", "shop", "GBP"))
    found = list(result.found)
    rejects = sorted((one for one in found if isinstance(one, Reject)), key=lambda reject: reject.row)
    orders = [one for one in found if isinstance(one, ChannelOrder)]
    assert result.rows == len(rejects) + sum(len(order.lines) for order in orders)
    return Found(orders, rejects)


def content(order: ChannelOrder) -> ChannelOrder:
    """The order without the rows where it stood, which move when a line is broken in two."""
    return replace(order, lines=tuple(replace(line, row=0) for line in order.lines))


def test_rows_of_an_order_come_together_wherever_they_stand() -> None:
    result = read(b"".join(written(GOOD_ROWS)))

    assert not result.rejects
    assert [(order.order_no, [line.row for line in order.lines]) for order in result.orders] == [
        ("A-1", [2, 4]),
        ("C-3", [5]),
        ("B-2", [3, 6]),
    ]
    first = result.orders[0]
    assert first.ordered_at == datetime(2011, 5, 10, 8, 15, tzinfo=UTC)
    assert [(line.sku, line.quantity, line.unit_price) for line in first.lines] == [
        ("85123a", 6, 295),
        ("=SUM(A1)", 6, 295),
    ]
    assert result.orders[1].note == "=No plastic, please"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("quantity", "0"),
        ("quantity", "-1"),
        ("quantity", "1.5"),
        ("quantity", str(2**63)),
        ("quantity", "9" * 10_000),
        ("quantity", "abc"),
        ("quantity", "٣"),
        ("quantity", ""),
        ("line_no", "2"),
        ("line_no", "x"),
        ("ordered_at", "2011-05-10T09:15:00"),
        ("ordered_at", "2011-02-30T09:15:00Z"),
        ("ordered_at", "0001-01-01T00:00:00+14:00"),
        ("ordered_at", "yesterday"),
        ("unit_price", "2,95"),
        ("unit_price", "2.955"),
        ("unit_price", "NaN"),
        ("currency", "£"),
        ("country", "Britain"),
        ("ship_policy", "maybe"),
        ("priority", "-1"),
        ("name", "\0"),
        ("sku", "A" * 10_000),
        ("sku", "two\nlines"),
        ("city", ""),
        ("city", "Elsewhere"),
    ],
)
def test_a_bad_cell_leaves_out_its_order_names_all_its_rows_and_keeps_every_other_order(field: str, text: str) -> None:
    rows = [*GOOD_ROWS[:2], {**GOOD_ROWS[2], field: text}, *GOOD_ROWS[3:]]
    if (field, text) == ("line_no", "2"):
        rows[2] = {**rows[2], "line_no": "1"}

    result = read(b"".join(written(rows)))

    assert [order.order_no for order in result.orders] == ["C-3", "B-2"]
    assert [(reject.row, reject.field) for reject in result.rejects] == [(2, "order_no"), (4, field)]
    assert str(result.rejects[0].reason) == "Order A-1 is left out because of row 4."


@pytest.mark.parametrize(
    "broken",
    [
        b'A-1,2,"2011-05-10\n',
        b'A-1,2,2011-05-10T09:15:00+01:00,next_day,"85123A"x,6\n',
        b"A-1,2,2011-05-10T09:15:00+01:00,next_day\n",
        b"A-1,2" + b"," * 30 + b"x\n",
        b'A-1,2,2011-05-10T09:15:00+01:00,next_day,21714,2,,,,N,,A,,L,,,GB,,,complete,0,"never closed\n',
        b"A-1,2,2011-05-10T09:15:00+01:00,next_day,21714,2,,,,Am\xe9lie,,A,,L,,,GB,,,complete,0,\n",
        b"A-1,2,2011-05-10T09:15:00+01:00,next_day,21714,2,,,,Am\0lie,,A,,L,,,GB,,,complete,0,\n",
    ],
)
def test_a_broken_row_leaves_out_its_order_and_takes_no_other_row_along(broken: bytes) -> None:
    lines = written(GOOD_ROWS)
    lines[3] = broken

    result = read(b"".join(lines))

    assert [order.order_no for order in result.orders] == ["C-3", "B-2"]
    assert [reject.row for reject in result.rejects] == [2, 4]


def test_a_byte_that_is_not_utf8_is_named_by_its_position() -> None:
    lines = written(GOOD_ROWS)
    lines[2] = lines[2].replace(b"Leeds", b"K\xf6ln")
    data = b"\xef\xbb\xbf" + b"".join(lines)

    result = read(data)

    assert f"Byte {data.index(0xF6)} of the file is not UTF-8" in str(result.rejects[0].reason)
    assert [order.order_no for order in result.orders] == ["A-1", "C-3"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_line_ends_blank_lines_and_further_columns_do_no_harm(end: bytes, mark: bytes) -> None:
    rows = [row("A-1", 1), row("C-3", 1)]
    header, first, second = (line.rstrip(b"\n") + b",extra" for line in written(rows))

    result = read(mark + end.join([b"", header, b"", first, b"," * len(HEADER), second]))

    assert not result.rejects
    assert [(order.order_no, order.lines[0].row) for order in result.orders] == [("A-1", 4), ("C-3", 6)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"order_no,line_no,sku\n1,1,A\n", "ordered_at, quantity, name"),
        ("order_no,line_no".encode("utf-16"), "not UTF-8"),
        (b",".join([*(name.encode() for name in HEADER), b"sku"]), "twice: sku"),
    ],
)
def test_a_file_that_is_no_table_of_orders_is_refused_as_a_whole(data: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read(data)


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_happens_to_one_row_every_other_order_is_read_as_before(quoting: int, data: st.DataObject) -> None:
    good = {order.order_no: content(order) for order in read(b"".join(written(GOOD_ROWS, quoting))).orders}
    lines = written(GOOD_ROWS, quoting)
    place = data.draw(st.integers(1, len(GOOD_ROWS)))
    line = lines[place][:-1]
    start = data.draw(st.integers(0, len(line)))
    stop = data.draw(st.integers(start, min(len(line), start + 20)))
    junk = data.draw(
        st.lists(st.sampled_from([b'"', b'""', b",", b"\0", b"\xff", b"\xc3", b"\n", b"\r", b"x", b"=", b" "]))
    )

    lines[place] = line[:start] + b"".join(junk) + line[stop:] + b"\n"
    result = read(b"".join(lines))

    victim = GOOD_ROWS[place - 1]["order_no"]
    read_again = {order.order_no: content(order) for order in result.orders}
    assert {number: read_again.get(number) for number in good if number != victim} == {
        number: order for number, order in good.items() if number != victim
    }


def scattered(orders: int, lines: int) -> list[dict[str, str]]:
    """All first lines, then all second lines: no order is whole before the last part of the file."""
    return [row(f"N-{order}", line) for line in range(1, lines + 1) for order in range(orders)]


def test_orders_that_would_wait_with_too_many_others_come_at_a_further_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = scattered(10, 3)
    rows[13]["quantity"] = "none"
    rows.insert(20, row("", 1))
    data = b"".join(written(rows))
    at_once = read(data)

    monkeypatch.setattr(csv_orders, "ROWS_HELD_MOST", 7)
    one_by_one = read(data)

    assert sorted(one_by_one.orders, key=lambda order: order.order_no) == at_once.orders
    assert one_by_one.rejects == at_once.rejects
    assert [reject.row for reject in at_once.rejects] == [5, 15, 22, 26]


def test_a_file_that_changes_while_it_is_read_is_not_believed() -> None:
    lines = written(GOOD_ROWS)
    stream = io.BytesIO(b"".join(lines))
    result = read_orders(OrderFile(stream, "orders.csv", "shop", "GBP"))

    stream.seek(0, io.SEEK_END)
    stream.write(lines[1].replace(b"A-1,1", b"A-1,3"))

    with pytest.raises(BadFile, match="changed while it was read"):
        list(result.found)


def test_the_hash_of_an_order_is_that_of_the_orders_in_databases_in_use() -> None:
    first, *_ = read(b"".join(written(GOOD_ROWS))).orders

    assert first.content_hash == "ee7f83c5d6e55013c1814f2793cded17c998816a7d9d0f1757fa72e1c1ed2c50"
