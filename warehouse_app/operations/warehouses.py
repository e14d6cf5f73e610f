"""Setting up a warehouse: its row, its virtual places and, where nothing else was said, its services and people."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, func, select

from warehouse_app.books.ledger import VIRTUAL
from warehouse_app.domain.errors import NotFound, NoWarehouse, WarehouseError
from warehouse_app.domain.packets import Address
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

DEFAULTS: Mapping[str, object] = {
    "name": "Warehouse",
    "name_zh": "仓库",
    "timezone": "UTC",
    "business_day_starts": "04:00",
    "currency": "GBP",
    # GS1 keeps this prefix for examples; labels for carriers need the company's own.
    "gs1_company_prefix": "9521234",
    "sender": {},
    "review_limit_units": 10_000,
    "starving_after_days": 2,
    "feed_days": 7,
    "label_scan_back": False,
    "purpose": "live",
}
NOT_FOR_PEOPLE = ("sender", "purpose")
"""The sender is changed part by part; what a database is for is not changed at all."""

ON, OFF = "on", "off"
_SWITCH = {ON: True, OFF: False}

SERVICES = (
    {
        "service": "same_day",
        "name": "Same day",
        "name_zh": "当日达",
        "cut_off": "12:30",
        "transit_days": 0,
        "priority": 1,
    },
    {
        "service": "next_day",
        "name": "Next day",
        "name_zh": "次日达",
        "cut_off": "16:00",
        "transit_days": 1,
        "priority": 2,
    },
    {
        "service": "standard",
        "name": "Standard",
        "name_zh": "标准配送",
        "cut_off": "17:30",
        "transit_days": 3,
        "priority": 3,
    },
)
PEOPLE = (
    {"worker": "PERSON-1", "name": "Person 1", "badge": "PERSON-1", "role": "worker"},
    {"worker": "PERSON-2", "name": "Person 2", "badge": "PERSON-2", "role": "worker"},
    {"worker": "SUPERVISOR-1", "name": "Supervisor 1", "badge": "SUPERVISOR-1", "role": "supervisor"},
    {"worker": "MANAGER-1", "name": "Manager 1", "badge": "MANAGER-1", "role": "manager"},
)
"""Who can scan before a warehouse brings its own people: two who work and recount, and two who decide."""
_OWN_CARRIER = {"carrier": "OWN", "carrier_name": "Own delivery", "label_source": "station", "label_moment": "close"}


class CurrencyInUse(WarehouseError):
    """Another currency for a warehouse whose stock has a value in the one it has."""

    message: ClassVar[str] = mark(
        "Stock is valued in {currency}: the currency cannot become {value} any more. Begin a new warehouse for that."
    )


class BadSetting(WarehouseError):
    """A setting of a warehouse that cannot be."""

    message: ClassVar[str] = mark("The setting {setting} cannot be {value}.")


def set_up_warehouse(database: Database, settings: Mapping[str, object]) -> None:
    """Create or change the database's warehouse; settings that are not given keep their value or get a default.

    `sender` is an address as a mapping. Settings that a warehouse does not have are ignored. Raises BadSetting.
    """
    _check(settings, database.warehouse_id)
    database.write(_set_up, settings)


def read_settings(tx: Transaction) -> dict[str, str]:
    """The settings a person may change, by name; parts of the sender's address as `sender.city`. Raises NoWarehouse."""
    row = tx.row(select(tables.warehouse).where(tx.mine(tables.warehouse)))
    if row is None:
        raise NoWarehouse
    found = {name: _shown(row[name]) for name in DEFAULTS if name not in NOT_FOR_PEOPLE}
    sender = json.loads(row["sender"] or "{}")
    return {**found, **{f"sender.{field.name}": str(sender.get(field.name, "")) for field in fields(Address)}}


