"""What the screen says about labels, in the language in use."""

import re
from collections.abc import Callable

from warehouse_app.documents.codes import CodeTooWide
from warehouse_app.documents.labels.proof import CodeRead, Refusal
from warehouse_app.documents.labels.symbols import Symbol
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark, tr
from warehouse_app.ui.labels.looking import Look
from warehouse_app.ui.labels.shelf import Listed
from warehouse_app.ui.widgets import ChipView

KIND_TITLES = {
    "shipping": mark("Shipping"),
    "carton": mark("Carton content"),
    "product": mark("Product"),
    "location": mark("Location"),
    "tote": mark("Tote"),
    "pallet": mark("Pallet"),
    "badge": mark("Worker badge"),
}
SYMBOL_NAMES = {
    Symbol.CODE_128: "Code 128",
    Symbol.GS1_128: "GS1-128",
    Symbol.EAN_13: "EAN-13",
    Symbol.ITF_14: "ITF-14",
    Symbol.QR: "QR",
    Symbol.GS1_DATA_MATRIX: "GS1 DataMatrix",
}
TYPE_HINTS = {
    "shipping": mark("A closed carton: its number or its order"),
    "carton": mark("A closed carton: its number or its order"),
    "product": mark("A product: its stock code or name"),
    "location": mark("A location, for example A01"),
    "tote": mark("A tote, for example T-0012"),
    "badge": mark("A person: number or name"),
}
_SAID_AGAIN = re.compile(r" \(at line \d+, column \d+\)")
Words = Callable[[WarehouseError], str]


def listed_as(one: Listed) -> tuple[str, ...]:
    """What the signs beside a layout in the list mean."""
    meanings = (
        (one.usual, tr("the usual one of its kind")),
        (one.own, tr("your own")),
        (one.unsaved, tr("with changes that are not saved")),
        (one.error is not None, tr("cannot be used")),
    )
    return tuple(meaning for holds, meaning in meanings if holds)


def size_text(size_mm: tuple[float, float]) -> str:
    """Width and height."""
    return f"{size_mm[0]:g} × {size_mm[1]:g} mm"


def head_chips(look: Look) -> tuple[ChipView, ...]:
    """What the bar above tells of the layout in sight."""
    if look.proof is None:
        return ()
    layout = look.proof.layout
    return (
        ChipView(tr(KIND_TITLES[layout.kind])),
        ChipView(size_text(layout.size_mm)),
    )


def reads_text(code: CodeRead) -> str:
    """What a reader says of a code, its separators as a sign that can be seen; it may be broken after any sign."""
    return "\u200b".join(code.reads.replace("\x1d", "␝"))


def module_text(code: CodeRead) -> str:
    """How wide its narrowest bar is."""
    return tr("module {dots} dots = {mm} mm", dots=code.module_dots, mm=f"{code.module_mm:.3g}")


def refusal_text(refusal: Refusal, line: int, words: Words) -> str:
    """Why an item was refused, where it stands, and what helps."""
    place = tr("Line {line}, item {item}", line=line, item=refusal.item)
    text = f"{place}: {words(refusal.error)}"
    if isinstance(refusal.error, CodeTooWide):
        remedy = tr("Widen its area, shorten its content, or use a QR code.")
        return f"{text} {remedy}"
    return text


def error_place(look: Look) -> str:
    """Why the text is no layout, with its line where that is known."""
    assert look.error is not None
    place, reason = str(look.error.values["place"]), tr(str(look.error.values["reason"]))
    reason = _SAID_AGAIN.sub("", reason)
    text = tr("It is not written as TOML ({reason}).", reason=reason) if place == "-" else f"{place}: {reason}"
    return f"{tr('Line {line}', line=look.line)}: {text}" if look.line else text
