"""Finds the things that labels are for by a few letters, and what the shipping label of a carton says."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, func, or_, select
from sqlalchemy.sql import ColumnElement, Select

from warehouse_app.domain.catalogue import normal_code
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.packets import Address
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

MOST_FOUND = 12
SSCC_LENGTH = 18
GTIN_LENGTHS = (8, 12, 13, 14)
SEARCHED = ("location", "tote", "product", "badge", "carton", "shipping")
"""The kinds of labels that are for things in the books."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing by the name that its label is asked for with, and a word about it."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class CartonToShip:
    """What the shipping label of a carton says; its weight in grams."""

    sscc: str
    order_no: str
    sender: Address
    ship_to: Address
    carrier_name: str
    service_name: str
    number: int
    weight_g: int
    shipped_on: date


def find_things(tx: Transaction, kind: str, typed: str) -> tuple[Thing, ...]:
    """The first things of this kind in whose name the text stands, those that begin with it first."""
    finders: Mapping[str, Callable[[Transaction, str], list[Thing]]] = {
        "location": _locations, "tote": _totes, "product": _products, "badge": _people, "carton": _cartons,
        "shipping": _cartons,
    }  # fmt: skip
    return tuple(finders[kind](tx, typed.strip()))


def thing_called(tx: Transaction, kind: str, typed: str) -> str:
    """The name of a thing of this kind that was scanned or typed: a product is found by each of its codes, too."""
    name = typed.strip()
    if kind == "product":
        barcode = tables.barcode
        number = name.lstrip("0") if name.isascii() and name.isdigit() else ""
        codes = {name, normal_code(name), *(number.zfill(length) for length in GTIN_LENGTHS if number)}
        skus = {row["sku"] for row in tx.rows(select(barcode).where(tx.one_of(barcode.c.code, sorted(codes))))}
        return min(skus, default=name)
    if kind == "badge":
        worker = tables.worker
        return str(tx.value(select(worker.c.worker).where(worker.c.active, worker.c.badge == name)) or name)
    return name[-SSCC_LENGTH:] if kind in {"carton", "shipping"} else name


def carton_to_ship(tx: Transaction, sscc: str) -> CartonToShip:
    """A closed carton, as its shipping label tells it. Raises NotFound."""
    house = tables.warehouse
    row = tx.row(_with_shipment(tx).where(tables.carton.c.carton == sscc))
    home = tx.row(select(house).where(tx.mine(house)))
    if row is None or home is None:
        raise NotFound(thing=mark("carton"), name=sscc)
    service: Row = tx.row(select(tables.service).where(tables.service.c.service == row["service"])) or {}
    closed = row["closed_at"] or row["opened_at"]
    return CartonToShip(
        sscc=sscc,
        order_no=row["order_no"],
        sender=_address(home["sender"]),
        ship_to=_address(row["ship_to"]),
        carrier_name=str(service.get("carrier_name", "")),
        service_name=str(service.get("name", "")),
        number=row["number"],
        weight_g=row["weight_g"],
        shipped_on=closed.date(),
    )


def _locations(tx: Transaction, typed: str) -> list[Thing]:
    location = tables.location
    query = select(location).where(tx.mine(location), location.c.kind.notin_(("tote", "carton", "virtual")))
    return [Thing(row["location"], row["zone"]) for row in _matching(tx, query, typed, location.c.location)]


def _totes(tx: Transaction, typed: str) -> list[Thing]:
    location = tables.location
    query = select(location).where(tx.mine(location), location.c.kind == "tote")
    return [Thing(row["location"], "") for row in _matching(tx, query, typed, location.c.location)]


def _products(tx: Transaction, typed: str) -> list[Thing]:
    product = tables.product
    query = select(product).where(product.c.stocked)
    found = _matching(tx, query, typed, product.c.sku, product.c.name, product.c.name_zh)
    return [Thing(row["sku"], row["name"]) for row in found]


def _people(tx: Transaction, typed: str) -> list[Thing]:
    worker = tables.worker
    query = select(worker).where(worker.c.active)
    return [Thing(row["worker"], row["name"]) for row in _matching(tx, query, typed, worker.c.worker, worker.c.name)]


def _cartons(tx: Transaction, typed: str) -> list[Thing]:
    found = _matching(tx, _with_shipment(tx), typed, tables.carton.c.carton, tables.shipment.c.order_no)
    return [Thing(row["carton"], f"{row['order_no']} · {row['number']}") for row in found]


def _with_shipment(tx: Transaction) -> Select[tuple[object, ...]]:
    carton, shipment = tables.carton, tables.shipment
    joined = (carton.c.warehouse_id == shipment.c.warehouse_id) & (carton.c.shipment_no == shipment.c.shipment_no)
    columns = (
        carton.c.carton, carton.c.number, carton.c.weight_g, carton.c.closed_at, shipment.c.order_no,
        shipment.c.ship_to, shipment.c.service, shipment.c.opened_at,
    )  # fmt: skip
    return select(*columns).join(shipment, joined).where(tx.mine(carton), carton.c.state != "open")


def _matching(
    tx: Transaction, query: Select[tuple[object, ...]], typed: str, key: Column[str], *names: Column[str]
) -> list[Row]:
    """The first rows in whose key or name the text stands, in the order of their keys."""
    wanted = or_(*(_says(column, typed) for column in (key, *names)))
    first = func.lower(key).startswith(typed.lower(), autoescape=True)
    return list(tx.rows(query.where(wanted).order_by(first.desc(), key).limit(MOST_FOUND)))


def _says(column: Column[str], typed: str) -> ColumnElement[bool]:
    return func.lower(column).contains(typed.lower(), autoescape=True)


def _address(text: str) -> Address:
    return Address(**json.loads(text or "{}"))
