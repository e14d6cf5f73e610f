"""The label as its printer's dots, with rulers in millimetres, as large as the room or as one asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from warehouse_app.documents.labels.proof import Proof
from warehouse_app.documents.pen import Area
from warehouse_app.ui.labels.looking import Dots
from warehouse_app.ui.theme import colour, figures, px

STEPS = (0.25, 0.33, 0.5, 0.67, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Screen pixels a dot; above one only whole ones, so that every dot is a sharp square."""

RULER = 22
_GAP = 18
_CLOSEST_TICKS = 5
_STALE = 0.3
_SMOOTH = Qt.TransformationMode.SmoothTransformation


@dataclass(frozen=True, slots=True)
class Shown:
    """A label's dots, the same in smaller sizes, how many dots make a millimetre, and the places that were refused."""

    images: tuple[QImage, ...]
    dots_per_mm: float
    refused: tuple[tuple[int, Area], ...]


def shown(proof: Proof, sizes: Sequence[Dots]) -> Shown:
    """The proof as it is painted."""
    images = tuple(
        QImage(one.shades, one.width, one.height, one.width, QImage.Format.Format_Grayscale8).copy() for one in sizes
    )
    refused = tuple((refusal.item, refusal.area) for refusal in proof.refusals)
    return Shown(images, proof.resolution.dots_per_mm, refused)


