"""Reads the public order data and decides, quirk by quirk, what is an order, a sale or neither."""

import csv
import gzip
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

Choice = TypeVar("Choice")

TRADING_DAY = date(2011, 5, 10)
WEEK_BEGINS = date(2011, 5, 4)
HISTORY_BEGINS = WEEK_BEGINS - timedelta(weeks=8)
MOVED_INVOICE = "541431"
NO_GOODS = frozenset({"POST", "DOT", "M", "C2", "D", "S", "AMAZONFEE", "BANK CHARGES", "B", "CRUK", "PADS"})
VOUCHER = "GIFT_"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the public file; `sku_as_written` keeps the channel's spelling, time is local to the United Kingdom."""

    invoice: str
    sku_as_written: str
    description: str
    quantity: int
    time: datetime
    unit_price: Decimal
    customer: str
    country: str

    @property
    def sku(self) -> str:
        """The product's own spelling: capitals, but vouchers as the shop writes them."""
        upper = self.sku_as_written.strip().upper()
        return upper.lower() if upper.startswith(VOUCHER) else upper

    @property
    def is_cancellation(self) -> bool:
        return self.invoice.startswith("C")

    @property
    def is_accounting(self) -> bool:
        return self.invoice.startswith("A")


@dataclass(frozen=True, slots=True)
class Order:
    order_no: str
    time: datetime
    lines: tuple[SourceRow, ...]
    moved: bool = False

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class Slice:
    """What the sample is made from; `left_out` counts the week's rows that are no order lines, by reason."""

    orders: tuple[Order, ...]
    cancellations: tuple[SourceRow, ...]
    history: tuple[SourceRow, ...]
    left_out: Counter[str]
    everything: tuple[SourceRow, ...]


def fraction(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but the given parts."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def choose(choices: Sequence[Choice], *parts: object) -> Choice:
    return choices[int(fraction(*parts) * len(choices))]


def is_goods(sku: str) -> bool:
    """False for postage, fees, discounts, samples and vouchers: they are sold, but never on a shelf."""
    return sku.upper() not in NO_GOODS and not sku.upper().startswith(VOUCHER)


def read_rows(source: Path) -> tuple[SourceRow, ...]:
    with gzip.open(source, "rt", encoding="utf-8", newline="") as text:
        return tuple(_row(row) for row in csv.DictReader(text))


def _row(row: dict[str, str]) -> SourceRow:
    return SourceRow(
        invoice=row["InvoiceNo"],
        sku_as_written=row["StockCode"],
        description=row["Description"],
        quantity=int(row["Quantity"]),
        time=datetime.fromisoformat(row["InvoiceDate"]),
        unit_price=Decimal(row["UnitPrice"]),
        customer=row["CustomerID"],
        country=row["Country"],
    )


def cut(rows: tuple[SourceRow, ...]) -> Slice:
    """Take the week, its cancellations and the eight weeks before it out of the whole file."""
    week = [row for row in rows if WEEK_BEGINS <= row.time.date() <= TRADING_DAY]
    before = [row for row in rows if HISTORY_BEGINS <= row.time.date() < WEEK_BEGINS]
    left_out: Counter[str] = Counter()
    sales = list(_sales(week, left_out))
    orders = [*_orders(sales), _moved_order(rows)]
    return Slice(
        orders=tuple(sorted(orders, key=lambda order: order.time)),
        cancellations=tuple(row for row in week if row.is_cancellation),
        history=tuple(_sales(before, Counter())),
        left_out=left_out,
        everything=rows,
    )


def _sales(rows: list[SourceRow], left_out: Counter[str]) -> Iterator[SourceRow]:
    lines_of = Counter(row.invoice for row in rows)
    for row in rows:
        reason = _why_no_sale(row, lines_of[row.invoice])
        if reason:
            left_out[reason] += 1
        else:
            yield row


def _why_no_sale(row: SourceRow, lines_in_invoice: int) -> str:
    if row.is_cancellation:
        return "cancellation"
    if row.is_accounting:
        return "accounting"
    if row.quantity <= 0:
        return "negative stock correction"
    if row.unit_price == 0 and not row.customer and lines_in_invoice == 1:
        return "positive stock correction"
    return ""


def _orders(rows: Iterable[SourceRow]) -> Iterator[Order]:
    lines: defaultdict[str, list[SourceRow]] = defaultdict(list)
    for row in rows:
        lines[row.invoice].append(row)
    for invoice, found in lines.items():
        yield Order(invoice, min(row.time for row in found), tuple(found))


def _moved_order(rows: tuple[SourceRow, ...]) -> Order:
    original = next(row for row in rows if row.invoice == MOVED_INVOICE)
    time = datetime.combine(TRADING_DAY, original.time.time())
    return Order(MOVED_INVOICE, time, (replace(original, time=time),), moved=True)
