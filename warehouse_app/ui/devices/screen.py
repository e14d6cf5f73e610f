"""The Devices screen: how every scanner, scale and printer of this station is, and what helps it to work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from warehouse_app.language import tr
from warehouse_app.station.device_tests import print_calibration, print_scanner_sheet
from warehouse_app.station.printers import PrinterBook, PrinterDescription, state_of
from warehouse_app.station.serial_devices import SerialDevice, SerialKind
from warehouse_app.station.wording import error_text
from warehouse_app.ui.devices.check import ScannerCheck
from warehouse_app.ui.devices.device_list import DeviceList
from warehouse_app.ui.devices.dialogs import PrinterDialog, SerialDialog
from warehouse_app.ui.devices.views import (
    KEYBOARD,
    PRINTER,
    DeviceRow,
    PrinterNow,
    keyboard_row,
    printer_row,
    serial_row,
)
from warehouse_app.ui.packing.printing import LABEL_FOLDER
from warehouse_app.ui.screen import Action, Screen
from warehouse_app.ui.settings import SettingsDialog
from warehouse_app.ui.theme import Tone, px
from warehouse_app.ui.widgets import ActionButton, Banner, BannerView, Card, Chip, ChipView, IconBox, Label
from warehouse_app.ui.widgets.styled import spaced

if TYPE_CHECKING:
    from warehouse_app.domain.errors import WarehouseError
    from warehouse_app.station.printing import PrintQueue
    from warehouse_app.ui.desk import Desk
    from warehouse_app.ui.serial_devices import SerialDevices

ASK_PRINTERS_MS = 5_000
REMOVE_WITHIN_MS = 5_000
RIGHT_COLUMN = 400
SIMULATE = "warehouse-app devices simulate"


class DevicesScreen(Screen):
    """Printers are asked off the UI thread while the screen is in front; scanners and scales tell by themselves."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._serial: SerialDevices | None = None
        self._last_scan: str | None = None
        self._printers: tuple[PrinterNow, ...] = ()
        self._removing: DeviceRow | None = None
        self.list, self.check, self.news, self.hint = DeviceList(), ScannerCheck(), Banner(), Banner()
        self._icon, self._name, self._where = IconBox(44, 24), Label("title"), Label("secondary", wrap=True)
        self._state, self._last = Chip(), Label("body-strong", wrap=True)
        self._advice = Label("body", wrap=True)
        self._actions = self._all_actions()
        self.buttons: dict[str, ActionButton] = {}
        self._ask = QTimer(self)
        self._ask.setInterval(ASK_PRINTERS_MS)
        self._ask.timeout.connect(self.ask_printers)
        self._build()
        self.list.chosen.connect(self._show_detail)
        self.list.itemActivated.connect(lambda _: self.change())
        self.top_bar.show_title(tr("Devices"))
        self.restyle()

    def actions_here(self) -> tuple[Action, ...]:
        return self._actions

    def _all_actions(self) -> tuple[Action, ...]:
        return (
            Action(tr("Add a serial scanner"), partial(self.add, SerialKind.SCANNER), "F3", "scan"),
            Action(tr("Add a scale"), partial(self.add, SerialKind.SCALE), "F4", "weight"),
            Action(tr("Add a printer"), self.add_printer, "F5", "printer"),
            Action(tr("Change the device"), self.change, "F6", "settings"),
            Action(tr("Try the device out"), self.test, "F7", "check-circle"),
            Action(tr("Print the test sheet for scanners"), self.print_sheet, "F8", "note"),
            Action(tr("Check a scanner"), self.begin_check, "F9", "scan"),
            Action(tr("Remove the device"), self.remove, "Del", "cross"),
        )

    def take_scan(self, text: str) -> None:
        if self._right.currentWidget() is self.check:
            self.check.take(text)
        if not self.scanner:
            self._last_scan = text
            self.show_devices()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._right.currentWidget() is self.check:
            self.end_check()
            return
        super().keyPressEvent(event)

    def opened(self) -> None:
        self._attach()
        self._ask.start()
        self.ask_printers()
        self.show_devices()
        self.list.setFocus()

    def closed(self) -> None:
        self._ask.stop()

    def restyle(self) -> None:
        super().restyle()
        if hasattr(self, "_right"):
            self._right.setFixedWidth(px(RIGHT_COLUMN))

    def show_devices(self) -> None:
        """Show every device as it is now."""
        settings = self._desk.tools.preferences.scanner
        serial = self._serial.now if self._serial is not None else ()
        rows = (
            keyboard_row(settings, self._last_scan),
            *(serial_row(one) for one in serial),
            *(printer_row(one) for one in self._printers),
        )
        self.list.show_rows(rows)
        self._show_detail()
        first = tr(
            "Add a serial scanner, a scale or a printer with the keys below. Without hardware, start {command} in a"
            " terminal and add the addresses that it says.",
            command=SIMULATE,
        )
        alone = len(rows) == 1
        self.hint.show_banner(BannerView(tr("Only the keyboard"), first, Tone.PRIMARY, "info") if alone else None)
        troubled = sum(row.state.tone in (Tone.ERROR, Tone.WARN) for row in rows)
        chip = ChipView(tr("All well"), Tone.OK, "check")
        if troubled:
            chip = ChipView(tr("{n} in trouble", n=troubled), Tone.ERROR, "triangle")
        self.top_bar.show_title(tr("Devices"), (chip,))

    def ask_printers(self) -> None:
        """Ask every printer how it is; the newest answer is shown."""
        bench = self._desk.bench
        queue = bench.printing.queue if bench is not None else None
        job = partial(_ask_printers, PrinterBook(self._desk.file), queue)
        self._desk.tools.tasks.read(self, job, done=self._use_printers, failed=self._say_error, latest="printers")

    def add(self, kind: SerialKind) -> None:
        """Ask for a scanner or scale."""
        if self._serial is not None:
            SerialDialog(kind, None, self._add_serial, self).open()

    def add_printer(self) -> None:
        """Ask for a printer."""
        PrinterDialog(None, self._keep_new_printer, self).open()

    def change(self) -> None:
        """Open what is set up for the device in hand."""
        row = self.list.row_in_hand
        if row is None:
            return
        kind, name = row.key
        if kind == KEYBOARD:
            dialog = SettingsDialog(self._desk.tools.preferences, self)
            dialog.finished.connect(lambda _: self.show_devices())
            dialog.open()
        elif kind == PRINTER:
            PrinterDialog(PrinterBook(self._desk.file).get(name), self._keep_printer, self).open()
        elif self._serial is not None:
            SerialDialog(SerialKind(kind), self._serial.book.get(name), self._change_serial, self).open()

    def remove(self) -> None:
        """Forget the device in hand, when the key is pressed twice."""
        row = self.list.row_in_hand
        if row is None or row.key[0] == KEYBOARD:
            return
        if self._removing is None or self._removing.key != row.key:
            self._removing = row
            QTimer.singleShot(REMOVE_WITHIN_MS, self, self._keep_it)
            words = tr("Press Del once more to remove it.")
            self.news.show_banner(BannerView(tr("Remove {name}?", name=row.name), words, Tone.WARN))
            return
        self._keep_it()
        kind, name = row.key
        if kind == PRINTER:
            PrinterBook(self._desk.file).remove(name)
            self.ask_printers()
        elif self._serial is not None:
            self._serial.book.remove(name)
            self._serial.use()

    def test(self) -> None:
        """Try the device in hand out: scanners by the sheet, scales by a weight, printers by a label with rulers."""
        row = self.list.row_in_hand
        if row is None:
            return
        kind, name = row.key
        if kind == PRINTER:
            job = partial(print_calibration, PrinterBook(self._desk.file).get(name))
            self._desk.tools.tasks.write(self, job, done=self._printed, failed=self._say_error)
        elif kind == SerialKind.SCALE.value:
            words = tr("Lay something of known weight on it, and compare: {last}.", last=row.last)
            self.news.show_banner(BannerView(name, words, Tone.PRIMARY, "weight"))
        else:
            self.begin_check()

    def print_sheet(self) -> None:
        """Print the codes that prove a scanner."""
        job = partial(print_scanner_sheet, PrinterBook(self._desk.file), self._desk.file.home / LABEL_FOLDER)
        self._desk.tools.tasks.write(self, job, done=self._printed, failed=self._say_error)

    def begin_check(self) -> None:
        """From now on scans are judged against the sheet."""
        self.check.begin()
        self._right.setCurrentWidget(self.check)

    def end_check(self) -> None:
        """Scans only show again."""
        self._right.setCurrentIndex(0)

    def _attach(self) -> None:
        if self._serial is None and self._desk.devices is not None:
            self._serial = self._desk.devices
            self._serial.changed.connect(self._serial_changed)

    def _serial_changed(self, _name: str) -> None:
        if self.isVisible():
            self.show_devices()

    def _add_serial(self, device: object) -> None:
        assert self._serial is not None
        assert isinstance(device, SerialDevice)
        self._serial.book.add(device)
        self._serial.use()
        self.list.select((device.kind.value, device.name))

    def _change_serial(self, device: object) -> None:
        assert self._serial is not None
        assert isinstance(device, SerialDevice)
        self._serial.book.change(device)
        self._serial.use()

    def _keep_new_printer(self, printer: object) -> None:
        assert isinstance(printer, PrinterDescription)
        PrinterBook(self._desk.file).add(printer)
        self.ask_printers()

    def _keep_printer(self, printer: object) -> None:
        assert isinstance(printer, PrinterDescription)
        PrinterBook(self._desk.file).change(printer)
        self.ask_printers()

    def _use_printers(self, printers: tuple[PrinterNow, ...]) -> None:
        self._printers = printers
        self.show_devices()

    def _printed(self, where: str) -> None:
        self.news.show_banner(BannerView(tr("Printed"), where, Tone.OK, "check"))

    def _say_error(self, error: WarehouseError) -> None:
        self.news.show_banner(BannerView(tr("That did not work"), error_text(error), Tone.ERROR, "triangle"))

    def _keep_it(self) -> None:
        self._removing = None
        self.news.show_banner(None)

    def _show_detail(self) -> None:
        row = self.list.row_in_hand
        if row is None:
            return
        self._icon.show_icon(row.icon, row.state.tone)
        self._name.setText(row.name)
        self._where.setText(row.where)
        self._state.show_chip(row.state)
        self._last.setText(row.last)
        self._advice.setText(row.advice)
        own = row.key[0] != KEYBOARD
        self.buttons["Del"].allow() if own else self.buttons["Del"].block(tr("It is always there"))

    def _build(self) -> None:
        row = QHBoxLayout()
        spaced(row, 16)
        left = QVBoxLayout()
        spaced(left, 12)
        card = Card(margin=8, spacing=0)
        card.body.addWidget(self.list, 1)
        left.addWidget(self.news)
        left.addWidget(self.hint)
        left.addWidget(card, 1)
        left.addLayout(self._button_row(("F3", tr("Add scanner")), ("F4", tr("Add scale")), ("F5", tr("Add printer"))))
        self._right = QStackedWidget()
        self._right.addWidget(self._detail())
        self._right.addWidget(self.check)
        row.addLayout(left, 1)
        row.addWidget(self._right)
        self.body.addLayout(row)
        self.news.show_banner(None)

    def _detail(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        spaced(column, 12)
        card = Card(margin=16, spacing=10)
        head = QHBoxLayout()
        spaced(head, 12)
        names = QVBoxLayout()
        spaced(names, 2)
        names.addWidget(self._name)
        names.addWidget(self._where)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(names, 1)
        card.body.addLayout(head)
        card.body.addWidget(self._state, 0, Qt.AlignmentFlag.AlignLeft)
        for words, field in ((tr("Last"), self._last), (tr("What to do"), self._advice)):
            card.body.addWidget(Label("caption", words))
            card.body.addWidget(field)
        card.body.addStretch(1)
        column.addWidget(card, 1)
        grid = QGridLayout()
        spaced(grid, 8)
        buttons = (
            ("F6", tr("Change")), ("F7", tr("Try out")), ("F8", tr("Test sheet")), ("F9", tr("Check scanner")),
            ("Del", tr("Remove")),
        )  # fmt: skip
        for place, (key, words) in enumerate(buttons):
            span = 2 if place == len(buttons) - 1 else 1
            grid.addWidget(self._button(key, words), place // 2, place % 2, 1, span)
        column.addLayout(grid)
        return side

    def _button_row(self, *buttons: tuple[str, str]) -> QHBoxLayout:
        row = QHBoxLayout()
        spaced(row, 8)
        for key, words in buttons:
            row.addWidget(self._button(key, words))
        return row

    def _button(self, key: str, words: str) -> ActionButton:
        """A button for the mouse of whoever has one; it does what its key does."""
        runs: dict[str, Callable[[], None]] = {action.keys: action.run for action in self._actions}
        button = self.buttons[key] = ActionButton(words, key=key)
        button.clicked.connect(lambda _=False: runs[key]())
        return button


def _ask_printers(book: PrinterBook, queue: PrintQueue | None) -> tuple[PrinterNow, ...]:
    """How all printers are, asked at once: a dead one takes seconds to say nothing."""
    printers = book.list()
    if not printers:
        return ()
    waiting = {one.printer: one.waiting for one in queue.queues()} if queue is not None else {}
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(state_of, printers))
    return tuple(PrinterNow(one, state, waiting.get(one.name, 0)) for one, state in zip(printers, states, strict=True))
