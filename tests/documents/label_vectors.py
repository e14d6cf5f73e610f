"""Labels with one code of each kind and random contents, drawn in every way and read by readers that are not ours."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import zxingcpp
from PIL import Image

from tests.documents.readers import data_matrix_text, page_images, zbar_texts
from tests.documents.zpl_renderer import ZplRenderer
from warehouse_app.documents.labels.checking import check_label
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.model import Label, LabelCode
from warehouse_app.documents.labels.pdf import labels_as_pdf
from warehouse_app.documents.labels.symbols import Made, Symbol, elements_code, text_code
from warehouse_app.documents.labels.zpl import label_as_zpl
from warehouse_app.documents.pen import Area
from warehouse_app.domain.gs1_elements import Element
from warehouse_app.domain.identifiers import GTIN, SSCC, check_digit

SIZE_MM = (100.0, 150.0)
RESOLUTIONS = (Resolution.DPI_203, Resolution.DPI_300)
# A reader is set to the symbols that are in use; one that looks for tiny QR codes as well finds some in any print.
_PRINTED = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.ITF,
        zxingcpp.BarcodeFormat.QRCodeModel2, zxingcpp.BarcodeFormat.DataMatrix,
    ]
)  # fmt: skip
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz0123456789-"


@dataclass(slots=True)
class Tally:
    """How many codes were drawn, how many each reader read, and which it did not."""

    drawn: int = 0
    read: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def take(self, reader: str, way: str, expected: set[str], found: set[str]) -> None:
        self.read[reader] += len(expected & found)
        self.missed += [f"{reader}, {way}: {text!r}" for text in sorted(expected - found)]
        self.missed += [f"{reader}, {way}: {text!r} is on no label" for text in sorted(found - expected)]


def vectors(count: int, seed: int) -> Iterator[Label]:
    """So many labels with an SSCC in GS1-128, EAN-13, QR, ITF-14 and GS1 DataMatrix, each in its usual size."""
    chance = random.Random(seed)
    for number in range(count):
        digits = f"{chance.randrange(10**12):012}"
        ean = f"{digits}{check_digit(digits)}"
        inner = f"{chance.randrange(1, 9)}{digits}"
        case = str(GTIN.parse(f"{inner}{check_digit(inner)}"))
        lot = "".join(chance.choices(_LETTERS, k=chance.randint(1, 20)))
        serial = "".join(chance.choices(_LETTERS, k=chance.randint(1, 12)))
        sscc = str(SSCC.make(chance.randrange(10), "9501101", number + chance.randrange(10**8)))
        elements = (Element("01", f"0{ean}"), Element("17", "271231"), Element("10", lot), Element("21", serial))
        order = f"https://id.example/{chance.randrange(10**9)}/{lot}"
        yield Label("Vectors", SIZE_MM, (
            _code(Area(4, 4, 92, 24), elements_code(Symbol.GS1_128, (Element("00", sscc),)), Symbol.GS1_128, 0.625),
            _code(Area(4, 34, 46, 22), text_code(Symbol.EAN_13, ean), Symbol.EAN_13, 0.375),
            _code(Area(60, 32, 30, 30), text_code(Symbol.QR, order), Symbol.QR, 0.75),
            _code(Area(4, 66, 92, 24), text_code(Symbol.ITF_14, case), Symbol.ITF_14, 0.5),
            _code(Area(4, 100, 30, 30), elements_code(Symbol.GS1_DATA_MATRIX, elements), Symbol.GS1_DATA_MATRIX, 0.6),
        ))  # fmt: skip


def read_all(labels: Sequence[Label], folder: Path, renderer: ZplRenderer | None) -> Tally:
    """Draw every label at both resolutions as PDF, and as ZPL where it can be rendered; read it with both readers."""
    tally = Tally()
    for resolution in RESOLUTIONS:
        for label in labels:
            check_label(label, resolution)
        pages = page_images(labels_as_pdf(labels), folder, dpi=resolution.value)
        for label, page in zip(labels, pages, strict=True):
            _read(tally, label, page, resolution.dots_per_mm, f"PDF at {resolution.value} dpi")
            page.unlink()
        if renderer is not None:
            for label in labels:
                picture = folder / "zpl.png"
                renderer.render(label_as_zpl(label, resolution), label.size_mm, resolution).save(picture)
                _read(tally, label, picture, resolution.dots_per_mm, f"ZPL at {resolution.value} dpi")
    return tally


def _code(area: Area, made: Made, symbol: Symbol, largest_mm: float) -> LabelCode:
    return LabelCode(area, symbol, made.code, made.reads, 0.25, largest_mm)


def _read(tally: Tally, label: Label, picture: Path, dots_per_mm: float, way: str) -> None:
    """The readers see the whole label, but the second one of DataMatrix, which looks at one code at a time."""
    every = {f"{code.symbol.identifier}{code.reads}" for code in label.codes}
    tally.drawn += len(every)
    with Image.open(picture) as image:
        grey = image.convert("L")
    found = zxingcpp.read_barcodes(grey, formats=_PRINTED)
    tally.take("zxing", way, every, {f"{code.symbology_identifier}{code.bytes.decode()}" for code in found})
    matrix = next(code for code in label.codes if code.symbol is Symbol.GS1_DATA_MATRIX)
    others = {code.reads for code in label.codes if code is not matrix}
    tally.take("second", way, others, zbar_texts(picture))
    crop = grey.crop(_with_margin(matrix.area, dots_per_mm))
    tally.take("second", way, {matrix.reads}, {data_matrix_text(crop, picture.parent)})


def _with_margin(area: Area, dots_per_mm: float) -> tuple[int, int, int, int]:
    left, top, right, bottom = area.left - 2, area.top - 2, area.right + 2, area.bottom + 2
    return (
        round(left * dots_per_mm), round(top * dots_per_mm), round(right * dots_per_mm), round(bottom * dots_per_mm),
    )  # fmt: skip
