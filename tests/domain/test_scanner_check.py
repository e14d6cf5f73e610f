"""A scanner that is set wrong is told what to change by what it makes of one code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.domain.scanner_check import (
    CHINESE,
    ELEMENTS,
    LETTERS,
    LONG,
    SHEET_CODES,
    SheetCode,
    SheetSymbol,
    judge,
)


@pytest.mark.parametrize("code", SHEET_CODES, ids=lambda code: code.name)
def test_what_arrives_well_is_good_in_every_form(code: SheetCode) -> None:
    for text in code.reads:
        for before in ("", "]C1", "]E0"):
            verdict = judge(f"{before}{text}\r\n", code.symbol)

            assert (verdict.code, verdict.good, verdict.remedy) == (code, True, "")


@pytest.mark.parametrize(
    ("scan", "word"),
    [
        (LETTERS.swapcase(), "Caps Lock"),
        (LETTERS.upper(), "case conversion"),
        ("TEST:aqwzy-AQWZY/09+_=", "keyboard"),
        ("TEST:qazyw-QAZYW/09+_=", "keyboard"),
        (ELEMENTS.replace("\x1d", ""), "FNC1"),
        (ELEMENTS.replace("\x1d", "+"), "FNC1"),
        ("950110153000", "check digit"),
        ("9638507", "check digit"),
        ("36000291452", "number system"),
        (LONG[:200], "delay"),
        (CHINESE.encode().decode("cp1252", errors="replace"), "UTF-8"),
        ("TEST: A-01", "UTF-8"),
        ("hello", "no code of the sheet"),
        ("", "no code of the sheet"),
    ],
)
def test_what_arrives_otherwise_says_what_to_change(scan: str, word: str) -> None:
    verdict = judge(scan)

    assert not verdict.good
    assert word in verdict.remedy


def test_the_code_that_was_asked_for_is_the_one_that_is_judged() -> None:
    matrix = judge(ELEMENTS, SheetSymbol.GS1_DATA_MATRIX).code

    assert matrix is not None
    assert matrix.symbol is SheetSymbol.GS1_DATA_MATRIX


@given(st.text(max_size=100))
def test_any_text_is_judged(text: str) -> None:
    verdict = judge(text)

    assert verdict.good is not bool(verdict.remedy)
