"""Makes the product master: real codes and descriptions; everything else invented from the words and the code."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from statistics import median

from tools.sample_chinese import chinese_name
from tools.sample_source import Slice, SourceRow, choose, fraction, is_goods

KINDS_FILE = Path(__file__).with_name("sample_kinds.txt")
BULK_QUANTITIES = (6, 8, 10, 12, 16, 18, 20, 24, 25, 30, 36, 40, 48, 50, 60, 72, 96, 100, 120, 144, 192, 200, 240, 288)
LARGEST_SET = 12
FREQUENTLY_SOLD = 1500
SMALL_WORDS = frozenset({"a", "and", "de", "des", "du", "en", "for", "in", "of", "on", "or", "the", "to", "with"})
CAPITALS = frozenset({"LED", "TV", "WC", "US", "3D", "ABC", "UK", "PC", "II"})
PENNY = Decimal("0.01")
UNIT_COST_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing with the size and weight of a typical piece, in millimetres and grams."""

    pattern: re.Pattern[str]
    customs_text: str
    hs_code: str
    origins: tuple[str, ...]
    weight_g: int
    size_mm: tuple[int, int, int]
    marks: tuple[str, ...]

    def value_of(self, mark: str) -> str:
        return next((text.partition("=")[2] for text in self.marks if text.startswith(f"{mark}=")), "")


@dataclass(frozen=True, slots=True)
class Product:
    """A row of products.csv; `times_sold` counts the sales rows of the eight weeks."""

    sku: str
    name: str
    name_zh: str
    stocked: bool
    kind: Kind
    weight_g: int
    size_mm: tuple[int, int, int]
    price: Decimal
    unit_cost: Decimal
    case_quantity: int
    barcode: str
    case_barcode: str
    times_sold: int
    scan_each: bool

    @property
    def volume_ml(self) -> int:
        length, width, height = self.size_mm
        return max(1, length * width * height // 1000)

    @property
    def shelf_life_days(self) -> int:
        return int(self.kind.value_of("lot") or 0)


def make_products(sample: Slice) -> tuple[Product, ...]:
    """Every code that the week, its cancellations or the eight weeks before it name, in the order of the codes."""
    week = [line for order in sample.orders for line in order.lines]
    skus = sorted({row.sku for row in (*week, *sample.cancellations, *sample.history)})
    rows_of: defaultdict[str, list[SourceRow]] = defaultdict(list)
    for row in sample.everything:
        rows_of[row.sku].append(row)
    times_sold = Counter(row.sku for row in sample.history)
    siblings = _near_identical(times_sold)
    return tuple(_product(sku, rows_of[sku], times_sold[sku], scan_each=sku in siblings) for sku in skus)


def _product(sku: str, rows: list[SourceRow], times_sold: int, *, scan_each: bool) -> Product:
    stocked = is_goods(sku)
    description = _description(sku, rows)
    kind = _kind_of(description)
    price = _usual_price(rows)
    weight_g, size_mm = _weight_and_size(sku, description, kind)
    case_quantity = _case_quantity(rows) if stocked else 0
    margin = Decimal(45 + int(fraction(sku, "cost") * 21)) / 100
    return Product(
        sku=sku,
        name=tidied(description),
        name_zh=chinese_name(description) if stocked else "",
        stocked=stocked,
        kind=kind,
        weight_g=weight_g,
        size_mm=size_mm,
        price=price,
        unit_cost=(price * margin).quantize(UNIT_COST_STEP, ROUND_HALF_UP),
        case_quantity=case_quantity,
        barcode=gtin(sku, "20") if stocked else "",
        case_barcode=gtin(sku, "21") if case_quantity else "",
        times_sold=times_sold,
        scan_each=scan_each,
    )


def gtin(sku: str, prefix: str) -> str:
    """A GTIN-13 from a range for use inside a company (20 to 29), made from the code, so that it stays."""
    found = re.fullmatch(r"(\d{5})([A-Z]?)", sku)
    if found:
        variant = ord(found[2]) - ord("A") + 1 if found[2] else 0
        body = f"{prefix}00{found[1]}{variant:03d}"
    else:
        body = f"{prefix}1{int(fraction(sku, 'gtin') * 10**9):09d}"
    odd, even = body[0::2], body[1::2]
    total = sum(int(digit) for digit in odd) + 3 * sum(int(digit) for digit in even)
    return f"{body}{-total % 10}"


def tidied(description: str) -> str:
    """The shop's capitals as a title, without doubled spaces and stray punctuation at the end."""
    words = re.sub(r"\s+([,.])", r"\1", " ".join(description.split())).strip(" ,.").split()
    return " ".join(_as_title(word, first=place == 0) for place, word in enumerate(words))


def _as_title(word: str, *, first: bool) -> str:
    if word.upper() in CAPITALS or re.fullmatch(r"[A-Z]/\d+", word.upper()):
        return word.upper()
    if word.lower() in SMALL_WORDS and not first:
        return word.lower()
    if re.match(r"\d+(x\d+)?(cm|g)", word.lower()):
        return word.lower()
    return re.sub(r"(?<![A-Za-z'])[a-z]", lambda letter: letter[0].upper(), word.lower())


def _description(sku: str, rows: list[SourceRow]) -> str:
    """The most common one among paid sales; remarks about stock stand only in rows without a price."""
    paid = Counter(row.description for row in rows if row.description and row.unit_price > 0 and row.quantity > 0)
    named = paid or Counter(row.description for row in rows if row.description.isupper() or not is_goods(sku))
    return min(named, key=lambda text: (-named[text], text), default=sku)


def _usual_price(rows: list[SourceRow]) -> Decimal:
    prices = [row.unit_price for row in rows if row.unit_price > 0 and row.quantity > 0]
    return Decimal(median(prices)).quantize(PENNY, ROUND_HALF_UP) if prices else Decimal(0)


@lru_cache(maxsize=1)
def _kinds() -> tuple[Kind, ...]:
    lines = KINDS_FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_kind(line) for line in lines if not line.startswith("#"))


