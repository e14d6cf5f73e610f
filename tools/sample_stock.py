"""Opening stock on the shelves, the products that are short on purpose, and what is on its way from suppliers."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tools.sample_goods import Product
from tools.sample_layout import PICK_FACE_ML, PICK_LEVELS, RESERVE_ML, Place, storage_places
from tools.sample_source import HISTORY_BEGINS, TRADING_DAY, WEEK_BEGINS, Slice, fraction

FAST_MOVERS, MEDIUM_MOVERS = 300, 900
SHORT_SHARE = 0.015
LEAST_SHORT, MOST_SHORT = 3, 60
COVER_DAYS = 12
LEAST_STOCK = 6
# Goods lie in shelves with air between them.
FILLING = 0.7
FACE_SHARE_OF_FAST = 0.5
ORDERS_TO_SUPPLIERS, LINES_A_PURCHASE_ORDER, SHORT_ON_ORDER = 12, 6, 20
STOCK_COLUMNS = ["sku", "location", "quantity", "lot", "expires_on", "owner", "unit_cost"]
PURCHASE_COLUMNS = ["po_no", "line_no", "supplier", "sku", "quantity", "unit_cost", "currency", "due_on"]
SHORTAGE_COLUMNS = ["sku", "ordered_on_day", "ordered_in_week", "opening_stock", "on_purchase_order"]
SUPPLIER_COLUMNS = ("supplier", "name", "country")
SUPPLIERS = (
    ("SUP-01", "Lanternfish Giftware Co.", "CN"),
    ("SUP-02", "Yiwu Hezhong Crafts 义乌合众工艺品", "CN"),
    ("SUP-03", "Jaipur Textile Collective", "IN"),
    ("SUP-04", "Moradabad Metal Works", "IN"),
    ("SUP-05", "Staffordshire Candle & Paper Ltd", "GB"),
    ("SUP-06", "Wye Valley Stationers", "GB"),
    ("SUP-07", "Ningbo Home Ceramics 宁波家瓷", "CN"),
    ("SUP-08", "Atelier Églantine SARL", "FR"),
)


@dataclass(frozen=True, slots=True)
class Shortage:
    sku: str
    ordered_on_day: int
    ordered_in_week: int
    opening_stock: int
    on_purchase_order: int


@dataclass(frozen=True, slots=True)
class Needs:
    """Units a product is ordered on the busy day and in the whole week, and sold in the eight weeks before."""

    on_day: Counter[str]
    in_week: Counter[str]
    before: Counter[str]


def needs_of(sample: Slice) -> Needs:
    """The order that waits for review is not counted: nobody keeps 74,215 jars for a mistake."""
    on_day: Counter[str] = Counter()
    in_week: Counter[str] = Counter()
    for order in sample.orders:
        if not order.moved:
            for line in order.lines:
                in_week[line.sku] += line.quantity
                on_day[line.sku] += line.quantity if order.time.date() == TRADING_DAY else 0
    before: Counter[str] = Counter()
    for row in sample.history:
        before[row.sku] += row.quantity
    return Needs(on_day, in_week, before)


def plan_shortages(products: Sequence[Product], needs: Needs) -> dict[str, Shortage]:
    """About one product in seventy of the week has less than the busy day alone asks for; some are on order."""
    of_the_week = [product for product in products if product.stocked and needs.in_week[product.sku]]
    fitting = [product for product in of_the_week if _may_be_short(product.sku, needs)]
    chosen = sorted(fitting, key=lambda product: fraction(product.sku, "short"))[
        : round(len(of_the_week) * SHORT_SHARE)
    ]
    return {product.sku: _shortage(product, needs, place) for place, product in enumerate(chosen)}


def _may_be_short(sku: str, needs: Needs) -> bool:
    """Wanted in small numbers, and mostly on the busy day: a few units missing, not a whole range."""
    on_day = needs.on_day[sku]
    return LEAST_SHORT <= on_day <= MOST_SHORT and needs.in_week[sku] <= 2 * on_day


def _shortage(product: Product, needs: Needs, place: int) -> Shortage:
    on_day = needs.on_day[product.sku]
    opening = 0 if place % 4 == 0 else max(1, math.floor(on_day * (0.3 + 0.5 * fraction(product.sku, "left"))))
    missing = needs.in_week[product.sku] - opening
    on_order = _in_cases(product, missing + needs.in_week[product.sku]) if place < SHORT_ON_ORDER else 0
    return Shortage(product.sku, on_day, needs.in_week[product.sku], opening, on_order)


def stock_rows(
    products: Sequence[Product], needs: Needs, shortages: dict[str, Shortage]
) -> Iterator[dict[str, object]]:
    """Fast movers in the front aisles with a small pick face and reserve above, slow ones at the back."""
    faces, reserves = _places_by_zone()
    for product in _by_rank(products):
        face = next(zone for zone in faces if zone).pop(0)
        quantity = shortages[product.sku].opening_stock if product.sku in shortages else _opening(product, needs)
        fast = face.zone == "A"
        for place, units in _spread(product, quantity, face, reserves, fast=fast):
            yield from _lots(product, place, units)


def purchase_order_rows(
    products: Sequence[Product], needs: Needs, shortages: dict[str, Shortage]
) -> Iterator[dict[str, object]]:
    """Short products first, then what sells most; every order is one supplier's and counted in whole cases."""
    by_sku = {product.sku: product for product in products}
    wanted = [
        (by_sku[sku], shortage.on_purchase_order) for sku, shortage in shortages.items() if shortage.on_purchase_order
    ]
    often = [product for product in _by_rank(products) if product.sku not in shortages and product.case_quantity]
    more = ORDERS_TO_SUPPLIERS * LINES_A_PURCHASE_ORDER - len(wanted)
    wanted += [(product, _in_cases(product, needs.in_week[product.sku])) for product in often[:more]]
    for place, (product, quantity) in enumerate(wanted):
        number, line_no = place % ORDERS_TO_SUPPLIERS, place // ORDERS_TO_SUPPLIERS + 1
        late_days = -2 if number == 0 else 0 if number < ORDERS_TO_SUPPLIERS // 2 else number - 4
        yield {
            "po_no": f"PO-{1001 + number}",
            "line_no": line_no,
            "supplier": SUPPLIERS[number % len(SUPPLIERS)][0],
            "sku": product.sku,
            "quantity": quantity,
            "unit_cost": product.unit_cost,
            "currency": "GBP",
            "due_on": TRADING_DAY + timedelta(days=late_days),
        }


