from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse_app.domain.identifiers import ProblemKind
from warehouse_app.domain.scan import (
    Scan,
    ScanKind,
    badge_code,
    carton_type_code,
    command_code,
    escape_scan_text,
    expiry_code,
    location_code,
    lot_code,
    order_code,
    parse_scan,
    pick_list_code,
    purchase_order_code,
    quantity_code,
    serial_code,
    tote_code,
    unescape_scan_text,
)

GTIN = "09506000134352"
CARTON = "006141411234567890"
CODE_MAKERS = [
    (location_code, ScanKind.LOCATION),
    (tote_code, ScanKind.TOTE),
    (order_code, ScanKind.ORDER),
    (pick_list_code, ScanKind.PICK_LIST),
    (badge_code, ScanKind.BADGE),
    (command_code, ScanKind.COMMAND),
    (carton_type_code, ScanKind.CARTON_TYPE),
    (purchase_order_code, ScanKind.PURCHASE_ORDER),
    (lot_code, ScanKind.LOT),
    (serial_code, ScanKind.SERIAL),
]

any_text = st.text(st.characters(exclude_categories=()))
scan_like_text = st.lists(
    st.sampled_from(
        ["]C1", "]e0", "]E0", "]Q3", "\x1d", "00", "01", "10", "17", "310", "(01)", "*", "QTY:", "LOC:", "%"]
    )
    | st.text("0123456789", max_size=18)
    | any_text,
).map("".join)


def scanned(text: str) -> Scan:
    return parse_scan(text, year=2026)


@given(any_text | scan_like_text)
@example("\0")
@example("\ud800")
@example("LOC:%ED%A0%80%")
@example("]")
@example("*" + "0" * 10_000 + "1")
@example("]E0")
@example("(01)")
@example("7" * 10_000)
@example("]C1" + "01" * 5_000)
@example("https://a/01/" + "/" * 10_000)
def test_any_text_at_all_is_a_scan(text: str) -> None:
    scan = scanned(text)

    assert isinstance(scan, Scan)


@pytest.mark.parametrize("text", ["ORD:\udcff", "TOTE:T-\0001", "LOT:\ud800"])
def test_own_code_with_a_character_that_no_name_has_was_misread(text: str) -> None:
    scan = scanned(text)

    assert scan.kind is ScanKind.UNKNOWN
    assert scan.problem is not None


@pytest.mark.parametrize("text", ["", "  ", "\r\n", "\0", "]C1\r\n", "]C0"])
def test_scan_of_nothing_is_empty_and_says_so(text: str) -> None:
    scan = scanned(text)

    assert scan.problem is not None
    assert scan.problem.kind is ProblemKind.EMPTY


@given(
    st.sampled_from(CODE_MAKERS), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
)
def test_own_code_of_any_name_reads_back_and_can_be_printed(
    maker_and_kind: tuple[Callable[[str], str], ScanKind], name: str
) -> None:
    maker, kind = maker_and_kind

    code = maker(name)

    assert all(" " <= character <= "~" for character in code)
    scan = scanned(code + "\r")
    assert (scan.kind, scan.code, scan.problem) == (kind, name, None)


@pytest.mark.parametrize(
    "text", ["LOC:A01-02-3", "loc:A01-02-3\r\n", " Loc:A01-02-3 ", "]C0LOC:A01-02-3", "]Q1LOC:A01-02-3"]
)
def test_location_is_known_in_whatever_dress_its_code_comes(text: str) -> None:
    scan = scanned(text)

    assert (scan.kind, scan.code) == (ScanKind.LOCATION, "A01-02-3")


@pytest.mark.parametrize("text", [quantity_code(12), "qty:12", "*12", "* 12", "*012"])
def test_quantity_is_scanned_or_typed(text: str) -> None:
    scan = scanned(text)

    assert (scan.kind, scan.quantity, scan.problem) == (ScanKind.QUANTITY, 12, None)


@pytest.mark.parametrize("text", ["*0", "QTY:0", "QTY:-1", "QTY:1.5", "QTY:99999999", "QTY:twelve", "*" + "9" * 9_000])
def test_impossible_quantity_is_a_problem_and_no_number(text: str) -> None:
    scan = scanned(text)

    assert (scan.kind, scan.quantity) == (ScanKind.QUANTITY, None)
    assert scan.problem is not None


