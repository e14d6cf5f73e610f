"""Fills a layout with values: the label of one carton, place or product."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from warehouse_app.documents.fonts import text_width_mm
from warehouse_app.documents.labels.layout import Box, Code, Column, Entry, Layout, Line, Logo, Paragraphs, Table
from warehouse_app.documents.labels.model import (
    Label,
    LabelBox,
    LabelCode,
    LabelFrame,
    LabelItem,
    LabelPicture,
    LabelText,
)
from warehouse_app.documents.labels.placing import line_of_text, paragraphs
from warehouse_app.documents.labels.symbols import elements_code, text_code
from warehouse_app.documents.pen import Area
from warehouse_app.domain.gs1_elements import Element

Row = Mapping[str, str]
Values = Mapping[str, str | Sequence[Row]]
"""Texts by their names, and for tables lists of such texts."""

NAMED = re.compile(r"\{([a-z0-9_]+)\}")


def filled(layout: Layout, values: Values) -> Label:
    """The label with these values; a name without a value is left empty. Raises CodeNotValid."""
    items = [item for _, make in filled_by_entry(layout, values) for item in make()]
    return Label(layout.title, layout.size_mm, tuple(items))


def filled_by_entry(layout: Layout, values: Values) -> Iterator[tuple[Entry, Callable[[], Sequence[LabelItem]]]]:
    """Each entry of the layout with what makes its items of these values: none where the entry is not wanted.

    Making them raises CodeNotValid.
    """
    for entry in layout.entries:
        yield entry, partial(_items, entry, values) if _wanted(entry.when, values) else tuple


def with_values(text: str, values: Values) -> str:
    """The text with its named values; what a value says is never looked at for further names."""
    return NAMED.sub(lambda match: _text(values, match[1]), text)


def _text(values: Values, name: str) -> str:
    value = values.get(name, "")
    return value if isinstance(value, str) else ""


def _wanted(when: str, values: Values) -> bool:
    """Whether an entry is drawn: always, only with a value, or (with !) only without it."""
    if not when:
        return True
    name = when.removeprefix("!")
    return bool(values.get(name)) is not when.startswith("!")


def _items(entry: Entry, values: Values) -> Sequence[LabelItem]:
    match entry:
        case Line():
            text = " ".join(with_values(entry.text, values).splitlines())
            return [line_of_text(entry.area, text, entry.style, entry.align, light=entry.light)]
        case Paragraphs():
            texts = [(line, style) for text, style in entry.texts for line in with_values(text, values).splitlines()]
            return paragraphs(entry.area, texts, entry.align)
        case Box():
            return [LabelFrame(entry.area, entry.line_mm) if entry.line_mm else LabelBox(entry.area)]
        case Logo():
            return [LabelPicture(entry.area, entry.picture)]
        case Code():
            return [_code(entry, values)]
        case Table():
            return _rows(entry, values)


def _code(entry: Code, values: Values) -> LabelCode:
    """GS1 elements without a value are left out: a lot is not known of everything."""
    if entry.elements:
        found = [Element(ai, with_values(text, values)) for ai, text in entry.elements]
        made = elements_code(entry.symbol, tuple(element for element in found if element.value))
    else:
        made = text_code(entry.symbol, with_values(entry.content, values))
    return LabelCode(entry.area, entry.symbol, made.code, made.reads, entry.smallest_mm, entry.largest_mm)


def _rows(entry: Table, values: Values) -> list[LabelItem]:
    rows = values.get(entry.rows, ())
    if isinstance(rows, str):
        return []
    room = int(entry.area.height / entry.row_mm + 1e-6)
    shown = rows if len(rows) <= room else rows[: max(0, room - 1)]
    items: list[LabelItem] = []
    for place, row in enumerate(shown):
        for column in entry.columns:
            area = Area(entry.area.left + column.left_mm, _top(entry, place), column.width_mm, entry.row_mm)
            items += _cell(column, area, with_values(column.text, row))
    if len(shown) < len(rows):
        left = {"more": str(len(rows) - len(shown))}
        area = replace(entry.area, top=_top(entry, len(shown)), height=entry.row_mm)
        items.append(line_of_text(area, with_values(entry.more or "+ {more}", left), entry.columns[0].style))
    return items


def _cell(column: Column, area: Area, text: str) -> Sequence[LabelText]:
    """A text that fits one line stands in the middle of its row, also where it might wrap."""
    if not column.wrap or text_width_mm(text, column.style) <= area.width:
        return [line_of_text(area, text, column.style, column.align)]
    return paragraphs(area, [(text, column.style)], column.align)


def _top(entry: Table, place: int) -> float:
    return entry.area.top + place * entry.row_mm
