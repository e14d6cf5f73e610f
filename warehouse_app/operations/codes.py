"""The scan text of every code in the house."""

from dataclasses import dataclass

from sqlalchemy import select

from warehouse_app.domain.scan import (
    badge_code,
    carton_type_code,
    command_code,
    location_code,
    order_code,
    tote_code,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

COMMANDS = (
    "UNDO", "DONE", "CLOSE", "NEXT-BOX", "REOPEN", "REPRINT", "NEIGHBOUR", "PROBLEM-MISSING", "PROBLEM-DAMAGED",
    "SHORT-MISSING", "SHORT-DAMAGED", "ACCEPT", "EMPTY", "PREPARE-20", "PREPARE-50", "PREPARE-ALL", "GIVE-BACK",
)  # fmt: skip
KINDS = ("location", "tote", "order", "carton", "worker", "command", "product")


@dataclass(frozen=True, slots=True)
class Code:
    """A thing that can be scanned. `carton` lists both carton types and the SSCCs of cartons in the house."""

    kind: str
    name: str
    scan_text: str


def list_codes(tx: Transaction, kind: str | None = None) -> tuple[Code, ...]:
    """All codes of one kind, or of every kind."""
    readers = {
        "location": _locations,
        "tote": _totes,
        "order": _orders,
        "carton": _cartons,
        "worker": _workers,
        "command": _commands,
        "product": _products,
    }
    chosen = [readers[kind]] if kind else list(readers.values())
    return tuple(code for reader in chosen for code in reader(tx))


def _locations(tx: Transaction) -> list[Code]:
    location = tables.location
    kinds = ("tote", "carton", "virtual")
    query = select(location.c.location).where(tx.mine(location), location.c.kind.notin_(kinds)).order_by("location")
    return [Code("location", row["location"], location_code(row["location"])) for row in tx.rows(query)]


def _totes(tx: Transaction) -> list[Code]:
    location = tables.location
    query = select(location.c.location).where(tx.mine(location), location.c.kind == "tote").order_by("location")
    return [Code("tote", row["location"], tote_code(row["location"])) for row in tx.rows(query)]


def _orders(tx: Transaction) -> list[Code]:
    order = tables.fulfilment_order
    query = select(order.c.order_no).where(tx.mine(order)).order_by(order.c.order_no)
    return [Code("order", row["order_no"], order_code(row["order_no"])) for row in tx.rows(query)]


def _cartons(tx: Transaction) -> list[Code]:
    box, carton = tables.carton_type, tables.carton
    boxes = [row["carton_type"] for row in tx.rows(select(box.c.carton_type).order_by(box.c.carton_type))]
    cartons = tx.rows(select(carton.c.carton).where(tx.mine(carton)).order_by(carton.c.carton))
    return [Code("carton", name, carton_type_code(name)) for name in boxes] + [
        Code("carton", row["carton"], f"00{row['carton']}") for row in cartons
    ]


def _workers(tx: Transaction) -> list[Code]:
    worker = tables.worker
    rows = tx.rows(select(worker).where(worker.c.active).order_by(worker.c.worker))
    return [Code("worker", row["worker"], badge_code(row["badge"])) for row in rows]


def _commands(_tx: Transaction) -> list[Code]:
    return [Code("command", name, command_code(name)) for name in COMMANDS]


def _products(tx: Transaction) -> list[Code]:
    barcode = tables.barcode
    rows = tx.rows(select(barcode.c.sku, barcode.c.code).order_by(barcode.c.sku, barcode.c.quantity, barcode.c.code))
    return [Code("product", row["sku"], row["code"]) for row in rows]
