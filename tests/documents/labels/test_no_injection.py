"""Whatever a name, an address or a code says, the printer sees the commands of the layout and no other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse_app.documents.codes import CodeNotValid, CodeTooWide
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.filling import NAMED, Values, filled
from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.documents.labels.layout import Code, Layout
from warehouse_app.documents.labels.layouts import LayoutLibrary
from warehouse_app.documents.labels.model import Label, LabelText
from warehouse_app.documents.labels.tspl import label_as_tspl
from warehouse_app.documents.labels.zpl import label_as_zpl

LAYOUTS = [LayoutLibrary().layout(name) for name in LayoutLibrary().names()]
HARMFUL = [
    "^", "~", "_", "^XA", "^XZ", "^FS", "~JA", "_5E", "^FH_^FD_5EXA", "\\&", "\r\n", "\n", "\r", "\0", "\x1b", "\x1d",
    "\x7f", "\x80", "\ufeff", "\u2028", "\u202e", "\ud800", "\udfff", '"', "',", "\r\nPRINT 99,1\r\n", "\r\nSELFTEST",
    "<STX>", "\x02", "}", "{sku}", "{", "%", "中", "😀", "שלום", "ẞ", ":", ",", "GFA,9,9,9,",
]  # fmt: skip
COMMAND = re.compile(r"\^(XA|CI28|PW|LL|LH0,0|FO|FT|A0N|FB|FR|FH_|FD|FS|GB|GFA|BY|BCN|PQ1|XZ)([^^~]*)")
ARGUMENTS = {
    "PW": r"\d+", "LL": r"\d+", "FO": r"\d+,\d+", "FT": r"-?\d+,-?\d+", "A0N": r",\d+,\d+", "FB": r"\d+,1,0,[LCR]",
    "FD": r"(>;>8\d+)?([A-Za-z0-9 ]|_[0-9A-F]{2})*", "FS": r"\n*", "GB": r"\d+,\d+,\d+",
    "GFA": r",\d+,\d+,\d+,[0-9A-FG-Yg-z:]+", "BY": r"\d+", "BCN": r",\d+,N,N,N,N", "LH0,0": r"\n*",
    "PQ1": "", "XZ": r"\n",
}  # fmt: skip

Texts = Mapping[str, str]
texts = st.lists(st.sampled_from(HARMFUL) | st.characters(exclude_categories=()), max_size=12).map("".join)


def assert_only_commands_of_labels(zpl: str) -> None:
    """Read as a printer does: a command begins at each ^ or ~ and goes on to the next; none may be unknown."""
    found = COMMAND.findall(zpl)
    assert "".join(f"^{name}{rest}" for name, rest in found) == zpl
    for name, rest in found:
        assert re.fullmatch(ARGUMENTS.get(name, ""), rest), (name, rest)
    names = [name for name, _ in found]
    assert (names[0], names[-1], names.count("XA"), names.count("XZ")) == ("XA", "XZ", 1, 1)
    assert names.count("FS") == names.count("FO") + names.count("FT")


def said(zpl: str) -> list[str]:
    """The texts that the printer is told to write."""
    fields = re.findall(r"\^FH_\^FD([^^]*)\^FS", zpl)
    return [re.sub(b"_([0-9A-F]{2})", _byte, field.encode()).decode() for field in fields]


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode())


@dataclass(frozen=True, slots=True)
class Filled:
    layout: Layout
    label: Label


def fill(layout: Layout, text: str, other: str) -> Filled:
    """Every field says the text or the other; where a code cannot say it, that code says its example."""
    example = KINDS[layout.kind].example
    values: dict[str, str | Sequence[Texts]] = {}
    for place, (name, value) in enumerate(example.items()):
        said_here = text if place % 2 else other
        values[name] = said_here if isinstance(value, str) else [dict.fromkeys(row, said_here) for row in value]
    try:
        return _checked(layout, values)
    except (CodeNotValid, CodeTooWide):
        return _checked(layout, {**values, **{name: example[name] for name in _named_in_codes(layout)}})


def _checked(layout: Layout, values: Values) -> Filled:
    label = filled(layout, values)
    for code in label.codes:
        code.module_dots(Resolution.DPI_203.dots_per_mm)
    return Filled(layout, label)


def _named_in_codes(layout: Layout) -> set[str]:
    found = set()
    for entry in layout.entries:
        if isinstance(entry, Code):
            for text in (entry.content, *(text for _, text in entry.elements)):
                found.update(NAMED.findall(text))
    return found


@settings(max_examples=15, deadline=None)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@given(text=texts, other=texts)
def test_any_text_in_every_field_leaves_zpl_with_the_layouts_commands_alone(
    layout: Layout, text: str, other: str
) -> None:
    made = fill(layout, text, other)

    zpl = label_as_zpl(made.label).decode("ascii")

    assert_only_commands_of_labels(zpl)
    printed = {item.text for item in made.label.items if isinstance(item, LabelText)}
    assert printed.issuperset(said(zpl))


@settings(max_examples=4, deadline=None)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@given(text=texts, other=texts)
def test_any_text_in_every_field_leaves_tspl_with_one_label(layout: Layout, text: str, other: str) -> None:
    made = fill(layout, text, other)

    sent = label_as_tspl(made.label)

    width, height = (Resolution.DPI_203.dots(side) for side in layout.size_mm)
    wide, high = (f"{side:g}" for side in layout.size_mm)
    row_bytes = (width + 7) // 8
    head = (
        f"SIZE {wide} mm,{high} mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\nCLS\r\n"
        f"BITMAP 0,0,{row_bytes},{height},0,"
    )
    assert sent.startswith(head.encode())
    assert len(sent) == len(head) + row_bytes * height + len("\r\nPRINT 1,1\r\n")
    assert sent.endswith(b"\r\nPRINT 1,1\r\n")


@pytest.mark.parametrize("harmful", HARMFUL)
def test_what_could_be_a_command_is_written_as_text(harmful: str) -> None:
    layout = LayoutLibrary().layout("shipping-100x180")
    values = {**KINDS["shipping"].example, "carrier": f"A{harmful}Z"}

    zpl = label_as_zpl(filled(layout, values)).decode("ascii")

    assert_only_commands_of_labels(zpl)
    assert f"A{harmful}Z" in said(zpl) or not harmful.isascii() or not harmful.isprintable() or "\\" in harmful
