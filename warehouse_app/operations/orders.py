"""Questions about orders, and the facts behind them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from warehouse_app.books.streams import stopped_streams
from warehouse_app.domain.errors import NotFound
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order in a list."""

    order: str
    state: str
    held: bool
    service: str
    priority: int
    ordered_at: datetime
    ship_by: datetime
    customer: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order with everything that happened to its units."""

    line_no: int
    sku: str
    stocked: bool
    ordered: int
    reserved: int
    allocated: int
    picked: int
    packed: int
    shipped: int
    cancelled: int
    short: int
    bundle: str
    """The bundle that the line is a part of, empty when the customer ordered the product by itself."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What happened to an order."""

    at: datetime
    what: str
    who: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with its lines, the reasons it waits, its history and its cartons."""

    summary: OrderSummary
    lines: tuple[OrderLine, ...]
    reasons: tuple[str, ...]
    history: tuple[HistoryEntry, ...]
    cartons: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact as the shared database has it. `state` is waiting, applied or parked.

    `note` says why a fact is parked, or what stops its station's stream; `payload` is None when it cannot be read.
    """

    id: str
    kind: str
    station: str
    incarnation: str
    sequence: int
    worker: str
    happened_at: datetime
    recorded_at: datetime
    state: str
    payload: dict[str, Any] | None
    note: str = ""


def list_orders(tx: Transaction, state: str | None = None) -> tuple[OrderSummary, ...]:
    """Orders of one state (or `held`, or all), the most urgent first."""
    return tuple(_summary(row) for row in _orders_in(tx, state))


def show_orders(tx: Transaction, state: str | None = None) -> tuple[OrderDetail, ...]:
    """Everything about the orders of one state (or `held`, or all), the most urgent first."""
    return _details(tx, _orders_in(tx, state))


def show_order(tx: Transaction, order_no: str) -> OrderDetail:
    """Everything about one order. Raises NotFound."""
    order = tables.fulfilment_order
    found = tx.rows(select(order).where(tx.mine(order), order.c.order_no == order_no))
    if not found:
        raise NotFound(thing=mark("order"), name=order_no)
    return _details(tx, found)[0]


def _orders_in(tx: Transaction, state: str | None) -> Sequence[RowMapping]:
    order = tables.fulfilment_order
    where = [tx.mine(order)]
    if state == "held":
        where += [order.c.held, order.c.state.notin_(("shipped", "cancelled"))]
    elif state:
        where.append(order.c.state == state)
    query = select(order).where(*where).order_by(order.c.ship_by, order.c.priority.desc(), order.c.order_no)
    return tx.rows(query)


def _details(tx: Transaction, orders: Sequence[RowMapping]) -> tuple[OrderDetail, ...]:
    names = [row["order_no"] for row in orders]
    lines = _grouped(tx.rows_in(tables.fulfilment_line, "order_no", names), "line_no")
    history = _grouped(tx.rows_in(tables.order_history, "order_no", names), "recorded_at", "happened_at", "entry_id")
    shipments = tx.rows_in(tables.shipment, "order_no", names)
    order_of = {row["shipment_no"]: row["order_no"] for row in shipments}
    cartons: dict[str, list[RowMapping]] = {}
    for row in tx.rows_in(tables.carton, "shipment_no", order_of):
        cartons.setdefault(order_of[row["shipment_no"]], []).append(row)
    return tuple(
        OrderDetail(
            _summary(row),
            tuple(_line(line) for line in lines.get(row["order_no"], ())),
            _reasons(row),
            tuple(_entry(entry) for entry in history.get(row["order_no"], ())),
            tuple(
                _carton(carton) for carton in sorted(cartons.get(row["order_no"], ()), key=lambda one: one["number"])
            ),
        )
        for row in orders
    )


def _grouped(rows: Iterable[RowMapping], *by: str) -> dict[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = {}
    for row in sorted(rows, key=lambda row: tuple(row[name] for name in by)):
        found.setdefault(row["order_no"], []).append(row)
    return found


def _reasons(row: RowMapping) -> tuple[str, ...]:
    held = [row["hold_reason"]] if row["held"] else []
    return tuple(reason for reason in [*held, row["reason"]] if reason)


def _line(row: RowMapping) -> OrderLine:
    return OrderLine(
        row["line_no"], row["sku"], row["stocked"], row["ordered"], row["reserved"], row["allocated"], row["picked"],
        row["packed"], row["shipped"], row["cancelled"], row["short"], row["bundle_sku"],
    )  # fmt: skip


def _entry(row: RowMapping) -> HistoryEntry:
    return HistoryEntry(row["happened_at"], row["what"], row["actor"], json.loads(row["detail"] or "{}"))


def _carton(row: RowMapping) -> dict[str, Any]:
    return {
        "carton": row["carton"],
        "shipment": row["shipment_no"],
        "number": row["number"],
        "state": row["state"],
        "weight_g": row["weight_g"],
        "tracking": row["tracking_no"],
        "status": row["track_status"],
    }


def list_facts(
    tx: Transaction, *, order_no: str | None = None, station: str | None = None, kind: str | None = None
) -> tuple[FactRow, ...]:
    """Facts that the shared database has, in the order in which they came."""
    fact, cursor, parked = tables.fact, tables.station_cursor, tables.parked_fact
    where = [tx.mine(fact)]
    if station:
        where.append(fact.c.station == station)
    if kind:
        where.append(fact.c.kind == kind)
    rows = tx.rows(
        select(fact).where(*where).order_by(fact.c.recorded_at, fact.c.station, fact.c.incarnation, fact.c.sequence)
    )
    applied = {
        (row["station"], row["incarnation"]): row["applied_sequence"]
        for row in tx.rows(select(cursor).where(tx.mine(cursor)))
    }
    errors = {row["fact_id"]: row["error"] for row in tx.rows(select(parked).where(tx.mine(parked)))}
    stopped = {(one.station, one.incarnation): f"{one.reason}: {one.what}" for one in stopped_streams(tx)}
    found = []
    for row in rows:
        payload = _read(row["payload"])
        if order_no is not None and not _concerns(payload, row["work"], order_no):
            continue
        stream = (row["station"], row["incarnation"])
        state, note = "applied", ""
        if row["sequence"] > applied.get(stream, 0):
            state, note = "waiting", stopped.get(stream, "")
        elif row["fact_id"] in errors:
            state, note = "parked", errors[row["fact_id"]]
        found.append(
            FactRow(
                row["fact_id"], row["kind"], row["station"], row["incarnation"], row["sequence"], row["worker"],
                row["happened_at"], row["recorded_at"], state, payload, note,
            )
        )  # fmt: skip
    return tuple(found)


def _read(payload: str) -> dict[str, Any] | None:
    """A payload that only a damaged disk can have written is none."""
    try:
        found = json.loads(payload)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _concerns(payload: dict[str, Any] | None, work: str, order_no: str) -> bool:
    if work == f"pack:{order_no}":
        return True
    if payload is None:
        return False
    original = _read(str(payload.get("original_payload") or "")) or {}
    return order_no in (payload.get("order_no"), original.get("order_no"))


def _summary(row: RowMapping) -> OrderSummary:
    return OrderSummary(
        row["order_no"], row["state"], row["held"], row["service"], row["priority"], row["ordered_at"], row["ship_by"],
        row["customer"], row["reason"],
    )  # fmt: skip
