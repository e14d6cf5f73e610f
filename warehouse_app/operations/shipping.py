"""Decisions about despatch: which station hands which cartons to which carrier, and what its manifest says."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.held_stock import held_stock
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.packets import ShipCarton, ShipPacket
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import EXPECTED_LIMIT, Expected, Need
from warehouse_app.language import mark
from warehouse_app.operations.business_days import current_business_day
from warehouse_app.operations.claiming import Holder, NotReady, held_works, hold, keep_packet
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

CANCELLED, ORDER_HELD, STOCK_HELD = "cancelled", "held", "stock_held"
"""Why a carton may not be handed over, in one word."""


@dataclass(frozen=True, slots=True)
class PaperCarton:
    """A carton that was handed over; its weight in grams."""

    carton: str
    shipment_no: str
    order_no: str
    name: str
    city: str
    country: str
    weight_g: int
    service: str


@dataclass(frozen=True, slots=True)
class ManifestPaper:
    """What a manifest says on paper: the cartons in the order in which they were handed over."""

    manifest_no: str
    carrier: str
    carrier_name: str
    business_day: date
    state: str
    cartons: tuple[PaperCarton, ...]


@dataclass(frozen=True, slots=True)
class OpenManifest:
    """A manifest that is not closed; `station` is empty when nobody holds it."""

    manifest_no: str
    carrier: str
    carrier_name: str
    business_day: date
    station: str
    opened_at: datetime
    cartons_waiting: int
    cartons_handed_over: int


def claim_manifest(tx: Transaction, holder: Holder, need: Need) -> ShipPacket:
    """Take the manifest of the scanned carton's carrier to a station, with every carton of it that waits.

    Claiming again adds the cartons that were closed since. Raises NotFound, NotReady, WorkHeldElsewhere.
    """
    tx.lock_warehouse()
    scanned = _scanned(tx, need)
    manifest_no = _manifest_for(tx, holder.station, scanned) or _new_manifest(tx, scanned["carrier"])
    work = f"ship:{manifest_no}"
    epoch = hold(tx, work, holder, in_hand=True)
    rows = _listed(tx, scanned["carrier"], manifest_no)
    listed = ({"carton": row["carton"], "manifest_no": manifest_no} for row in rows if row["state"] == "closed")
    tx.change(tables.carton, listed)
    stopped = _stop_words(tx, rows)
    cartons = tuple(_ship_carton(row, stopped.get(row["carton"], "")) for row in rows)
    packet = ShipPacket(work, epoch, manifest_no, scanned["carrier"], scanned["carrier_name"], cartons)
    keep_packet(tx, packet)
    return packet


def waiting_cartons(tx: Transaction, holder: Holder) -> Sequence[Expected]:
    """The codes of cartons that this station may hand over, the most urgent first."""
    elsewhere = {
        work.partition(":")[2] for work, station in held_works(tx, "ship").items() if station != holder.station
    }
    rows = [row for row in _cartons(tx, tables.carton.c.state == "closed") if row["manifest_no"] not in elsewhere]
    rows = _off_the_bench(tx, rows)
    stopped = _stop_words(tx, rows)
    ready = (row["carton"] for row in rows if row["carton"] not in stopped)
    return [Expected("carton", f"00{carton}") for carton in ready][:EXPECTED_LIMIT]


def stopped_cartons(tx: Transaction, cartons: Iterable[str]) -> dict[str, str]:
    """Which of these cartons may not be handed over now, and why: cancelled, held or stock_held."""
    return _stop_words(tx, _cartons(tx, tables.carton.c.carton.in_(list(cartons))))


def manifest_paper(tx: Transaction, manifest_no: str) -> ManifestPaper:
    """Everything the paper of a manifest needs. Raises NotFound."""
    manifest = tx.row(
        select(tables.manifest).where(tx.mine(tables.manifest), tables.manifest.c.manifest_no == manifest_no)
    )
    if manifest is None:
        raise NotFound(thing=mark("manifest"), name=manifest_no)
    carton = tables.carton
    rows = _cartons(tx, carton.c.manifest_no == manifest_no, carton.c.state == "handed_over")
    rows = sorted(rows, key=lambda row: (row["handed_over_at"], row["carton"]))
    return ManifestPaper(
        manifest_no,
        manifest["carrier"],
        _carrier_names(tx).get(manifest["carrier"], manifest["carrier"]),
        date.fromisoformat(manifest["business_day"]),
        manifest["state"],
        tuple(_paper_carton(row) for row in rows),
    )


def manifests_of_day(tx: Transaction, day: date) -> tuple[str, ...]:
    """The manifests of a business day, in the order of their numbers."""
    table = tables.manifest
    query = select(table.c.manifest_no).where(tx.mine(table), table.c.business_day == day.isoformat())
    return tuple(row["manifest_no"] for row in tx.rows(query.order_by(table.c.manifest_no)))


def open_manifests(tx: Transaction) -> tuple[OpenManifest, ...]:
    """The manifests that are not closed, the oldest first."""
    manifest, carton = tables.manifest, tables.carton
    same = (carton.c.warehouse_id == manifest.c.warehouse_id) & (carton.c.manifest_no == manifest.c.manifest_no)
    gone = func.sum(case((carton.c.state == "handed_over", 1), else_=0))
    waiting = func.sum(case((carton.c.state == "closed", 1), else_=0))
    query = (
        select(manifest, gone.label("gone"), waiting.label("waiting"))
        .outerjoin(carton, same)
        .where(tx.mine(manifest), manifest.c.state == "open")
        .group_by(*manifest.c)
        .order_by(manifest.c.manifest_no)
    )
    stations, names = held_works(tx, "ship"), _carrier_names(tx)
    return tuple(
        OpenManifest(
            row["manifest_no"],
            row["carrier"],
            names.get(row["carrier"], row["carrier"]),
            date.fromisoformat(row["business_day"]),
            stations.get(f"ship:{row['manifest_no']}", ""),
            row["opened_at"],
            int(row["waiting"]),
            int(row["gone"]),
        )
        for row in tx.rows(query)
    )


def _cartons(tx: Transaction, *where: ColumnElement[bool]) -> Sequence[Row]:
    """Cartons with what their orders and services say of them, the most urgent first."""
    carton, shipment, order, service = tables.carton, tables.shipment, tables.fulfilment_order, tables.service
    query = (
        select(
            carton,
            order.c.order_no,
            order.c.state.label("order_state"),
            order.c.held,
            order.c.cancel_requested,
            order.c.ship_to,
            func.coalesce(service.c.carrier, "").label("service_carrier"),
            func.coalesce(service.c.carrier_name, "").label("carrier_name"),
        )
        .join(
            shipment,
            (carton.c.warehouse_id == shipment.c.warehouse_id) & (carton.c.shipment_no == shipment.c.shipment_no),
        )
        .join(order, (shipment.c.warehouse_id == order.c.warehouse_id) & (shipment.c.order_no == order.c.order_no))
        .outerjoin(service, order.c.service == service.c.service)
        .where(tx.mine(carton), *where)
        .order_by(order.c.ship_by, order.c.priority.desc(), order.c.order_no, carton.c.number)
    )
    # A carton has its own carrier only once it is handed over; before that its order's service says who comes.
    return [{**row, "carrier": row["service_carrier"]} for row in tx.rows(query)]


def _scanned(tx: Transaction, need: Need) -> Row:
    found = _cartons(tx, tables.carton.c.carton == need.code) if need.kind is ScanKind.SSCC else ()
    if not found:
        raise NotFound(thing=mark("carton"), name=need.code)
    reasons = {
        "open": mark("it is still open at the bench"),
        "handed_over": mark("it was handed over already"),
        "emptied": mark("it was emptied"),
    }
    carton = found[0]
    if carton["state"] in reasons:
        raise NotReady(name=need.code, reason=reasons[carton["state"]])
    if not _off_the_bench(tx, found):
        raise NotReady(name=need.code, reason=mark("its order is still being packed"))
    return carton


def _off_the_bench(tx: Transaction, rows: Sequence[Row]) -> list[Row]:
    """Without the cartons of orders that a station is packing: those may still be opened again."""
    held = held_works(tx, "pack")
    return [row for row in rows if not (row["order_state"] == "packing" and f"pack:{row['order_no']}" in held)]


def _manifest_for(tx: Transaction, station: str, scanned: Row) -> str:
    """The open manifest that lists the carton, else this station's of the carrier, else one that nobody holds."""
    table = tables.manifest
    query = select(table.c.manifest_no).where(
        tx.mine(table), table.c.state == "open", table.c.carrier == scanned["carrier"]
    )
    names = [row["manifest_no"] for row in tx.rows(query.order_by(table.c.manifest_no))]
    if scanned["manifest_no"] in names:
        return str(scanned["manifest_no"])
    stations = held_works(tx, "ship")
    for wanted in (station, ""):
        for name in names:
            if stations.get(f"ship:{name}", "") == wanted:
                return str(name)
    return ""


