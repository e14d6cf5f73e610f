"""What the shared widgets show: frozen values, their texts already in the person's language."""

from dataclasses import dataclass
from pathlib import Path

from warehouse_app.ui.theme import Tone


@dataclass(frozen=True, slots=True)
class ChipView:
    """A short label with a border; `icon` is a name of resources/icons."""

    text: str
    tone: Tone = Tone.NEUTRAL
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ResultView:
    """What the last scan did: a word, what it was about, and the code as scanned."""

    word: str
    detail: str = ""
    code: str = ""
    tone: Tone = Tone.OK
    icon: str = "check-circle"


@dataclass(frozen=True, slots=True)
class HeroView:
    """The one instruction of the moment. `count` is empty when there is nothing to count."""

    prompt: str
    sub: str = ""
    tone: Tone = Tone.PRIMARY
    icon: str = "scan"
    count: str = ""
    count_text: str = ""
    result: ResultView | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """One order line. `place` is where its units are now: a tote, a put-wall slot or a location.

    `warnings` are short words such as Fragile; `picture` is a kind of product picture; `variant` is the part of the
    name that tells this product from its likes (black, 3 litres) and is drawn largest.
    """

    line_no: int
    name: str
    sku: str
    done: int
    total: int
    variant: str = ""
    place: str = ""
    picture: str = "generic"
    photo: Path | None = None
    warnings: tuple[str, ...] = ()
    current: bool = False

    @property
    def is_done(self) -> bool:
        return self.done >= self.total


@dataclass(frozen=True, slots=True)
class LinesView:
    """A list of lines under a title; `summary` stands at its right end."""

    title: str
    summary: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as a person recognises it: large picture, name, facts in chips."""

    name: str
    picture: str = "generic"
    photo: Path | None = None
    chips: tuple[ChipView, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareView:
    """A wrong item beside the one expected; the words that differ are drawn largest. `remedy` says where it goes."""

    scanned_title: str
    scanned: ProductView
    expected_title: str
    expected: ProductView
    remedy: str


@dataclass(frozen=True, slots=True)
class BoxView:
    """A carton to pack into: inner size in millimetres, and how full it will be from 0 to 100 (None: unknown)."""

    title: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    fill_percent: int | None = None
    fill_text: str = ""
    change_text: str = ""
    label: ChipView | None = None


@dataclass(frozen=True, slots=True)
class WeightView:
    """The scale beside what the carton should weigh by now, in grams; None where it is not known."""

    title: str
    weight_g: int | None
    expected_g: int | None = None
    tolerance_g: int = 0
    expected_text: str = ""
    status: ChipView | None = None


@dataclass(frozen=True, slots=True)
class KPIView:
    """One figure with its name; `points` draw a sparkline, `detail` says what it is compared with."""

    title: str
    value: str
    detail: str = ""
    tone: Tone = Tone.NEUTRAL
    icon: str = ""
    points: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class BarView:
    """One bar of a bar chart: a name, its parts from left to right, and the text at its end."""

    name: str
    parts: tuple[tuple[float, Tone], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class EmptyView:
    """What stands where nothing is yet: what is missing and what to do first. A button appears with `button`."""

    icon: str
    title: str
    what_to_do: str
    button: str = ""


@dataclass(frozen=True, slots=True)
class BannerView:
    """A message across the screen that stays until it is replaced or closed."""

    title: str
    text: str = ""
    tone: Tone = Tone.WARN
    icon: str = "triangle"
    button: str = ""


@dataclass(frozen=True, slots=True)
class StatusView:
    """One item of the status bar. An item with the same `key` replaces the one before it."""

    key: str
    icon: str
    text: str
    tone: Tone = Tone.NEUTRAL
    tip: str = ""
