"""The kinds of labels: what each says, and an example of it, with which layouts are shown and checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from warehouse_app.documents.labels.filling import NAMED, Values
from warehouse_app.documents.labels.layout import Layout, Table, texts_of
from warehouse_app.documents.labels.layout_fields import LayoutNotValid
from warehouse_app.documents.words import both
from warehouse_app.domain.identifiers import SSCC
from warehouse_app.language import mark

_ROLES = {"worker": mark("Worker"), "supervisor": mark("Supervisor"), "manager": mark("Manager")}


@dataclass(frozen=True, slots=True)
class Kind:
    """The values of a kind of label by their names, each with an example as long as they come."""

    example: Values


_CONTENTS = tuple(
    {"sku": f"851{number:02}A", "name": name, "quantity": str(quantity)}
    for number, name, quantity in (
        (23, "WHITE HANGING HEART T-LIGHT HOLDER 白色心形烛台", 6),
        (4, "SET OF 3 CAKE TINS PANTRY DESIGN 三件套蛋糕罐", 2),
        (99, "JUMBO BAG RED RETROSPOT 红色波点大号购物袋", 10),
    )
)
_ADDRESSES = {
    "sender_name": "Meridian Gifts Ltd",
    "sender_address": "4 Meridian Park\nLeicester LE19 1WY\nGB",
    "sender_phone": "+44 116 496 0123",
    "ship_to_name": "欧阳喆堃 Amélie Wolfeschlegelsteinhausen",
    "ship_to_street": "文三路 138 号东方通信大厦 12 楼 1203 室\nBuilding 7, Science & Technology Park",
    "ship_to_place": "杭州市 浙江省 310013",
    "ship_to_country": "CHINA",
    "ship_to_country_code": "CN",
    "ship_to_postcode": "310013",
    "ship_to_phone": "+86 138 0013 8000",
}
_CARTON = {
    "sscc": str(SSCC.make(0, "9501101", 1)),
    "order_no": "553000-ABC",
    "carton": "1 of 3",
    "weight": "12.340 kg",
    "ship_date": "2026-11-22",
}

KINDS: Mapping[str, Kind] = {
    "shipping": Kind(
        {
            **_ADDRESSES, **_CARTON, "carrier": "顺丰速运 SF Express", "service": "SAME DAY",
            "routing": "571-WX-088-B12", "routing_caption": "Routing 路由",
            "tracking": "SF1234567890123", "note": "Fragile 易碎",
        }
    ),
    "carton": Kind({**_CARTON, "ship_to_name": _ADDRESSES["ship_to_name"], "contents": _CONTENTS, "lines": "3"}),
    "product": Kind(
        {
            "sku": "85123A", "name": "WHITE HANGING HEART T-LIGHT HOLDER", "name_zh": "白色心形悬挂烛台",
            "gtin": "09501101530003", "ean": "9501101530003", "code": "9501101530003", "lot": "AB-2026-11",
            "expiry": "271231", "expiry_text": "2027-12-31", "quantity": "12", "price": "2.95 GBP", "origin": "CN",
        }
    ),
    "location": Kind(
        {"location": "MEZZ-A01-02-3", "code": "LOC:MEZZ-A01-02-3", "zone": "MEZZANINE", "level": "3"}
    ),
    "tote": Kind({"tote": "T-0042", "code": "TOTE:T-0042"}),
    "pallet": Kind(
        {
            "sscc": str(SSCC.make(3, "9501101", 1)), "gtin": "09501101530003", "count": "480",
            "lot": "AB-2026-11", "expiry": "271231", "expiry_text": "2027-12-31", "name": "WHITE HANGING HEART HOLDER",
            "name_zh": "白色心形悬挂烛台", "sku": "85123A", "weight": "412.500 kg", "sender_name": "Meridian Gifts Ltd",
        }
    ),
    "badge": Kind({"name": "Amélie 欧阳喆堃", "role": "Supervisor 主管", "code": "BADGE:4711", "badge": "4711"}),
}  # fmt: skip


def in_both_languages(values: Values) -> Values:
    """The values with the words of both languages where the books have only a word of their own."""
    role = values.get("role")
    return {**values, "role": both(_ROLES[role]).inline()} if isinstance(role, str) and role in _ROLES else values


def require_known_names(layout: Layout, file: str) -> None:
    """Every name in a layout must be one of its kind. Raises LayoutNotValid, which lists them."""
    kind = KINDS.get(layout.kind)
    if kind is None:
        raise LayoutNotValid(file=file, place="kind", reason=f"{layout.kind}: {', '.join(KINDS)}")
    known = kind.example
    for text in texts_of(layout):
        _require(set(NAMED.findall(text)), known, file)
    for entry in layout.entries:
        _require({entry.when.removeprefix("!")} - {""}, known, file)
        if isinstance(entry, Table):
            rows = known.get(entry.rows)
            if rows is None or isinstance(rows, str):
                raise LayoutNotValid(
                    file=file, place="rows", reason=mark("there is no such list in this kind of label")
                )
            for column in entry.columns:
                _require(set(NAMED.findall(column.text)), rows[0], file)


def _require(names: set[str], known: Mapping[str, object], file: str) -> None:
    unknown = sorted(names - known.keys())
    if unknown:
        raise LayoutNotValid(file=file, place=f"{{{unknown[0]}}}", reason=", ".join(sorted(known)))
