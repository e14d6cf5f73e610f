"""The line icons of resources/icons, coloured when they are painted.

An icon is an SVG file on a grid of 24 whose strokes are `currentColor`; `product-*` are the pictures of kinds of goods
that stand in for a photograph.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPaintDevice, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from warehouse_app.resources import resource_path

# The first kind of which a word stands in a product's name is its picture.
_KIND_WORDS = {
    "bag": ("BAG", "SHOPPER", "TOTE", "RUCKSACK", "PURSE"),
    "mug": ("MUG", "CUP", "TEACUP", "BEAKER"),
    "clock": ("CLOCK", "WATCH", "TIMER"),
    "cushion": ("CUSHION", "PILLOW", "THROW", "BLANKET", "DOORMAT"),
    "candle": ("CANDLE", "CANDLES", "CANDLESTICK", "T-LIGHT", "T-LIGHTS", "HOLDER"),
    "lamp": ("LAMP", "LIGHT", "LIGHTS", "LANTERN", "TORCH", "CHANDELIER"),
    "bottle": ("BOTTLE", "JUG", "VASE", "FLASK", "JAR"),
    "bowl": ("BOWL", "PLATE", "DISH", "CAKESTAND", "BAKING", "CAKE", "TRAY", "SPOON", "SPOONS"),
    "jewel": ("NECKLACE", "BRACELET", "EARRINGS", "RING", "CHARM", "CRYSTAL"),
    "toy": ("DOLL", "TOY", "BEAR", "GAME", "DOMINOES", "LUDO", "SKITTLES", "PLAYHOUSE", "BUNNY", "RABBIT"),
    "sign": ("SIGN", "PLAQUE", "FRAME", "HOOK", "CHALKBOARD", "BLACKBOARD", "HANGER"),
    "heart": ("HEART", "HEARTS", "DECORATION", "GARLAND", "BUNTING", "WREATH", "STAR"),
    "card": ("CARD", "CARDS", "WRAP", "PAPER", "NOTEBOOK", "TISSUE", "NAPKINS", "TISSUES", "POSTCARD", "STICKER"),
    "box": ("BOX", "TIN", "TINS", "CASE", "BASKET", "DRAWER", "CABINET", "CRATE"),
}


def picture_kind(product_name: str) -> str:
    """The kind of picture (`product-<kind>`) that suits an English product name; `generic` when none does."""
    words = set(product_name.upper().replace(",", " ").split())
    for kind, signs in _KIND_WORDS.items():
        if words.intersection(signs):
            return kind
    return "generic"


def paint_icon(painter: QPainter, name: str, where: QRectF, colour: QColor, *, stroke: float = 0) -> None:
    """Draw the icon as large as fits `where`, kept square and in its middle.

    `stroke` replaces the file's stroke width, in units of its grid of 24, where a large picture wants a finer line.
    """
    side = min(where.width(), where.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(where.center())
    _renderer(name, colour.name(QColor.NameFormat.HexRgb), stroke).render(painter, square)


def icon_pixmap(name: str, size: int, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """The icon as a pixmap of `size` logical pixels for a screen of this device pixel ratio."""
    return _pixmap(name, size, colour.name(QColor.NameFormat.HexRgb), ratio)


def icon(name: str, size: int, colour: QColor, disabled: QColor | None = None) -> QIcon:
    """The icon for a button, sharp on screens of one and two pixels a point."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(icon_pixmap(name, size, colour, ratio), QIcon.Mode.Normal)
        made.addPixmap(icon_pixmap(name, size, disabled or colour, ratio), QIcon.Mode.Disabled)
    return made


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter with smooth edges, ended whatever happens: one left open would spoil every later paint."""
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    try:
        yield painter
    finally:
        painter.end()


@lru_cache(maxsize=512)
def _renderer(name: str, colour: str, stroke: float = 0) -> QSvgRenderer:
    drawing = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")
    if stroke:
        drawing = re.sub(r'stroke-width="[^"]+"', f'stroke-width="{stroke}"', drawing, count=1)
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))


@lru_cache(maxsize=512)
def _pixmap(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    made = QPixmap(QSize(size, size) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _renderer(name, colour).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return made