def change_setting(database: Database, name: str, value: str) -> None:
    """Change one setting. Raises NotFound for a name that is none, BadSetting for a value that cannot be."""
    known = database.read(read_settings)
    if name not in known:
        raise NotFound(thing=mark("setting"), name=name)
    if not name.startswith("sender."):
        _check({name: value}, database.warehouse_id)
        database.write(_set_up, {name: _kept(name, value)})
        return
    known[name] = value
    sender = {key.partition(".")[2]: text for key, text in known.items() if key.startswith("sender.")}
    database.write(_set_up, {"sender": sender})


def _shown(value: object) -> str:
    return (ON if value else OFF) if isinstance(value, bool) else str(value)


def _kept(name: str, value: str) -> object:
    """The value as its column keeps it; it was checked before."""
    default = DEFAULTS[name]
    if isinstance(default, bool):
        return _SWITCH[value.lower()]
    return int(value) if isinstance(default, int) else value


def ensure_warehouse(tx: Transaction) -> RowMapping:
    """Lock the warehouse and give its row; make one with default settings, services and people when there is none."""
    table = tables.warehouse
    if tx.value(select(table.c.warehouse_id).where(tx.mine(table))) is None:
        _set_up(tx, {})
        if not tx.value(select(func.count()).select_from(tables.service)):
            tx.add(tables.service, ({**service, **_OWN_CARRIER} for service in SERVICES))
        if not tx.value(select(func.count()).select_from(tables.worker)):
            tx.add(tables.worker, PEOPLE)
    return tx.lock_warehouse()


def _set_up(tx: Transaction, settings: Mapping[str, object]) -> None:
    table = tables.warehouse
    known = tx.row(select(table).where(tx.mine(table)).with_for_update())
    base = DEFAULTS if known is None else {name: known[name] for name in DEFAULTS}
    values = {name: settings.get(name, default) for name, default in base.items()}
    if known is not None and known["cost_no"] and values["currency"] != known["currency"]:
        raise CurrencyInUse(currency=known["currency"], value=values["currency"])
    if not isinstance(values["sender"], str):
        values["sender"] = json.dumps(values["sender"])
    if known is None:
        tx.add(table, [{**values, "last_recorded_at": tx.now, "identity": new_key()}])
    else:
        tx.change(table, [{"warehouse_id": tx.warehouse_id, **values}])
    outside = {"kind": "virtual", "physical": False, "sellable": False, "pickable": False}
    tx.put(tables.location, ({"location": name, **outside} for name in VIRTUAL), keep=True)
    tx.announce("warehouse", [tx.warehouse_id])


def _check(settings: Mapping[str, object], warehouse_id: str) -> None:
    """Refuse what would fail later and far from here: unknown zones, times that are none, another warehouse."""
    checks: Mapping[str, Callable[[Any], bool]] = {
        "code": lambda value: value == warehouse_id,
        "timezone": lambda value: bool(ZoneInfo(value)),
        "business_day_starts": lambda value: bool(time.fromisoformat(value)),
        "gs1_company_prefix": lambda value: value.isascii() and value.isdigit(),
        "review_limit_units": lambda value: int(value) > 0,
        "starving_after_days": lambda value: int(value) >= 0,
        "feed_days": lambda value: int(value) > 0,
        "label_scan_back": lambda value: value in (True, False) or value.lower() in _SWITCH,
    }
    for name, fits in checks.items():
        if name not in settings:
            continue
        value = settings[name]
        try:
            good = fits(value)
        except (ValueError, TypeError, AttributeError, OSError, LookupError):
            good = False
        if not good:
            raise BadSetting(setting=name, value=value)


@dataclass(frozen=True, slots=True)
class House:
    """What papers and screens say of the warehouse itself."""

    name: str
    name_zh: str
    timezone: str
    currency: str


def read_house(tx: Transaction) -> House:
    """The warehouse of this database. Raises NoWarehouse."""
    table = tables.warehouse
    row = tx.row(select(table).where(tx.mine(table)))
    if row is None:
        raise NoWarehouse
    return House(row["name"], row["name_zh"], row["timezone"], row["currency"])
