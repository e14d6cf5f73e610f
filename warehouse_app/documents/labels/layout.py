"""Layouts of labels: data files that a supervisor may copy and change. docs/labels.md tells what is in them."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse_app.documents.fonts import Style
from warehouse_app.documents.labels.layout_fields import Fields, LayoutNotValid
from warehouse_app.documents.labels.model import Picture
from warehouse_app.documents.labels.pictures import read_picture
from warehouse_app.documents.labels.symbols import Symbol
from warehouse_app.documents.pen import Align, Area
from warehouse_app.language import mark

SUFFIX = ".toml"
SMALLEST_MODULE_MM, LARGEST_MODULE_MM = 0.25, 0.5
LINE_MM = 0.375
_ELEMENT = re.compile(r"\((\d{2,4})\)([^()]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text that gets smaller where it is long."""

    area: Area
    text: str
    style: Style
    align: Align
    light: bool
    when: str


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Wrapped texts below one another; each line of a value is a paragraph."""

    area: Area
    texts: tuple[tuple[str, Style], ...]
    align: Align
    when: str


@dataclass(frozen=True, slots=True)
class Box:
    """A filled box, or with `line_mm` an outline."""

    area: Area
    line_mm: float
    when: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code; `content` is a text, `elements` are GS1's identifiers with the texts of their values."""

    area: Area
    symbol: Symbol
    content: str
    elements: tuple[tuple[str, str], ...]
    smallest_mm: float
    largest_mm: float
    when: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture file that lies beside the layout."""

    area: Area
    picture: Picture
    when: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, from the table's left edge; with `wrap` a long text takes several lines of its row."""

    text: str
    left_mm: float
    width_mm: float
    style: Style
    align: Align
    wrap: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A row for each entry of a list of values; `more` is written where entries are left over."""

    area: Area
    rows: str
    row_mm: float
    columns: tuple[Column, ...]
    more: str
    when: str


Entry = Line | Paragraphs | Box | Code | Logo | Table


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands where on the labels of a kind."""

    name: str
    kind: str
    title: str
    size_mm: tuple[float, float]
    entries: tuple[Entry, ...]
    title_zh: str = ""


def read_layout(path: Path) -> Layout:
    """A layout from its file. Raises LayoutNotValid, which names the item, the field and what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LayoutNotValid(file=path.name, place="-", reason=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise LayoutNotValid(file=path.name, place="-", reason=str(error)) from error
    return layout_from(text, path)


def layout_from(text: str, path: Path) -> Layout:
    """A layout from the text that its file has, or is to have. Raises LayoutNotValid."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Beside its own error, the reader fails on numbers of thousands of digits and on thousands of brackets.
        raise LayoutNotValid(file=path.name, place="-", reason=str(error)) from error
    fields = Fields(path.name, mark("the head"), content)
    size_mm = fields.numbers("size_mm", 2, smallest=10)
    kind, title, title_zh = fields.text("kind"), fields.text("title"), fields.text("title_zh", "")
    items = list(fields.tables("items"))
    fields.end()
    entries = tuple(_entry(item, path.parent, (size_mm[0], size_mm[1])) for item in items)
    return Layout(path.stem, kind, title, (size_mm[0], size_mm[1]), entries, title_zh)


def texts_of(layout: Layout) -> Iterator[str]:
    """Every text of a layout in which values are named, those of its tables' columns left out."""
    for entry in layout.entries:
        if isinstance(entry, Line):
            yield entry.text
        elif isinstance(entry, Paragraphs):
            yield from (text for text, _ in entry.texts)
        elif isinstance(entry, Code):
            yield entry.content
            yield from (text for _, text in entry.elements)


def _entry(item: Fields, folder: Path, size_mm: tuple[float, float]) -> Entry:
    readers: Mapping[str, Callable[[Fields, Area, str], Entry]] = {
        "line": _line, "paragraphs": _paragraphs, "box": _box, "frame": _frame, "code": _code, "table": _table,
    }  # fmt: skip
    kind = item.one_of("type", (*readers, "picture"))
    left, top, width, height = item.numbers("area", 4, smallest=0)
    if width <= 0 or height <= 0:
        item.refuse("area", mark("width and height must be more than 0"))
    # What hangs over the edge by less than a tenth is how a number was rounded.
    if left + width > size_mm[0] + 0.1 or top + height > size_mm[1] + 0.1:
        item.refuse("area", mark("it does not lie on the label"))
    area, when = Area(left, top, width, height), item.text("when", "")
    entry = _logo(item, area, when, folder) if kind == "picture" else readers[kind](item, area, when)
    item.end()
    return entry


def _line(item: Fields, area: Area, when: str) -> Line:
    return Line(area, item.text("text"), _style(item), _align(item), item.flag("light"), when)


def _paragraphs(item: Fields, area: Area, when: str) -> Paragraphs:
    texts = []
    for part in item.tables("texts"):
        texts.append((part.text("text"), _style(part)))
        part.end()
    return Paragraphs(area, tuple(texts), _align(item), when)


def _box(_item: Fields, area: Area, when: str) -> Box:
    return Box(area, 0.0, when)


def _frame(item: Fields, area: Area, when: str) -> Box:
    return Box(area, item.number("line_mm", LINE_MM, smallest=0.1), when)


def _code(item: Fields, area: Area, when: str) -> Code:
    symbol = Symbol(item.one_of("symbol", tuple(Symbol)))
    content = item.text("content")
    elements: tuple[tuple[str, str], ...] = ()
    if symbol.takes_elements:
        elements = tuple(_ELEMENT.findall(content))
        if "".join(f"({ai}){value}" for ai, value in elements) != content or not elements:
            item.refuse("content", mark("GS1 data is written as (01){gtin}(10){lot}"))
        content = ""
    smallest = item.number("smallest_mm", SMALLEST_MODULE_MM, smallest=0.1)
    largest = item.number("largest_mm", LARGEST_MODULE_MM, smallest=smallest)
    return Code(area, symbol, content, elements, smallest, largest, when)


def _logo(item: Fields, area: Area, when: str, folder: Path) -> Logo:
    name = item.text("file")
    if Path(name).name != name:
        item.refuse("file", mark("the picture must lie beside the layout, without a folder in its name"))
    try:
        return Logo(area, read_picture(folder / name), when)
    except (OSError, ValueError):
        item.refuse("file", mark("it is no picture, or one of more than four million dots"))


def _table(item: Fields, area: Area, when: str) -> Table:
    rows, row_mm = item.text("rows"), item.number("row_mm", 5.0, smallest=1)
    columns = []
    for part in item.tables("columns"):
        left, width = part.number("left_mm", 0.0, smallest=0), part.number("width_mm", None, smallest=1)
        if left + width > area.width + 0.1:
            part.refuse("width_mm", mark("the column is wider than the table"))
        columns.append(Column(part.text("text"), left, width, _style(part), _align(part), part.flag("wrap")))
        part.end()
    return Table(area, rows, row_mm, tuple(columns), item.text("more", ""), when)


def _style(item: Fields) -> Style:
    return Style(item.number("size", 9.0, smallest=4), item.flag("bold"))


def _align(item: Fields) -> Align:
    aligned: Mapping[str, Align] = {"left": "left", "centre": "centre", "right": "right"}
    return aligned[item.one_of("align", tuple(aligned), "left")]