def _kind(line: str) -> Kind:
    pattern, text, hs_code, origins, weight, size, marks = line.rsplit("|", 6)
    length, width, height = (int(side) for side in size.split("x"))
    size_mm = (length, width, height)
    return Kind(re.compile(pattern), text, hs_code, tuple(origins.split()), int(weight), size_mm, tuple(marks.split()))


def _kind_of(description: str) -> Kind:
    return next(kind for kind in _kinds() if kind.pattern.search(description.upper()))


def _weight_and_size(sku: str, description: str, kind: Kind) -> tuple[int, tuple[int, int, int]]:
    scale = 1.0
    if re.search(r"\b(SMALL|MINI|MINIATURE)\b", description.upper()):
        scale = 0.6
    elif re.search(r"\b(LARGE|GIANT|BIG|TALL)\b", description.upper()):
        scale = 1.5
    found = re.search(r"\b(?:SET|S|PACK|BOX) ?(?:OF ?|/)?(\d+)\b", description.upper())
    if found and "set" in kind.marks:
        scale *= min(LARGEST_SET, max(1, int(found[1])))
    weight_g = max(3, round(kind.weight_g * scale * (0.85 + 0.3 * fraction(sku, "weight"))))
    side = scale ** (1 / 3)
    length, width, height = (
        max(2, round(edge * side * (0.92 + 0.16 * fraction(sku, "size", place))))
        for place, edge in enumerate(kind.size_mm)
    )
    return weight_g, (length, width, height)


def _case_quantity(rows: list[SourceRow]) -> int:
    """What people buy it by: the most frequent round quantity, when at least one sale in twelve is exactly that."""
    sales = [row.quantity for row in rows if row.quantity > 0 and row.unit_price > 0]
    counts = Counter(quantity for quantity in sales if quantity in BULK_QUANTITIES)
    best = min(counts, key=lambda quantity: (-counts[quantity], quantity), default=0)
    return best if counts[best] >= max(3, len(sales) / 12) else 0


def _near_identical(times_sold: Counter[str]) -> set[str]:
    """Variants of one number, told apart by a letter only, that are both sold often: easy to mix up."""
    often = sorted(times_sold, key=lambda sku: (-times_sold[sku], sku))[:FREQUENTLY_SOLD]
    by_number: defaultdict[str, list[str]] = defaultdict(list)
    for sku in often:
        found = re.fullmatch(r"(\d{5})[A-Z]", sku)
        if found:
            by_number[found[1]].append(sku)
    return {sku for variants in by_number.values() if len(variants) > 1 for sku in variants}


PRODUCT_COLUMNS = [
    "sku",
    "name",
    "name_zh",
    "barcode",
    "case_barcode",
    "case_quantity",
    "stocked",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "unit_cost",
    "currency",
    "scan_each",
    "quantity_entry_above",
    "fragile",
    "upright",
    "own_box",
    "lot_rule",
    "serial_rule",
    "shelf_life_days",
    "hs_code",
    "origin_country",
    "customs_text",
    "customs_value",
    "un_number",
    "packing_instruction",
]
SMALL_VOLUME_ML = 150


def product_row(product: Product) -> dict[str, object]:
    """Goods with all their properties; what is never on a shelf has a code and a name only."""
    if not product.stocked:
        return {"sku": product.sku, "name": product.name, "stocked": "no"}
    length, width, height = product.size_mm
    kind = product.kind
    un_number, _, packing_instruction = kind.value_of("un").partition("/")
    entry_above = 3 if product.volume_ml < SMALL_VOLUME_ML else 5
    return {
        "sku": product.sku,
        "name": product.name,
        "name_zh": product.name_zh,
        "barcode": product.barcode,
        "case_barcode": product.case_barcode,
        "case_quantity": product.case_quantity or "",
        "stocked": "yes",
        "weight_g": product.weight_g,
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
        "unit_cost": product.unit_cost,
        "currency": "GBP",
        "scan_each": _yes(product.scan_each),
        "quantity_entry_above": "" if product.scan_each else entry_above,
        "fragile": _yes("fragile" in kind.marks),
        "upright": _yes("upright" in kind.marks),
        "own_box": _yes("own_box" in kind.marks),
        "lot_rule": "lot_expiry" if product.shelf_life_days else "none",
        "serial_rule": "none",
        "shelf_life_days": product.shelf_life_days or "",
        "hs_code": kind.hs_code,
        "origin_country": choose(kind.origins, product.sku, "origin"),
        "customs_text": kind.customs_text,
        "customs_value": product.price,
        "un_number": un_number,
        "packing_instruction": packing_instruction,
    }


def _yes(value: bool) -> str:  # noqa: FBT001 - formats a truth value, nothing else
    return "yes" if value else "no"
