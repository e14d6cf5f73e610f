import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.domain.identifiers import GTIN, SSCC, CodeError, ProblemKind, check_digit


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("96385074", "00000096385074"),
        ("042100005264", "00042100005264"),
        ("4006381333931", "04006381333931"),
        ("10614141000002", "10614141000002"),
    ],
)
def test_gtins_of_every_length_become_14_digits(text: str, digits: str) -> None:
    gtin = GTIN.parse(text)

    assert gtin.digits == digits


@pytest.mark.parametrize(
    ("text", "kind", "expected_digit"),
    [
        ("4006381333930", ProblemKind.CHECK_DIGIT, "1"),
        ("400638133393", ProblemKind.CHECK_DIGIT, "0"),
        ("40063813339", ProblemKind.LENGTH, None),
        ("400638133393A", ProblemKind.CHARSET, None),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", ProblemKind.CHARSET, None),
        ("", ProblemKind.EMPTY, None),
    ],
)
def test_wrong_gtin_says_what_is_wrong(text: str, kind: ProblemKind, expected_digit: str | None) -> None:
    with pytest.raises(CodeError) as raised:
        GTIN.parse(text)

    assert (raised.value.kind, raised.value.expected_digit) == (kind, expected_digit)


@given(st.integers(0, 9), st.from_regex(r"[0-9]{7,12}", fullmatch=True), st.integers(0, 9999))
def test_sscc_that_was_made_can_be_read_back(extension_digit: int, company_prefix: str, serial: int) -> None:
    made = SSCC.make(extension_digit, company_prefix, serial)

    assert SSCC.parse(made.digits) == made
    assert made.bracketed == f"(00){extension_digit}{company_prefix}{made.digits[1 + len(company_prefix) :]}"
    assert int(made.digits[1 + len(company_prefix) : -1]) == serial


def test_serial_too_long_for_its_company_prefix_is_refused() -> None:
    with pytest.raises(CodeError) as raised:
        SSCC.make(0, "123456789012", 10_000)

    assert raised.value.kind is ProblemKind.VALUE


@given(st.from_regex(r"[0-9]{1,17}", fullmatch=True), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits: str, place: int, change: int) -> None:
    place %= len(digits)
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]

    assert check_digit(wrong) != check_digit(digits)
