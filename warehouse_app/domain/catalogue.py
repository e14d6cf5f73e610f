"""The products a station knows, found by whatever a scanner reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, Self

from warehouse_app.domain.scan import Scan, ScanKind


@dataclass(frozen=True, slots=True)
class ProductCard:
    """What a bench must know of a product. Grams and millimetres."""

    sku: str
    name: str
    name_zh: str = ""
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    scan_each: bool = False
    quantity_entry_above: int = 0
    fragile: bool = False
    upright: bool = False
    own_box: bool = False
    lot_rule: str = "none"
    serial_rule: str = "none"
    shelf_life_days: int | None = None
    un_number: str = ""

    @property
    def volume_ml(self) -> int:
        """The volume of one unit in millilitres, at least one."""
        return max(1, self.length_mm * self.width_mm * self.height_mm // 1000)

    def label(self, language: str) -> str:
        """The product's name in this language, in English when there is no other."""
        return self.name_zh if language == "zh" and self.name_zh else self.name

    def takes_quantity(self, quantity: int) -> bool:
        """Whether so many units may be entered as a number after one scan, instead of unit by unit."""
        return not self.scan_each and 0 < self.quantity_entry_above < quantity


@dataclass(frozen=True, slots=True)
class Barcode:
    """A printed code and how many base units it stands for."""

    code: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Found:
    """The product a scan means, how many units it counts, and what else the code said."""

    card: ProductCard
    quantity: int
    lot: str = ""
    expires_on: date | None = None
    serial: str = ""


class Products(Protocol):
    """Where products and their codes are looked up: a list in memory, or a station's file."""

    def product(self, sku: str) -> ProductCard | None:
        """The product of this very SKU."""

    def product_folded(self, sku_folded: str) -> ProductCard | None:
        """The product whose SKU is this one without regard to case."""

    def barcode(self, code: str) -> Barcode | None:
        """The barcode of this normal form (see normal_code)."""

    def barcodes_of(self, sku: str) -> Sequence[Barcode]:
        """All barcodes of a product."""


class ListedProducts:
    """Products that are all in memory."""

    def __init__(self, cards: Iterable[ProductCard], barcodes: Iterable[Barcode]) -> None:
        self._cards = {card.sku: card for card in cards}
        self._by_folded_sku = {card.sku.casefold(): card for card in self._cards.values()}
        self._barcodes = {normal_code(barcode.code): barcode for barcode in barcodes}

    def product(self, sku: str) -> ProductCard | None:
        """See Products."""
        return self._cards.get(sku)

    def product_folded(self, sku_folded: str) -> ProductCard | None:
        """See Products."""
        return self._by_folded_sku.get(sku_folded)

    def barcode(self, code: str) -> Barcode | None:
        """See Products."""
        return self._barcodes.get(code)

    def barcodes_of(self, sku: str) -> Sequence[Barcode]:
        """See Products."""
        return [barcode for barcode in self._barcodes.values() if barcode.sku == sku]


class Catalogue:
    """All products and their codes. SKUs are found without regard to case, GTINs in any of their lengths."""

    def __init__(self, products: Products) -> None:
        self._products = products

    @classmethod
    def of(cls, cards: Iterable[ProductCard], barcodes: Iterable[Barcode] = ()) -> Self:
        """A catalogue of these products alone."""
        return cls(ListedProducts(cards, barcodes))

    def find(self, scan: Scan) -> Found | None:
        """The product that a scan means, or None. Units of a case code and a GS1 count are multiplied."""
        if scan.kind is not ScanKind.PRODUCT:
            return None
        barcode = self._products.barcode(normal_code(scan.gtin or scan.code))
        named = self._products.product(barcode.sku) if barcode else self._products.product_folded(scan.code.casefold())
        if named is None:
            return None
        quantity = (barcode.quantity if barcode else 1) * (scan.quantity or 1)
        return Found(named, quantity, scan.lot or "", scan.expires_on, scan.serial or "")

    def card(self, sku: str) -> ProductCard:
        """The product of this SKU; one that the station does not know yet is shown by its SKU alone."""
        return self._products.product(sku) or ProductCard(sku, sku)

    def scan_texts(self, sku: str, quantity_at_most: int) -> list[tuple[str, int]]:
        """The codes of a product with their quantities, the largest that is not too many first."""
        codes = [code for code in self._products.barcodes_of(sku) if code.quantity <= quantity_at_most]
        codes.sort(key=lambda code: -code.quantity)
        return [(code.code, code.quantity) for code in codes] or [(sku, 1)]


def normal_code(code: str) -> str:
    """One form for the same code: GTINs of 8, 12 or 13 digits as 14, other texts without regard to case."""
    if code.isascii() and code.isdigit() and len(code) in (8, 12, 13):
        return code.zfill(14)
    return code.casefold()
