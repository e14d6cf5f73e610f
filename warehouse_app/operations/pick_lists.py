"""Pick lists as they are printed: stops in walking order with everything a picker reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import func, select

from warehouse_app.domain.errors import NotFound
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction


@dataclass(frozen=True, slots=True)
class PrintedDrop:
    """Units of a stop for one order."""

    order_no: str
    slot: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PrintedStop:
    """One product at one location."""

    location: str
    sku: str
    name: str
    name_zh: str
    lot: str
    expires_on: date | None
    case_quantity: int
    drops: tuple[PrintedDrop, ...]


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A pick list on paper."""

    list_no: str
    wave_no: str
    service: str
    ship_by: datetime
    walk_mm: int
    slots: tuple[tuple[str, str], ...]
    stops: tuple[PrintedStop, ...]


def printed_lists(tx: Transaction, wave_no: str) -> tuple[PrintedList, ...]:
    """The pick lists of a wave, the most urgent first. Raises NotFound."""
    wave, pick_list = tables.wave, tables.pick_list
    if tx.value(select(wave.c.wave_no).where(tx.mine(wave), wave.c.wave_no == wave_no)) is None:
        raise NotFound(thing=mark("wave"), name=wave_no)
    lists = tx.rows(
        select(pick_list)
        .where(tx.mine(pick_list), pick_list.c.wave_no == wave_no)
        .order_by(pick_list.c.ship_by, pick_list.c.list_no)
    )
    stops: dict[str, list[Row]] = {}
    for row in tx.rows_in(tables.pick_stop, "list_no", [found["list_no"] for found in lists]):
        stops.setdefault(row["list_no"], []).append(row)
    names = _Names(tx, [row for found in stops.values() for row in found])
    return tuple(_list(found, sorted(stops[found["list_no"]], key=_stop_no), names) for found in lists)


class _Names:
    """Products, cases, lots and services of the stops to print."""

    def __init__(self, tx: Transaction, stops: Sequence[Row]) -> None:
        skus = {row["sku"] for row in stops}
        orders = {row["order_no"] for row in stops}
        self.products = {row["sku"]: row for row in tx.rows_in(tables.product, "sku", skus)}
        names = {row["service"]: f"{row['name']} {row['name_zh']}".strip() for row in tx.rows(select(tables.service))}
        self.services = {
            row["order_no"]: names.get(row["service"], row["service"])
            for row in tx.rows_in(tables.fulfilment_order, "order_no", orders)
        }
        self.expiry = {(row["sku"], row["lot"]): row["expires_on"] for row in tx.rows_in(tables.lot, "sku", skus)}
        barcode = tables.barcode
        cases = select(barcode.c.sku, func.max(barcode.c.quantity).label("quantity")).group_by(barcode.c.sku)
        self.cases: Mapping[str, int] = {row["sku"]: row["quantity"] for row in tx.rows(cases)}


def _stop_no(row: Row) -> int:
    return int(row["stop_no"])


def _list(row: Row, stops: Sequence[Row], names: _Names) -> PrintedList:
    slots = dict(sorted({(stop["slot"], stop["order_no"]) for stop in stops}))
    services = sorted({names.services[order_no] for order_no in slots.values()})
    return PrintedList(
        row["list_no"],
        row["wave_no"],
        ", ".join(services),
        row["ship_by"],
        row["walk_mm"],
        tuple(slots.items()),
        tuple(_stop(list(group), names) for _, group in groupby(stops, _place)),
    )


def _place(row: Row) -> tuple[str, str, str]:
    return (row["location"], row["sku"], row["lot"])


def _stop(rows: Sequence[Row], names: _Names) -> PrintedStop:
    first = rows[0]
    product = names.products[first["sku"]]
    case = names.cases.get(first["sku"], 1)
    return PrintedStop(
        first["location"],
        first["sku"],
        product["name"],
        product["name_zh"],
        first["lot"],
        names.expiry.get((first["sku"], first["lot"])),
        case if case > 1 else 0,
        tuple(PrintedDrop(row["order_no"], row["slot"], row["quantity"]) for row in rows),
    )
