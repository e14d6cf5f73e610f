"""Labels check themselves: each code is read from its own dots before it leaves, as the scanner will read it."""

from functools import lru_cache

import zxingcpp

from warehouse_app.documents.labels.dots import Resolution, placed_code
from warehouse_app.documents.labels.model import Label, LabelCode
from warehouse_app.documents.labels.pictures import image_of
from warehouse_app.documents.labels.symbols import Symbol
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

_FORMATS = {
    Symbol.CODE_128: zxingcpp.BarcodeFormat.Code128,
    Symbol.GS1_128: zxingcpp.BarcodeFormat.Code128,
    Symbol.EAN_13: zxingcpp.BarcodeFormat.EAN13,
    Symbol.ITF_14: zxingcpp.BarcodeFormat.ITF,
    Symbol.QR: zxingcpp.BarcodeFormat.QRCode,
    Symbol.GS1_DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
}


class CodeReadsWrong(WarehouseError):
    """What was drawn does not say what it should; the label must not leave."""

    message = mark("The code on the label reads {read} instead of {expected}. The label was not printed.")


def check_label(label: Label, resolution: Resolution) -> None:
    """Read every code of the label at this resolution. Raises CodeTooWide, CodeReadsWrong."""
    for item in label.codes:
        if not _reads_right(item, resolution):
            raise CodeReadsWrong(read=" ".join(_read(item, resolution)) or "-", expected=item.reads)


@lru_cache(maxsize=2048)
def _reads_right(item: LabelCode, resolution: Resolution) -> bool:
    return _read(item, resolution) == [item.reads]


def _read(item: LabelCode, resolution: Resolution) -> list[str]:
    """What a reader says of the code alone, free of anything else on the label."""
    image = image_of(placed_code(item, resolution).picture).convert("L")
    found = zxingcpp.read_barcodes(
        image, formats=zxingcpp.BarcodeFormats(_FORMATS[item.symbol]), is_pure=True, try_rotate=False
    )
    return [code.bytes.decode() for code in found if code.symbology_identifier == item.symbol.identifier]
