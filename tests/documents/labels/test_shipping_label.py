import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents.examples import CUSTOMER, RARE_NAME, SENDER, label, sscc
from tests.documents.readers import codes_on, page_image, text_of, zbar_texts
from warehouse_app.documents.codes import CodeNotValid
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.shipping import (
    shipping_label_zpl,
    shipping_labels_pdf,
    waiting_label_zpl,
    waiting_labels_pdf,
)

COMMAND = re.compile(rb"[\^~][A-Z][A-Z0-9@]")


@pytest.mark.parametrize("dpi", [203, 300])
def test_sscc_is_read_back_from_the_label(tmp_path: Path, dpi: int) -> None:
    picture = page_image(shipping_labels_pdf([label()]), tmp_path, dpi=dpi)

    assert codes_on(picture) == {f"(00){sscc(1)}": "]C1"}
    assert zbar_texts(picture) == {f"00{sscc(1)}"}


def test_label_says_where_the_carton_goes() -> None:
    text = text_of(shipping_labels_pdf([label()]))

    for words_on_label in (
        RARE_NAME,
        "310013",
        "杭州市",
        "CN",
        "SAME DAY",
        "顺丰速运",
        "553000",
        "1 of 3",
        "12.340 kg",
    ):
        assert words_on_label in text
    assert f"(00){sscc(1)}" in text


def test_internal_label_keeps_the_code_and_names_no_carrier(tmp_path: Path) -> None:
    pdf = waiting_labels_pdf([label()])

    assert "WAITING FOR LABEL" in text_of(pdf)
    assert "顺丰速运" not in text_of(pdf)
    assert codes_on(page_image(pdf, tmp_path, dpi=203)) == {f"(00){sscc(1)}": "]C1"}
    assert b"^FDWAITING FOR LABEL^FS" in waiting_label_zpl(label())


def test_place_and_country_stay_on_the_label_of_an_endless_address() -> None:
    street = tuple("Very long street name without any end " * 5 for _ in range(5))
    endless = replace(CUSTOMER, name="Wolfeschlegelstein " * 8, lines=street, city="Leicester", country="GB")

    text = text_of(shipping_labels_pdf([label(ship_to=endless)]))

    assert "Leicester 浙江省 310013" in text
    assert "Wolfeschlegelstein" in text


def test_wrong_sscc_is_never_printed() -> None:
    with pytest.raises(CodeNotValid):
        shipping_label_zpl(replace(label(), sscc=f"{sscc(1)[:-1]}0"))


def test_zpl_starts_the_code_of_a_carton_in_subset_c_with_fnc1() -> None:
    assert f"^BCN,280,N,N,N,N^FD>;>800{sscc(1)}^FS".encode() in shipping_label_zpl(label())
    assert b"^BY6^BCN" in shipping_label_zpl(label(), Resolution.DPI_300)


def test_zpl_draws_what_the_printer_has_no_typeface_for() -> None:
    chinese = shipping_label_zpl(label())
    french = shipping_label_zpl(label(ship_to=replace(SENDER, name="Amélie")))

    assert chinese.count(b"^GFA") > french.count(b"^GFA")
    assert b"^FDAm_C3_A9lie^FS" in french


@given(text=st.text(max_size=80))
def test_no_text_can_inject_a_command(text: str) -> None:
    address = replace(SENDER, name=text, lines=(text,), postcode=text, phone=text)
    harmless = shipping_label_zpl(label())

    zpl = shipping_label_zpl(replace(label(ship_to=address, order_no=text), carrier=text, service=text, routing=text))

    assert zpl.isascii()
    assert (zpl.count(b"^XA"), zpl.count(b"^XZ")) == (1, 1)
    assert zpl.startswith(b"^XA")
    assert zpl.rstrip().endswith(b"^XZ")
    assert zpl.count(b"^") == len(COMMAND.findall(zpl))
    assert set(COMMAND.findall(zpl)) <= {*COMMAND.findall(harmless), b"^FR", b"^FT", b"^A0", b"^FB", b"^FH", b"^GF"}