class LabelPreview(QAbstractScrollArea):
    """Fits the label into its room until it is asked for a size; then scroll bars move it."""

    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        self._shown: Shown | None = None
        self._stale = False
        self._step: float | None = None
        self._pixmap: QPixmap | None = None
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setMinimumSize(px(220), px(180))

    @property
    def factor(self) -> float:
        """Screen pixels a dot."""
        return self._step or self._fitting()

    def show_label(self, label: Shown | None) -> None:
        """Show this; None leaves the paper out."""
        self._shown, self._stale = label, False
        self._lay_out()

    def show_stale(self) -> None:
        """What is shown is of a text that was changed since, and cannot be drawn as it is now."""
        self._stale = True
        self.viewport().update()

    def zoom(self, steps: int) -> None:
        """Larger or smaller by so many steps about the middle of what is seen; 0 fits it into the room again."""
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        middles = [(bar.value() + bar.pageStep() / 2) / max(1, bar.maximum() + bar.pageStep()) for bar in bars]
        if steps == 0:
            self._step = None
        else:
            now, larger = self.factor, steps > 0
            beyond = [step for step in STEPS if (step > now + 1e-6 if larger else step < now - 1e-6)]
            if beyond:
                self._step = beyond[0] if larger else beyond[-1]
        self._lay_out()
        for bar, middle in zip(bars, middles, strict=True):
            bar.setValue(round(middle * (bar.maximum() + bar.pageStep()) - bar.pageStep() / 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._lay_out()
        super().changeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), colour("bg"))
        if self._shown is not None:
            paper = self._paper()
            painter.fillRect(paper.adjusted(-1, -1, 1, 1), colour("border_strong"))
            painter.setOpacity(_STALE if self._stale else 1.0)
            self._paint_dots(painter, self._shown.images[0], paper)
            painter.setOpacity(1.0)
            self._paint_refusals(painter, self._shown, paper)
            self._paint_rulers(painter, self._shown, paper)
        painter.end()

    def _fitting(self) -> float:
        """The size at which the whole label is seen, sharp where there is room for it."""
        if self._shown is None:
            return 1.0
        room, image = self._room(), self._shown.images[0]
        fit = max(0.05, min(room.width() / image.width(), room.height() / image.height()))
        return float(floor(fit)) if fit >= 1 else fit

    def _room(self) -> QSize:
        taken = px(RULER) + 2 * px(_GAP)
        return QSize(max(1, self.viewport().width() - taken), max(1, self.viewport().height() - taken))

    def _size(self) -> QSize:
        assert self._shown is not None
        image = self._shown.images[0]
        return QSize(round(image.width() * self.factor), round(image.height() * self.factor))

    def _lay_out(self) -> None:
        self._pixmap = None
        if self._shown is not None:
            size, room = self._size(), self._room()
            for bar, wanted, there in (
                (self.horizontalScrollBar(), size.width(), room.width()),
                (self.verticalScrollBar(), size.height(), room.height()),
            ):
                bar.setRange(0, max(0, wanted - there))
                bar.setPageStep(there)
                bar.setSingleStep(px(20))
            if self.factor < 1:
                # Shrunk dots are mixed to greys, from the size that is next above; enlarged ones stay squares.
                from_size = [one for one in self._shown.images if one.width() >= size.width()][-1]
                self._pixmap = QPixmap.fromImage(from_size.scaled(size, mode=_SMOOTH))
        self.viewport().update()
        self.zoomed.emit()

    def _paper(self) -> QRect:
        """Where the label lies: in the middle of its room, or where the scroll bars have moved it."""
        size, room = self._size(), self._room()
        left = px(RULER) + px(_GAP) + max(0, (room.width() - size.width()) // 2) - self.horizontalScrollBar().value()
        top = px(RULER) + px(_GAP) + max(0, (room.height() - size.height()) // 2) - self.verticalScrollBar().value()
        return QRect(left, top, size.width(), size.height())

    def _paint_dots(self, painter: QPainter, image: QImage, paper: QRect) -> None:
        """All of a small picture; of a large one only the dots in sight."""
        if self._pixmap is not None:
            painter.drawPixmap(paper.topLeft(), self._pixmap)
            return
        times = round(self.factor)
        seen = self.viewport().rect().intersected(paper).translated(-paper.topLeft())
        left, top = seen.left() // times, seen.top() // times
        wide, high = seen.right() // times - left + 1, seen.bottom() // times - top + 1
        part = image.copy(left, top, wide, high).scaled(wide * times, high * times)
        painter.drawImage(paper.left() + left * times, paper.top() + top * times, part)

    def _paint_refusals(self, painter: QPainter, label: Shown, paper: QRect) -> None:
        """An outline, a cross and the item's number where a code is missing."""
        per_mm = label.dots_per_mm * self.factor
        painter.setFont(figures(13, 700))
        for item, area in label.refused:
            spot = QRectF(
                paper.left() + area.left * per_mm, paper.top() + area.top * per_mm,
                area.width * per_mm, area.height * per_mm,
            )  # fmt: skip
            back = QColor("#FDEBE2")
            painter.setPen(QPen(QColor("#B3400A"), 2))
            painter.setBrush(back)
            painter.drawRect(spot)
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, f"✕ {item}")

    def _paint_rulers(self, painter: QPainter, label: Shown, paper: QRect) -> None:
        """Millimetres along the top and the left, as the label's own edges lie."""
        wide, per_mm = px(RULER), label.dots_per_mm * self.factor
        painter.fillRect(0, 0, self.viewport().width(), wide, colour("surface2"))
        painter.fillRect(0, 0, wide, self.viewport().height(), colour("surface2"))
        painter.setFont(figures(10))
        painter.setPen(colour("text2"))
        across, down = paper.width() / per_mm, paper.height() / per_mm
        for at in range(floor(across + 0.01) + 1):
            if length := _tick(at, per_mm):
                x = paper.left() + at * per_mm
                painter.drawLine(QPointF(x, wide - px(length)), QPointF(x, wide))
                if at % 10 == 0:
                    spot = QRectF(x - 20, px(1), 40, px(12))
                    painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, str(at))
        for at in range(floor(down + 0.01) + 1):
            if length := _tick(at, per_mm):
                y = paper.top() + at * per_mm
                painter.drawLine(QPointF(wide - px(length), y), QPointF(wide, y))
                if at % 10 == 0:
                    painter.save()
                    painter.translate(px(6), y)
                    painter.rotate(-90)
                    painter.drawText(QRectF(-20, -px(6), 40, px(12)), Qt.AlignmentFlag.AlignCenter, str(at))
                    painter.restore()
        painter.fillRect(0, 0, wide, wide, colour("surface2"))
        painter.drawText(QRectF(0, 0, wide, wide), Qt.AlignmentFlag.AlignCenter, "mm")


def _tick(at: int, per_mm: float) -> int:
    """How long the tick of a millimetre is, 0 where ticks would stand too close."""
    for every, length in ((10, 8), (5, 6), (1, 4)):
        if at % every == 0:
            return length if per_mm * every >= _CLOSEST_TICKS else 0
    return 0
