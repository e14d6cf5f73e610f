from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics

from tests.documents.examples import RARE_NAME, sscc
from tests.documents.readers import codes_on, page_image, zbar_texts
from warehouse_app.documents.codes import (
    CodeNotValid,
    CodeTooWide,
    code_128,
    code_width_mm,
    ean_13,
    gs1_data_matrix,
    module_that_fits,
    qr_code,
    sscc_code,
)
from warehouse_app.documents.fonts import font_name
from warehouse_app.documents.pen import Area, Pen

SSCC_18 = sscc(1)


def test_every_kind_of_code_is_read_back_from_the_page(tmp_path: Path) -> None:
    linear = (code_128("LOC:A01-02-3"), code_128("QTY:12"), ean_13("9501101530003"), sscc_code(SSCC_18))
    square = (qr_code("LOC:%E8%B4%A7%E6%9E%B6"), gs1_data_matrix("(01)09501101530003(10)AB-1(21)7"))
    pen = Pen("codes")
    for place, line in enumerate(linear):
        pen.bars(line, 0.33, Area(20, 20 + 40 * place, 90, 15))
    for place, grid in enumerate(square):
        pen.squares(grid, 0.6, Area(20, 200 + 40 * place, 30, 30))
    pen.end_page()

    picture = page_image(pen.finish(), tmp_path)

    assert codes_on(picture) == {
        "LOC:A01-02-3": "]C0",
        "QTY:12": "]C0",
        "9501101530003": "]E0",
        f"(00){SSCC_18}": "]C1",
        "LOC:%E8%B4%A7%E6%9E%B6": "]Q1",
        "(01)09501101530003(10)AB-1(21)7": "]d2",
    }
    assert zbar_texts(picture) >= {"LOC:A01-02-3", "QTY:12", "9501101530003", f"00{SSCC_18}"}


@pytest.mark.parametrize("text", ["", "货架", "A\x1dB"])
def test_text_that_code_128_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(CodeNotValid):
        code_128(text)


def test_wrong_check_digits_are_never_printed() -> None:
    with pytest.raises(CodeNotValid):
        sscc_code(f"{SSCC_18[:-1]}{(int(SSCC_18[-1]) + 1) % 10}")
    with pytest.raises(CodeNotValid):
        ean_13("9501101530004")
    with pytest.raises(CodeNotValid):
        gs1_data_matrix("(01)09501101530004(10)AB")


def test_a_code_too_wide_for_its_place_is_refused() -> None:
    code = code_128("LOC:MEZZANINE-A-01-02-03")

    with pytest.raises(CodeTooWide) as refusal:
        module_that_fits(code, 40, smallest_mm=0.19, largest_mm=0.33)

    assert refusal.value.values["width_mm"] == code_width_mm(code, 0.19)
    assert code_width_mm(code, 0.19) > 40


@pytest.mark.parametrize("bold", [False, True])
def test_typeface_has_the_rare_characters_of_names(*, bold: bool) -> None:
    face = pdfmetrics.getFont(font_name(bold=bold)).face

    assert all(ord(character) in face.charToGlyph for character in f"{RARE_NAME}Éß£€×")
