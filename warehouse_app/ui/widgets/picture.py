"""Product pictures, large and small, and a wrong item beside the one expected."""

import difflib
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPixmap, QRadialGradient
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import Tone, colour, is_dark, px
from warehouse_app.ui.widgets.card import Card
from warehouse_app.ui.widgets.chip import Chip, ChipRow
from warehouse_app.ui.widgets.icon_box import IconBox
from warehouse_app.ui.widgets.styled import Styled, spaced
from warehouse_app.ui.widgets.text import FitLabel, Label
from warehouse_app.ui.widgets.views import ChipView, CompareView, ProductView


def paint_tile(painter: QPainter, where: QRectF, picture: str, photo: Path | None = None) -> None:
    """A small picture on a rounded tile: the photograph, or the drawing of the product's kind."""
    path = QPainterPath()
    path.addRoundedRect(where, px(8), px(8))
    painter.setPen(Qt.PenStyle.NoPen)
    back = QLinearGradient(where.topLeft(), where.bottomRight())
    back.setColorAt(0, colour("border" if is_dark() else "primary_bg"))
    back.setColorAt(1, colour("surface2" if is_dark() else "border"))
    painter.fillPath(path, back)
    if not _paint_photo(painter, where, path, photo):
        inset = where.width() * 0.2
        spot = where.adjusted(inset, inset, -inset, -inset)
        paint_icon(painter, f"product-{picture}", spot, colour("nav_text" if is_dark() else "nav_on"))


