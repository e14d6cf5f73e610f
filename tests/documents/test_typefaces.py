"""Names from everywhere are written with letters that some bundled typeface has."""

import pytest

from tests.documents.examples import label
from tests.documents.readers import text_of
from warehouse_app.documents.address import PostalAddress
from warehouse_app.documents.fonts import clean, in_typefaces, without_letters
from warehouse_app.documents.labels.dots import Resolution, placed_text
from warehouse_app.documents.labels.filling import filled
from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.documents.labels.layouts import LayoutLibrary
from warehouse_app.documents.labels.model import LabelText
from warehouse_app.documents.labels.proof import prove
from warehouse_app.documents.labels.shipping import shipping_labels_pdf

NAMES = ["Łódź", "Škoda Žižkov", "Őrsi Gyűrű", "Şükrü Iğdır", "Țară și", "Γιώργος Ηλέκτρα", "Жуків Їжак", "Ørsted Þór"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_keeps_all_its_letters(name: str) -> None:
    assert clean(name) == name
    assert without_letters(name) == ""
    assert "".join(piece for _, piece in in_typefaces(name, bold=True)) == name


def test_the_letters_of_a_name_stand_on_the_label_and_can_be_searched() -> None:
    text = text_of(shipping_labels_pdf([label(ship_to=PostalAddress("喆 Škoda Łódź", ("a",), "b", "PL"))]))

    assert "喆 Škoda Łódź" in text


def test_little_pictures_are_left_out_and_letters_nobody_has_are_told() -> None:
    assert clean("Fragile ❄️ 🙂!") == "Fragile  !"
    assert without_letters(clean("A שלום")) == "שלום"

    proof = prove(LayoutLibrary().layout("tote-100x50"), {"tote": "T-שלום", "code": "TOTE:1"}, Resolution.DPI_203)

    assert proof.boxes == ("T-שלום",)


@pytest.mark.parametrize("resolution", [Resolution.DPI_203, Resolution.DPI_300])
@pytest.mark.parametrize("name", LayoutLibrary().names())
def test_no_text_is_wider_in_dots_than_its_place(name: str, resolution: Resolution) -> None:
    layout = LayoutLibrary().layout(name)

    for item in filled(layout, KINDS[layout.kind].example).items:
        if isinstance(item, LabelText) and item.text:
            placed = placed_text(item, resolution)
            assert placed.left + placed.picture.width <= resolution.dots(item.area.right) + 2