def _new_manifest(tx: Transaction, carrier: str) -> str:
    manifest_no = f"M-{tx.next_in_series('manifest'):06d}"
    row = {
        "manifest_no": manifest_no,
        "carrier": carrier,
        "business_day": current_business_day(tx).isoformat(),
        "state": "open",
        "opened_at": tx.recorded_at,
        "closed_at": None,
    }
    tx.add(tables.manifest, [row])
    return manifest_no


def _listed(tx: Transaction, carrier: str, manifest_no: str) -> list[Row]:
    """What the manifest lists: the carrier's cartons that wait on no other one, and stopped ones, to be told apart."""
    carton, service = tables.carton, tables.service
    rows = _cartons(
        tx,
        carton.c.state.in_(("closed", "stopped")),
        carton.c.manifest_no.in_(("", manifest_no)),
        func.coalesce(service.c.carrier, "") == carrier,
    )
    return _off_the_bench(tx, rows)


def _stop_words(tx: Transaction, rows: Sequence[Row]) -> dict[str, str]:
    under_hold = _under_hold(tx, [row["carton"] for row in rows])
    words = {}
    for row in rows:
        if row["state"] == "stopped" or row["cancel_requested"] or row["order_state"] == "cancelled":
            words[row["carton"]] = CANCELLED
        elif row["held"]:
            words[row["carton"]] = ORDER_HELD
        elif row["carton"] in under_hold:
            words[row["carton"]] = STOCK_HELD
    return words


