"""A proof tells of every code whether it can be printed, and of every mistake on which line it is."""

from pathlib import Path

import pytest

from warehouse_app.documents.codes import CodeNotValid, CodeTooWide
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.documents.labels.layout_fields import LayoutNotValid
from warehouse_app.documents.labels.layout_places import line_of_error, line_of_item
from warehouse_app.documents.labels.layouts import LayoutLibrary
from warehouse_app.documents.labels.proof import layout_of, prove

TEXT = """# Ours
kind = "location"
title = "Ours"
size_mm = [50, 30]

[[items]]
type = "line"
area = [2, 2, 46, 5]
text = "{location}"

# The code.
[[items]]
type = "paragraphs"
area = [2, 10, 46, 10]
texts = [
    { text = "{code}", size = 9 },
]
"""
FILE = Path("ours.toml")


@pytest.mark.parametrize("resolution", Resolution)
def test_proof_tells_how_wide_each_module_is(resolution: Resolution) -> None:
    layout = LayoutLibrary().layout("product-70x40")

    proof = prove(layout, KINDS["product"].example, resolution)

    assert proof.may_print
    assert [code.reads for code in proof.codes] == [code.reads for code in proof.label.codes]
    assert all(0.25 <= code.module_mm <= 0.8 for code in proof.codes)


def test_only_the_code_that_does_not_fit_is_refused() -> None:
    layout = LayoutLibrary().layout("product-70x40")
    values = {**KINDS["product"].example, "lot": "A-LOT-OF-20-LETTERS!"}
    tiny = layout_of(_text_of("product-70x40").replace("[51, 17.5, 17, 17]", "[51, 17.5, 4, 4]"), FILE)

    proof = prove(tiny, values, Resolution.DPI_203)

    assert [(refusal.item, type(refusal.error)) for refusal in proof.refusals] == [(7, CodeTooWide)]
    assert [code.symbol for code in proof.codes] == ["ean-13"]
    assert not proof.may_print
    assert prove(layout, values, Resolution.DPI_203).may_print


def test_a_code_that_cannot_say_its_content_is_refused() -> None:
    proof = prove(LayoutLibrary().layout("tote-100x50"), {"code": "店铺"}, Resolution.DPI_203)

    assert [type(refusal.error) for refusal in proof.refusals] == [CodeNotValid]


def test_a_text_without_room_is_told() -> None:
    values = {**KINDS["product"].example, "name": "LONG NAME " * 30}

    proof = prove(LayoutLibrary().layout("product-50x30"), values, Resolution.DPI_203)

    assert [text[-1] for text in proof.cut] == ["…"]


@pytest.mark.parametrize(
    ("was", "now", "line"),
    [
        ('kind = "location"', 'kind = "nothing"', 2),
        ("[50, 30]", "[5, 30]", 4),
        ('"line"', '"lines"', 7),
        ("[2, 2, 46, 5]", "[2, 2, 460, 5]", 8),
        ("[2, 2, 46, 5]", "[2, 2, 46, 5", 9),
        ('"{location}"', '"{locaton}"', 9),
        ("[2, 10, 46, 10]", "[2, 10, 46, 0]", 14),
        ("size = 9 }", 'size = "9" }', 16),
        ('type = "paragraphs"\n', "", 12),
        ('kind = "location"\n', "", 1),
        ("},\n]", "},", 16),
    ],
)
def test_a_mistake_is_found_on_its_line(was: str, now: str, line: int) -> None:
    text = TEXT.replace(was, now)

    with pytest.raises(LayoutNotValid) as refusal:
        layout_of(text, FILE)

    assert line_of_error(text, refusal.value) == line


def test_items_are_found_on_their_lines() -> None:
    assert [line_of_item(TEXT, item) for item in (1, 2, 3)] == [6, 12, 0]


def _text_of(name: str) -> str:
    return LayoutLibrary().path(name).read_text(encoding="utf-8")
