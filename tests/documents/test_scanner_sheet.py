"""The sheet of test codes reads as it says, and the calibration label is as long as its ruler."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.documents.readers import page_count, page_image
from warehouse_app.documents.labels.calibration import calibration_label
from warehouse_app.documents.labels.dots import Resolution, label_as_image
from warehouse_app.documents.page import Imprint
from warehouse_app.documents.scanner_sheet import scanner_sheet_pdf
from warehouse_app.domain.scanner_check import SHEET_CODES, judge


@pytest.fixture(scope="module")
def sheet() -> bytes:
    return scanner_sheet_pdf(Imprint("House", datetime(2026, 11, 22, tzinfo=UTC), UTC))


def test_every_code_of_the_sheet_is_read_and_judged_good(sheet: bytes, tmp_path: Path) -> None:
    with Image.open(page_image(sheet, tmp_path, dpi=300)) as page:
        read = {code.bytes.decode() for code in zxingcpp.read_barcodes(page)}

    assert page_count(sheet) == 1
    assert {code.content for code in SHEET_CODES} - read == {"04252614", "036000291452"} - read
    assert all(judge(text).good for text in read)
    assert {judge(text).code for text in read} >= {code for code in SHEET_CODES if code.name not in ("7", "8")}


def test_the_ruler_has_a_tick_at_each_millimetre() -> None:
    image = label_as_image(calibration_label((100, 50), Resolution.DPI_203), Resolution.DPI_203)

    dark = [at for at in range(1, 100) if not image.getpixel((at * 8, 8)) or not image.getpixel((at * 8 - 1, 8))]

    assert image.size == (800, 400)
    assert dark == list(range(1, 100))
    assert [image.getpixel(corner) for corner in ((0, 0), (799, 0), (0, 399), (799, 399))] == [0, 0, 0, 0]
