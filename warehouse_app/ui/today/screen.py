"""The Today screen: what is late, what is stuck, what is next, without a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget

from warehouse_app.domain.errors import NoWarehouse, WarehouseError
from warehouse_app.language import language_in_use, mark, tr
from warehouse_app.ui.screen import Screen
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.widgets import Banner, BannerView, ChipView, EmptyState, EmptyView

if TYPE_CHECKING:
    from warehouse_app.operations.today import Today
    from warehouse_app.ui.desk import Desk
    from warehouse_app.ui.today.page import TodayPage

EVERY_MS = 20_000
"""The feed tells of changes; what is late becomes so by the clock alone."""
SAMPLE_STEPS = (
    mark("1 of 3: products, shelves, stock and a week of orders"),
    mark("2 of 3: stock is reserved for the orders"),
    mark("3 of 3: the most urgent orders are released to be picked"),
)


class TodayScreen(Screen):
    """Asks when the feed has news, and now and then, while it is in front; the page is made when it is first needed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._page: TodayPage | None = None
        self._empty = EmptyState()
        self._empty.pressed.connect(desk.set_up_sample)
        self._problem = Banner()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self.body.addWidget(self._problem)
        self.body.addWidget(self._stack, 1)
        self._again = QTimer(self)
        self._again.setInterval(EVERY_MS)
        self._again.timeout.connect(self.refresh)
        desk.changed.connect(self.refresh)
        desk.news.connect(self._hear_news)
        desk.setting_up.connect(self._show_step)
        self._show_opening()

    def opened(self) -> None:
        self._again.start()
        self.refresh()

    def closed(self) -> None:
        self._again.stop()

    def refresh(self) -> None:
        """Ask again."""
        if self._desk.side is None:
            self._show_opening()
            return
        self._desk.read_today(self, done=self._show, failed=self._not_read)

    def _hear_news(self) -> None:
        if self._again.isActive():
            self.refresh()

    def _show(self, today: Today) -> None:
        if self._page is None:
            from warehouse_app.ui.today.page import TodayPage  # noqa: PLC0415 - the first window does without

            self._page = TodayPage()
            self._stack.addWidget(self._page)
        self._problem.show_banner(None)
        name = today.name_zh if language_in_use() == "zh" and today.name_zh else today.name
        if not today.orders:
            self.top_bar.show_title(tr("Today"), (ChipView(name, icon="warehouse"),))
            self._show_empty(
                EmptyView(
                    "receiving",
                    tr("No orders yet"),
                    tr("Import them: warehouse-app import orders FILE. They show up here by themselves."),
                )
            )
            return
        self._page.show_today(today)
        self._page.show_top(self.top_bar, today, name)
        self._stack.setCurrentWidget(self._page)

    def _not_read(self, error: WarehouseError) -> None:
        if isinstance(error, NoWarehouse):
            self._problem.show_banner(None)
            self._show_no_warehouse()
            return
        words = self._desk.words_of(error)
        self._problem.show_banner(BannerView(tr("Not up to date"), words, Tone.WARN, "cloud-off"))

    def _show_opening(self) -> None:
        self.top_bar.show_title(tr("Today"))
        problem = self._desk.problem
        if problem is None:
            self._show_empty(EmptyView("hourglass", tr("The warehouse is being opened"), tr("A moment, please.")))
        else:
            title = tr("The warehouse cannot be opened")
            self._show_empty(EmptyView("triangle", title, self._desk.words_of(problem)))

    def _show_no_warehouse(self) -> None:
        self.top_bar.show_title(tr("Today"))
        if self._desk.sets_up:
            return
        what = tr(
            "Look around in a sample warehouse with a week of real orders, or bring your own: import locations, "
            "products, stock and orders from CSV files with warehouse-app import (docs/files.md shows the columns)."
        )
        title = tr("There is no warehouse here yet")
        self._show_empty(EmptyView("warehouse", title, what, tr("Set up the sample warehouse")))

    def _show_step(self, step: int, failure: str) -> None:
        """The sample is being set up, in three steps; a failure says why and lets it be tried again."""
        if failure:
            title = tr("The sample warehouse could not be set up")
            self._show_empty(EmptyView("triangle", title, failure, tr("Try again")))
        elif step < len(SAMPLE_STEPS):
            title = tr("The sample warehouse is being set up")
            self._show_empty(EmptyView("hourglass", title, tr(SAMPLE_STEPS[step])))
        else:
            self.refresh()

    def _show_empty(self, view: EmptyView) -> None:
        self._empty.show_empty(view)
        self._stack.setCurrentWidget(self._empty)