def _by_rank(products: Sequence[Product]) -> list[Product]:
    return sorted((one for one in products if one.stocked), key=lambda one: (-one.times_sold, one.sku))


def _places_by_zone() -> tuple[list[list[Place]], list[Place]]:
    """Within a zone goods lie where a shelf was free, not by rank, as in a warehouse that has been lived in."""
    places = storage_places()
    zones = [
        sorted((place for place in places if place.zone == zone), key=lambda place: fraction(place.code, "face"))
        for zone in "ABC"
    ]
    zones[0], zones[1] = zones[0][:FAST_MOVERS], zones[1][:MEDIUM_MOVERS]
    return zones, [place for place in places if place.level > PICK_LEVELS]


def _opening(product: Product, needs: Needs) -> int:
    days = (WEEK_BEGINS - HISTORY_BEGINS).days
    cover = math.ceil(needs.before[product.sku] / days * COVER_DAYS * (0.6 + 0.8 * fraction(product.sku, "cover")))
    return _in_cases(product, max(LEAST_STOCK, needs.in_week[product.sku] + cover))


def _in_cases(product: Product, quantity: int) -> int:
    case = product.case_quantity or 1
    return math.ceil(quantity / case) * case


def _spread(
    product: Product, quantity: int, face: Place, reserves: list[Place], *, fast: bool
) -> Iterator[tuple[Place, int]]:
    """What fits goes to the pick face; the rest to the nearest free reserve places."""
    fits = max(1, int(PICK_FACE_ML * FILLING / product.volume_ml))
    at_face = min(quantity, fits, max(1, math.ceil(quantity * FACE_SHARE_OF_FAST)) if fast else quantity)
    if at_face:
        yield face, at_face
    left = quantity - at_face
    while left:
        place = min(reserves, key=lambda free: (_distance_mm(face, free), free.code))
        reserves.remove(place)
        units = min(left, max(1, int(RESERVE_ML * FILLING / product.volume_ml)))
        yield place, units
        left -= units


def _distance_mm(face: Place, free: Place) -> int:
    return abs(face.x_mm - free.x_mm) * 3 + abs(face.y_mm - free.y_mm)


def _lots(product: Product, place: Place, units: int) -> Iterator[dict[str, object]]:
    if not product.shelf_life_days:
        yield _stock_row(product, place, units)
        return
    older = units // 3
    for age_days, share in ((300, older), (60, units - older)):
        made = TRADING_DAY - timedelta(days=age_days + int(fraction(product.sku, age_days) * 30))
        if share:
            expires = made + timedelta(days=product.shelf_life_days)
            yield _stock_row(product, place, share) | {"lot": f"L{made:%y%m%d}", "expires_on": expires}


def _stock_row(product: Product, place: Place, units: int) -> dict[str, object]:
    return {"sku": product.sku, "location": place.code, "quantity": units, "unit_cost": product.unit_cost}
