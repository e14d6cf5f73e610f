"""A proof of a layout: drawn with values, each code read back, and whatever is wrong told with its place."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from warehouse_app.documents.codes import CodeNotValid, CodeTooWide
from warehouse_app.documents.fonts import ELLIPSIS, without_letters
from warehouse_app.documents.labels.checking import CodeReadsWrong, check_label
from warehouse_app.documents.labels.dots import Resolution, label_as_image
from warehouse_app.documents.labels.filling import Values, filled_by_entry
from warehouse_app.documents.labels.kinds import require_known_names
from warehouse_app.documents.labels.layout import Layout, layout_from
from warehouse_app.documents.labels.model import Label, LabelCode, LabelItem, LabelText
from warehouse_app.documents.labels.symbols import Symbol
from warehouse_app.documents.pen import Area
from warehouse_app.domain.errors import WarehouseError


@dataclass(frozen=True, slots=True)
class CodeRead:
    """A code that was read from its own dots and says what it should; `module_dots` is its narrowest bar."""

    symbol: Symbol
    reads: str
    module_dots: int
    module_mm: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the label must not be printed; the item counts from 1, as in messages about layouts."""

    item: int
    area: Area
    error: WarehouseError


@dataclass(frozen=True, slots=True)
class Proof:
    """What a layout makes of these values. The label leaves out the items that were refused."""

    layout: Layout
    label: Label
    resolution: Resolution
    codes: tuple[CodeRead, ...]
    refusals: tuple[Refusal, ...]
    cut: tuple[str, ...]
    """Texts that found no room, as far as they are printed."""
    boxes: tuple[str, ...]
    """Texts with letters that no typeface has: an empty box stands for each."""

    @property
    def may_print(self) -> bool:
        """Whether the label is whole and every code on it was read."""
        return not self.refusals

    def image(self) -> Image.Image:
        """The label as it leaves the printer, black on white."""
        return label_as_image(self.label, self.resolution)


def layout_of(text: str, path: Path) -> Layout:
    """The layout that this text is, as if it stood in the file. Raises LayoutNotValid."""
    layout = layout_from(text, path)
    require_known_names(layout, path.name)
    return layout


def prove(layout: Layout, values: Values, resolution: Resolution) -> Proof:
    """Fill the layout, and read every code at this resolution. A code that cannot be printed is refused."""
    items: list[LabelItem] = []
    codes: list[CodeRead] = []
    refusals: list[Refusal] = []
    for number, (entry, make) in enumerate(filled_by_entry(layout, values), 1):
        try:
            made = make()
            codes += [_read(layout, item, resolution) for item in made if isinstance(item, LabelCode)]
        except (CodeNotValid, CodeTooWide, CodeReadsWrong) as error:
            refusals.append(Refusal(number, entry.area, error))
            continue
        items += made
    label = Label(layout.title, layout.size_mm, tuple(items))
    cut = tuple(item.text for item in items if isinstance(item, LabelText) and item.text.endswith(ELLIPSIS))
    boxes = tuple(item.text for item in items if isinstance(item, LabelText) and without_letters(item.text))
    return Proof(layout, label, resolution, tuple(codes), tuple(refusals), cut, boxes)


def _read(layout: Layout, code: LabelCode, resolution: Resolution) -> CodeRead:
    check_label(Label(layout.title, layout.size_mm, (code,)), resolution)
    dots = code.module_dots(resolution.dots_per_mm)
    return CodeRead(code.symbol, code.reads, dots, dots / resolution.dots_per_mm)