def _under_hold(tx: Transaction, cartons: Sequence[str]) -> set[str]:
    held = held_stock(tx)
    if not held:
        return set()
    return {
        row["carton"]
        for row in tx.rows_in(tables.carton_content, "carton", cartons)
        if held.units((row["owner"], row["sku"], row["lot"]), row["carton"], row["quantity"])
    }


def _ship_carton(row: Row, stopped: str) -> ShipCarton:
    to = _ship_to(row)
    return ShipCarton(
        row["carton"], row["order_no"], row["number"], row["weight_g"], to.get("city", ""), to.get("country", ""),
        stopped,
    )  # fmt: skip


def _paper_carton(row: Row) -> PaperCarton:
    to = _ship_to(row)
    name = to.get("name") or to.get("company", "")
    return PaperCarton(
        row["carton"], row["shipment_no"], row["order_no"], name, to.get("city", ""), to.get("country", ""),
        row["weight_g"], row["service"],
    )  # fmt: skip


def _ship_to(row: Row) -> dict[str, str]:
    return dict(json.loads(row["ship_to"])) if row["ship_to"] else {}


def _carrier_names(tx: Transaction) -> dict[str, str]:
    service = tables.service
    return {row["carrier"]: row["carrier_name"] for row in tx.rows(select(service).order_by(service.c.service.desc()))}
