"""The page of the Today screen once there are orders: figures, pick-ups, late and stuck orders, the last count."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from warehouse_app.language import tr
from warehouse_app.operations.today import Today
from warehouse_app.ui.screen import TopBar
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.times import clock_text, day_text, pick_up_clock
from warehouse_app.ui.today import words
from warehouse_app.ui.today.pick_ups import PickUpsCard
from warehouse_app.ui.today.rows import RowsCard
from warehouse_app.ui.widgets import Banner, ChipView, EmptyView, KPITile, spaced

TILES = 5


class TodayPage(QWidget):
    """Everything at one glance; nothing here needs a click."""

    def __init__(self) -> None:
        super().__init__()
        self._tiles = [KPITile() for _ in range(TILES)]
        self._hint, self.pick_ups = Banner(), PickUpsCard()
        self.late = RowsCard(
            tr("Late"), EmptyView("check-circle", tr("Nothing is late"), tr("Every order has time until its pick-up."))
        )
        self.stuck = RowsCard(
            tr("Stuck"), EmptyView("check-circle", tr("Nothing is stuck"), tr("No order waits for a decision."))
        )
        self.count = RowsCard(
            tr("Last count"), EmptyView("count", tr("Nothing counted yet"), tr("Plan one: warehouse-app counts plan"))
        )
        column = QVBoxLayout(self)
        spaced(column, 14)
        column.addLayout(self._tile_row())
        column.addWidget(self._hint)
        column.addLayout(self._grid(), 1)

    def show_today(self, today: Today) -> None:
        """Show this state of the house."""
        for tile, view in zip(self._tiles, words.kpi_views(today), strict=True):
            tile.show_kpi(view)
        self._hint.show_banner(words.hint(today))
        self.pick_ups.show_pick_ups(today)
        self.late.show_rows(words.late_rows(today), today.late_count, _number(today.late_count))
        stuck = words.stuck_rows(today)
        self.stuck.show_rows(stuck, len(stuck), _number(today.stuck.count))
        rows = words.count_rows(today)
        self.count.show_rows(rows, len(rows), words.count_day(today))

    def show_top(self, bar: TopBar, today: Today, name: str) -> None:
        """Show the house, the day, and the pick-up that is next to come."""
        bar.show_title(
            tr("Today"),
            (ChipView(name, icon="warehouse"), ChipView(day_text(today.business_day), icon="calendar")),
        )
        next_one = next((one for one in today.pick_ups if one.stages.all), None)
        if next_one is None:
            bar.show_clock(clock_text(today.now, today.timezone), Tone.NEUTRAL)
            return
        bar.show_clock(*pick_up_clock(next_one.at, today.now, today.timezone))

    def _tile_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        spaced(row, 14)
        for tile in self._tiles:
            row.addWidget(tile, 1)
        return row

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        spaced(grid, 14)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            spaced(column, 14)
        left.addWidget(self.pick_ups)
        left.addWidget(self.late, 1)
        right.addWidget(self.stuck, 3)
        right.addWidget(self.count, 2)
        grid.addLayout(left, 0, 0)
        grid.addLayout(right, 0, 1)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 3)
        return grid


def _number(count: int) -> str:
    return f"{count:,}" if count else ""
