"""What the labels of places, totes, products, people and cartons say, by the names that layouts use."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, Table, select

from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.identifiers import GTIN, CodeError
from warehouse_app.domain.scan import badge_code, location_code, tote_code
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

LabelValues = Mapping[str, str | Sequence[Mapping[str, str]]]

KINDS = ("location", "tote", "product", "badge", "carton")
_EAN_13_LENGTH = 13
_SSCC_LENGTH = 18


def label_values(tx: Transaction, kind: str, names: Sequence[str]) -> list[LabelValues]:
    """The values of the labels of these things, of all there are when none is named. Raises NotFound."""
    readers: Mapping[str, Callable[[Transaction, Sequence[str]], list[tuple[str, LabelValues]]]] = {
        "location": _locations,
        "tote": _totes,
        "product": _products,
        "badge": _badges,
        "carton": _cartons,
    }
    found = readers[kind](tx, names)
    missing = sorted(set(names) - {name for name, _ in found})
    if missing:
        raise NotFound(thing=_THINGS[kind], name=missing[0])
    return [values for _, values in found]


_THINGS = {
    "location": mark("location"),
    "tote": mark("tote"),
    "product": mark("product"),
    "badge": mark("person"),
    "carton": mark("carton"),
}


def _locations(tx: Transaction, names: Sequence[str]) -> list[tuple[str, LabelValues]]:
    location = tables.location
    query = select(location).where(tx.mine(location), location.c.kind.notin_(("tote", "carton", "virtual")))
    return [
        (row["location"], {
            "location": row["location"], "code": location_code(row["location"]), "zone": row["zone"],
            "level": str(row["level"] or ""),
        })
        for row in _rows(tx, query, location, "location", names)
    ]  # fmt: skip


def _totes(tx: Transaction, names: Sequence[str]) -> list[tuple[str, LabelValues]]:
    location = tables.location
    query = select(location).where(tx.mine(location), location.c.kind == "tote")
    return [
        (row["location"], {"tote": row["location"], "code": tote_code(row["location"])})
        for row in _rows(tx, query, location, "location", names)
    ]


def _badges(tx: Transaction, names: Sequence[str]) -> list[tuple[str, LabelValues]]:
    worker = tables.worker
    query = select(worker).where(worker.c.active)
    return [
        (row["worker"], {
            "name": row["name"], "role": row["role"], "badge": row["badge"], "code": badge_code(row["badge"]),
        })
        for row in _rows(tx, query, worker, "worker", names)
    ]  # fmt: skip


def _products(tx: Transaction, names: Sequence[str]) -> list[tuple[str, LabelValues]]:
    product, barcode = tables.product, tables.barcode
    rows = _rows(tx, select(product).where(product.c.stocked), product, "sku", names)
    codes: dict[str, list[Row]] = {}
    for row in tx.rows_in(barcode, "sku", [row["sku"] for row in rows]):
        codes.setdefault(row["sku"], []).append(row)
    return [(row["sku"], _product(row, codes.get(row["sku"], []))) for row in rows]


def _product(row: Row, codes: Sequence[Row]) -> LabelValues:
    """A product is labelled with the code of one unit, else with its stock code, which is found as well."""
    units = sorted((code["code"] for code in codes if code["quantity"] == 1), key=lambda code: (len(code), code))
    gtin = next((number for code in units if (number := _gtin(code))), "")
    ean = gtin.removeprefix("0") if gtin.startswith("0") else ""
    return {
        "sku": row["sku"],
        "name": row["name"],
        "name_zh": row["name_zh"] if row["name_zh"] != row["name"] else "",
        "gtin": gtin,
        "ean": ean if len(ean) == _EAN_13_LENGTH else "",
        "code": units[0] if units else row["sku"],
        "origin": row["origin_country"],
    }


def _gtin(code: str) -> str:
    try:
        return str(GTIN.parse(code))
    except CodeError:
        return ""


def _cartons(tx: Transaction, names: Sequence[str]) -> list[tuple[str, LabelValues]]:
    carton, content, shipment = tables.carton, tables.carton_content, tables.shipment
    asked: dict[str, str] = {name[-_SSCC_LENGTH:]: name for name in names}
    rows = _rows(tx, select(carton).where(tx.mine(carton), carton.c.state != "open"), carton, "carton", list(asked))
    lines: dict[str, list[Row]] = {}
    for row in tx.rows_in(content, "carton", [row["carton"] for row in rows]):
        lines.setdefault(row["carton"], []).append(row)
    skus = {line["sku"] for some in lines.values() for line in some}
    cards: dict[str, Row] = {row["sku"]: row for row in tx.rows_in(tables.product, "sku", skus)}
    shipments: dict[str, Row] = {
        row["shipment_no"]: row for row in tx.rows_in(shipment, "shipment_no", {row["shipment_no"] for row in rows})
    }
    found: list[tuple[str, LabelValues]] = []
    for one in rows:
        values = _carton(one, shipments[one["shipment_no"]], lines.get(one["carton"], []), cards)
        found.append((asked.get(str(one["carton"]), str(one["carton"])), values))
    return found


def _carton(row: Row, shipment: Row, lines: Sequence[Row], cards: Mapping[str, Row]) -> LabelValues:
    quantities: dict[str, int] = {}
    for line in sorted(lines, key=lambda line: (line["order_no"], line["line_no"], line["lot"])):
        quantities[line["sku"]] = quantities.get(line["sku"], 0) + line["quantity"]
    return {
        "sscc": row["carton"],
        "order_no": shipment["order_no"],
        "carton": str(row["number"]),
        "weight": f"{row['weight_g'] / 1000:.3f} kg",
        "ship_date": row["closed_at"].date().isoformat() if row["closed_at"] else "",
        "ship_to_name": json.loads(shipment["ship_to"] or "{}").get("name", ""),
        "lines": str(len(quantities)),
        "contents": [
            {"sku": sku, "name": _names(cards.get(sku, {})), "quantity": str(quantity)}
            for sku, quantity in quantities.items()
        ],
    }


def _names(card: Row) -> str:
    english, chinese = card.get("name", ""), card.get("name_zh", "")
    return f"{english} {chinese}".strip() if chinese != english else str(english)


def _rows(tx: Transaction, query: Select[Any], table: Table, key: str, names: Sequence[str]) -> Sequence[Row]:
    """The rows of a query in the order of their keys, only those of the names when some are given."""
    if names:
        query = query.where(tx.one_of(table.c[key], list(dict.fromkeys(names))))
    return tx.rows(query.order_by(table.c[key]))