def test_lot_and_expiry_of_goods_without_them_in_their_code_are_scanned_by_themselves() -> None:
    lot, expiry = scanned(lot_code("L-7")), scanned(expiry_code(date(2027, 1, 31)))

    assert (lot.kind, lot.lot, lot.problem) == (ScanKind.LOT, "L-7", None)
    assert (expiry.kind, expiry.expires_on, expiry.problem) == (ScanKind.EXPIRY, date(2027, 1, 31), None)


@pytest.mark.parametrize("text", ["EXP:2027-02-29", "EXP:20270131", "EXP:2027-W05-1", "EXP:31.01.2027", "EXP:soon"])
def test_impossible_expiry_date_is_a_problem_and_no_date(text: str) -> None:
    scan = scanned(text)

    assert (scan.kind, scan.expires_on) == (ScanKind.EXPIRY, None)
    assert scan.problem is not None
    assert scan.problem.kind is ProblemKind.DATE


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("4006381333931", "04006381333931"),
        ("]E04006381333931", "04006381333931"),
        ("]e04006381333931", "04006381333931"),
        ("]E0042100005264", "00042100005264"),
        ("]E004252614", "00042100005264"),
        ("]E496385074", "00000096385074"),
        ("]I110614141000002", "10614141000002"),
        (f"01{GTIN}", GTIN),
        (f"]C101{GTIN}", GTIN),
        (f"]c101{GTIN}", GTIN),
        (f"]d2\x1d01{GTIN}\x1d", GTIN),
        (f"]E001{GTIN}", GTIN),
        (f"(01){GTIN}", GTIN),
        (f"https://id.gs1.org/01/{GTIN}", GTIN),
        ("2012345678903", "02012345678903"),
    ],
)
def test_product_is_known_by_its_gtin_in_every_symbology(text: str, gtin: str) -> None:
    scan = scanned(text)

    assert (scan.kind, scan.code, scan.gtin, scan.problem) == (ScanKind.PRODUCT, gtin, gtin, None)


@pytest.mark.parametrize(
    "text", ["85123A", "10-ABC", "0012345", "123456789", "01234567890123456", "TEA ÖL 100", "01A", "]X0SKU"]
)
def test_other_text_may_be_a_sku(text: str) -> None:
    scan = scanned(text)

    assert (scan.kind, scan.code, scan.problem) == (ScanKind.PRODUCT, text.removeprefix("]X0"), None)


def test_number_with_a_wrong_check_digit_may_still_be_a_sku() -> None:
    scan = scanned("4006381333930")

    assert (scan.kind, scan.code, scan.gtin) == (ScanKind.PRODUCT, "4006381333930", None)
    assert scan.problem is not None
    assert (scan.problem.kind, scan.problem.expected_digit) == (ProblemKind.CHECK_DIGIT, "1")


@pytest.mark.parametrize("text", [CARTON, f"00{CARTON}", f"]C100{CARTON}", f"(00){CARTON}"])
def test_carton_is_known_by_its_sscc(text: str) -> None:
    scan = scanned(text)

    assert (scan.kind, scan.code, scan.problem) == (ScanKind.SSCC, CARTON, None)


def test_elements_beside_the_product_are_taken_along() -> None:
    scan = scanned(f"]C101{GTIN}10L-7\x1d1726120021S1\x1d31030017503012\r\n")

    assert (scan.code, scan.lot, scan.serial) == (GTIN, "L-7", "S1")
    assert (scan.expires_on, scan.weight_g, scan.quantity) == (date(2026, 12, 31), 1750, 12)


def test_contents_of_a_carton_come_with_its_sscc() -> None:
    scan = scanned(f"(00){CARTON}(02){GTIN}(37)24")

    assert (scan.kind, scan.code, scan.gtin, scan.quantity) == (ScanKind.SSCC, CARTON, GTIN, 24)


def test_gs1_data_that_cannot_be_read_says_why() -> None:
    scan = scanned(f"]C101{GTIN}17261399")

    assert scan.kind is ScanKind.UNKNOWN
    assert scan.problem is not None
    assert scan.problem.kind is ProblemKind.DATE


def test_elements_that_contradict_each_other_are_a_problem() -> None:
    scan = scanned(f"]C101{GTIN}10A\x1d10B")

    assert scan.code == GTIN
    assert scan.problem is not None
    assert scan.problem.kind is ProblemKind.ASSOCIATION


@given(any_text)
def test_escaped_scan_reads_back(text: str) -> None:
    escaped = escape_scan_text(text)

    assert unescape_scan_text(escaped) == text


def test_escapes_are_those_of_the_command_line() -> None:
    assert unescape_scan_text(r"a\x1db\r\n\t\\x1d\q") == "a\x1db\r\n\t\\x1d\\q"
