"""Sets up or changes a device; what cannot be is said in the dialog, which stays open."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import tr
from warehouse_app.station.printers import DOCUMENTS, LANGUAGES, PrinterDescription, parse_size, size_text
from warehouse_app.station.serial_devices import (
    BAUDS,
    BOUNCE_MS,
    LONGEST_BOUNCE_MS,
    USUAL_PROTOCOL,
    SerialDevice,
    SerialKind,
    found_ports,
    scale_protocols,
)
from warehouse_app.station.wording import error_text
from warehouse_app.ui.theme import Tone, px
from warehouse_app.ui.widgets import Banner, BannerView, Label

Keep = Callable[[object], None]


class DeviceDialog(QDialog):
    """The base: a title, fields, what is wrong, and the two buttons. `keep` gets what `described` makes."""

    def __init__(self, title: str, keep: Keep, parent: QWidget) -> None:
        super().__init__(parent)
        self._keep, self._row = keep, 0
        self.problem = Banner()
        self.form = QGridLayout()
        self.form.setSpacing(px(12))
        self.form.setColumnStretch(1, 1)
        leave, self.button = QPushButton(tr("Leave")), QPushButton(tr("Save"))
        self.button.setDefault(True)
        self.button.clicked.connect(self._give)
        leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(16), px(20), px(16))
        column.setSpacing(px(14))
        column.addWidget(Label("h1", title))
        column.addWidget(self.problem)
        column.addLayout(self.form)
        column.addLayout(buttons)
        self.setWindowTitle(title)
        self.setMinimumWidth(px(520))

    def described(self) -> object:
        """What the fields say. Raises WarehouseError, and ValueError for a size that is none."""
        raise NotImplementedError

    def add_field(self, words: str, field: QWidget) -> None:
        """One more row."""
        label = Label("body", words)
        label.setBuddy(field)
        self.form.addWidget(label, self._row, 0)
        self.form.addWidget(field, self._row, 1)
        self._row += 1

    def _give(self) -> None:
        try:
            self._keep(self.described())
        except WarehouseError as error:
            self.problem.show_banner(BannerView(tr("Not saved"), error_text(error), Tone.WARN))
        except ValueError:
            words = tr("The loaded size is width x height in mm, such as 101.6 x 152.4.")
            self.problem.show_banner(BannerView(tr("Not saved"), words, Tone.WARN))
        else:
            self.accept()


class SerialDialog(DeviceDialog):
    """A scanner or scale on a serial port."""

    def __init__(self, kind: SerialKind, device: SerialDevice | None, keep: Keep, parent: QWidget) -> None:
        scanner = kind is SerialKind.SCANNER
        super().__init__(tr("Serial scanner") if scanner else tr("Scale"), keep, parent)
        self._kind, self._device = kind, device
        self.name = _name_field(device.name if device else "", tr("Hand scanner") if scanner else tr("Bench scale"))
        self.port = QComboBox()
        self.port.setEditable(True)
        for found in found_ports():
            self.port.addItem(found.port, found.port)
        self.port.setCurrentText(device.port if device else self.port.itemText(0))
        line = self.port.lineEdit()
        assert line is not None
        line.setPlaceholderText("/dev/ttyACM0, COM3")
        self.protocol = _choice(scale_protocols(), (device.protocol if device else "") or USUAL_PROTOCOL)
        usual = (("0", tr("As usual for it")),)
        self.baud = _choice((*usual, *((str(one), f"{one:,}") for one in BAUDS)), str(device.baud if device else 0))
        self.bits = _choice((*usual, ("7", "7"), ("8", "8")), str(device.bits if device else 0))
        parities = (("", tr("As usual for it")), ("N", tr("None")), ("E", tr("Even")), ("O", tr("Odd")))
        self.parity = _choice(parities, device.parity if device else "")
        self.bounce = QSpinBox()
        self.bounce.setRange(0, LONGEST_BOUNCE_MS)
        self.bounce.setSingleStep(50)
        self.bounce.setSuffix(" ms")
        self.bounce.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.bounce.setValue(device.bounce_ms if device else BOUNCE_MS)
        self.add_field(tr("Name"), self.name)
        self.add_field(tr("Port"), self.port)
        if not scanner:
            self.add_field(tr("Protocol"), self.protocol)
        for words, field in ((tr("Baud"), self.baud), (tr("Data bits"), self.bits), (tr("Parity"), self.parity)):
            self.add_field(words, field)
        if scanner:
            self.add_field(tr("The same code again within"), self.bounce)
        (self.port if device else self.name).setFocus()

    def described(self) -> SerialDevice:
        stop_bits = self._device.stop_bits if self._device else 1
        return SerialDevice(
            self.name.text().strip(), self._kind, self.port.currentText().strip(), int(self.baud.currentData()),
            int(self.bits.currentData()), str(self.parity.currentData()), stop_bits, self.bounce.value(),
            str(self.protocol.currentData()) if self._kind is SerialKind.SCALE else "",
        )  # fmt: skip


class PrinterDialog(DeviceDialog):
    """A printer."""

    def __init__(self, printer: PrinterDescription | None, keep: Keep, parent: QWidget) -> None:
        super().__init__(tr("Printer"), keep, parent)
        self._printer = printer
        shown = printer or PrinterDescription(tr("Label printer"), "tcp://192.168.1.40:9100")
        self.name = _name_field(printer.name if printer else "", shown.name)
        self.address = QLineEdit(printer.address if printer else "")
        self.address.setPlaceholderText("tcp://192.168.1.40:9100, cups:QUEUE, windows:NAME, folder:PATH")
        self.language = _choice(tuple((one, one.upper()) for one in LANGUAGES), shown.language)
        self.dpi = _choice(tuple((str(one), f"{one} dpi") for one in (203, 300, 600)), str(shown.dpi))
        self.stock = QLineEdit(size_text(shown.stock_mm))
        self.prints = QLineEdit(", ".join(shown.prints))
        self.prints.setToolTip(", ".join(DOCUMENTS))
        self.add_field(tr("Name"), self.name)
        for words, field in (
            (tr("Address"), self.address), (tr("Speaks"), self.language), (tr("Resolution"), self.dpi),
            (tr("Loaded, mm"), self.stock), (tr("Prints"), self.prints),
        ):  # fmt: skip
            self.add_field(words, field)
        (self.address if printer else self.name).setFocus()

    def described(self) -> PrinterDescription:
        width, height = parse_size(self.stock.text())
        prints = tuple(name for part in self.prints.text().split(",") if (name := part.strip()))
        name, address = self.name.text().strip(), self.address.text().strip()
        language, dpi = str(self.language.currentData()), int(self.dpi.currentData())
        if self._printer is None:
            return PrinterDescription(name, address, language, dpi, width, height, prints)
        return replace(
            self._printer, address=address, language=language, dpi=dpi, width_mm=width, height_mm=height, prints=prints
        )


def _name_field(name: str, example: str) -> QLineEdit:
    """A name is given once: whatever waits for a device knows it by that."""
    field = QLineEdit(name)
    field.setPlaceholderText(example)
    field.setEnabled(not name)
    return field


def _choice(values: tuple[tuple[str, str], ...], value: str) -> QComboBox:
    box = QComboBox()
    for data, words in values:
        box.addItem(words, data)
    box.setCurrentIndex(max(0, box.findData(value)))
    return box