def paint_large(painter: QPainter, where: QRectF, picture: str, photo: Path | None = None) -> None:
    """A large picture: the photograph, or the drawing standing on a softly lit ground."""
    path = QPainterPath()
    path.addRoundedRect(where, px(8), px(8))
    light = QRadialGradient(where.center(), max(where.width(), where.height()) * 0.62)
    light.setColorAt(0, colour("border") if is_dark() else colour("surface"))
    light.setColorAt(1, colour("surface2") if is_dark() else colour("border"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(path, light)
    if _paint_photo(painter, where, path, photo):
        return
    side = min(where.height() * 0.74, where.width() * 0.6, px(190))
    spot = QRectF(0, 0, side, side)
    spot.moveCenter(where.center() - QPointF(0, side * 0.03))
    shadow = colour("nav")
    shadow.setAlphaF(0.35 if is_dark() else 0.10)
    painter.setBrush(shadow)
    painter.drawEllipse(QPointF(spot.center().x(), spot.bottom() - side * 0.02), side * 0.36, side * 0.045)
    paint_icon(
        painter, f"product-{picture}", spot, colour("nav_text" if is_dark() else "nav_on"), stroke=px(2.4) * 24 / side
    )


def _paint_photo(painter: QPainter, where: QRectF, path: QPainterPath, photo: Path | None) -> bool:
    if photo is None:
        return False
    ratio = painter.device().devicePixelRatioF()
    image = _photo(photo, QSize(round(where.width() * ratio), round(where.height() * ratio)))
    if image.isNull():
        return False
    painter.save()
    painter.setClipPath(path)
    painter.drawPixmap(where, image, QRectF(image.rect()))
    painter.restore()
    return True


@lru_cache(maxsize=256)
def _photo(path: Path, size: QSize) -> QPixmap:
    """The photograph cut to this size; a null pixmap when the file cannot be read."""
    whole = QPixmap(str(path))
    if whole.isNull():
        return whole
    cover = whole.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    left, top = (cover.width() - size.width()) // 2, (cover.height() - size.height()) // 2
    return cover.copy(left, top, size.width(), size.height())


def differing_words(name: str, other: str) -> str:
    """The words of `name` that `other` has not, in their order; the whole name when every word differs or none does."""
    words, other_words = name.split(), other.split()
    matcher = difflib.SequenceMatcher(
        a=[word.casefold() for word in other_words], b=[word.casefold() for word in words]
    )
    different = [
        word
        for operation, _, _, start, end in matcher.get_opcodes()
        if operation in {"insert", "replace"}
        for word in words[start:end]
    ]
    return " ".join(different) or name


class Picture(Styled):
    """A large product picture that takes the height it is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ProductView("")
        self._edge: str = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.restyle()

    def show_picture(self, view: ProductView, *, edge: str = "") -> None:
        """Show the product; `edge` is the token of a coloured edge."""
        self._view, self._edge = view, edge
        self.setAccessibleName(view.name)
        self.update()

    def restyle(self) -> None:
        self.setMinimumSize(px(80), px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        area = QRectF(self.rect())
        with painting(self) as painter:
            if not self._edge:
                paint_large(painter, area, self._view.picture, self._view.photo)
                return
            width = px(3)
            paint_large(painter, area.adjusted(width, width, -width, -width), self._view.picture, self._view.photo)
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(colour(self._edge))
            pen.setWidth(width)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(width / 2, width / 2, -width / 2, -width / 2), px(8), px(8))


class _Side(QWidget):
    """One half of a comparison."""

    def __init__(self, tone: Tone, icon: str) -> None:
        super().__init__()
        self._tone, self._icon = tone, icon
        self._title = Chip()
        self._picture = Picture()
        self._words = FitLabel(20, 700)
        self._name = FitLabel(13, 400, token="text2", wrap_first=True, keep_height=True)
        layout = QVBoxLayout(self)
        spaced(layout, 4)
        layout.addWidget(self._title)
        layout.addWidget(self._picture, 1)
        layout.addWidget(self._words)
        layout.addWidget(self._name)

    def show_side(self, title: str, product: ProductView, other: ProductView) -> None:
        self._title.show_chip(ChipView(title, self._tone, self._icon))
        self._picture.show_picture(product, edge=self._tone.value)
        words = differing_words(product.name, other.name)
        self._words.set_text(words, token=self._tone.value)
        facts = [chip.text for chip in product.chips[:1]] + [product.name] * (words != product.name)
        self._name.set_text("  ".join(facts))


class ProductPanel(Card):
    """The product at hand, or after a wrong scan the scanned one beside the expected one and where to put it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._picture = Picture()
        self._name = FitLabel(16, 600)
        self._chips = ChipRow()
        self._scanned = _Side(Tone.ERROR, "octagon-cross")
        self._expected = _Side(Tone.OK, "check-circle")
        self._remedy = Label("body-strong", wrap=True)
        self._arrow = IconBox(22, 20)
        self._arrow.show_icon("arrow-right", Tone.WARN)
        self._stack = QStackedLayout()
        # Into the card first: a page added to a stack without a widget would show as a window of its own.
        self.body.addLayout(self._stack)
        self._stack.addWidget(self._product_page())
        self._stack.addWidget(self._compare_page())

    def show_product(self, view: ProductView) -> None:
        """Show one product, large."""
        self._picture.show_picture(view)
        self._name.set_text(view.name)
        self._chips.show_chips(view.chips)
        self._stack.setCurrentIndex(0)

    def show_comparison(self, view: CompareView) -> None:
        """Show the wrong item beside the right one."""
        self._scanned.show_side(view.scanned_title, view.scanned, view.expected)
        self._expected.show_side(view.expected_title, view.expected, view.scanned)
        self._remedy.setText(view.remedy)
        self._stack.setCurrentIndex(1)

    def _product_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        spaced(layout, 8)
        layout.addWidget(self._picture, 1)
        layout.addWidget(self._name)
        layout.addWidget(self._chips)
        return page

    def _compare_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        spaced(layout, 8)
        sides = QHBoxLayout()
        spaced(sides, 12)
        sides.addWidget(self._scanned, 1)
        sides.addWidget(self._expected, 1)
        remedy = QHBoxLayout()
        spaced(remedy, 8)
        remedy.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignTop)
        remedy.addWidget(self._remedy, 1)
        layout.addLayout(sides, 1)
        layout.addLayout(remedy)
        return page
