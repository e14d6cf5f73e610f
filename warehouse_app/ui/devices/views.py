"""What the Devices screen shows of each device: frozen rows, in the language in use."""

from dataclasses import dataclass

from warehouse_app.domain.scan_text import escape_scan_text
from warehouse_app.domain.weighing import ScaleProblem, ScaleReading
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.station.printers import PrinterDescription, PrinterState, size_text
from warehouse_app.station.serial_devices import SerialKind
from warehouse_app.station.serial_lines import LineState
from warehouse_app.ui.scanner_keys import ScannerSettings
from warehouse_app.ui.serial_devices import DeviceNow
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.widgets import ChipView

KEYBOARD = "keyboard"
"""The kind of the scanner that types; there is one of it at every station."""
PRINTER = "printer"
LONGEST_SCAN = 60

Key = tuple[str, str]
"""Kind and name of a device."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device: where it hangs, how it is, what came from it last, and what to do when it does not work."""

    key: Key
    icon: str
    name: str
    where: str
    state: ChipView
    last: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class PrinterNow:
    """A printer with its state, None while it was not asked yet, and how many documents wait for it here."""

    printer: PrinterDescription
    state: PrinterState | None = None
    waiting: int = 0


_STATES = {
    LineState.STARTING: (mark("Connecting"), Tone.NEUTRAL, "hourglass"),
    LineState.CONNECTED: (mark("Connected"), Tone.OK, "check"),
    LineState.AWAY: (mark("Away"), Tone.ERROR, "triangle"),
    LineState.FLOODED: (mark("Sends garbage"), Tone.WARN, "triangle"),
    LineState.STOPPED: (mark("Stopped"), Tone.NEUTRAL, "circle"),
}
_PROBLEMS = {
    ScaleProblem.TOO_HEAVY: mark("too heavy"),
    ScaleProblem.TOO_LIGHT: mark("below zero"),
    ScaleProblem.NOT_READY: mark("not ready"),
}


def keyboard_row(settings: ScannerSettings, last: str | None) -> DeviceRow:
    """The scanner that types as a keyboard: whether it is plugged in shows only in its scans."""
    prefix = tr("prefix {prefix}", prefix=settings.prefix) if settings.prefix else tr("known by its speed")
    where = tr("{how}, bounce {ms} ms", how=prefix, ms=settings.bounce_ms)
    state = ChipView(tr("Ready"), Tone.OK, "check")
    advice = tr("A scanner that types as a keyboard needs no setting up. Scan anything: it shows here.")
    return DeviceRow((KEYBOARD, ""), "keyboard", tr("Keyboard scanner"), where, state, _scan_text(last), advice)


def serial_row(now: DeviceNow) -> DeviceRow:
    """A scanner or scale on a serial port."""
    device, (words, tone, icon) = now.device, _STATES[now.status.state]
    scanner = device.kind is SerialKind.SCANNER
    where = f"{device.port}, {device.settings_text}"
    where += tr(", bounce {ms} ms", ms=device.bounce_ms) if scanner else f", {device.speaks.title}"
    last = _weight_text(now.last) if isinstance(now.last, ScaleReading) else _scan_text(now.last)
    if now.last is None and not scanner:
        last = tr("No weight yet")
    key = (device.kind.value, device.name)
    return DeviceRow(
        key, "scan" if scanner else "weight", device.name, where, ChipView(tr(words), tone, icon), last, _advice(now)
    )


def printer_row(now: PrinterNow) -> DeviceRow:
    """A printer."""
    printer, state = now.printer, now.state
    chip = ChipView(tr("Asking"), Tone.NEUTRAL, "hourglass")
    if state is not None:
        chip = ChipView(tr("Ready"), Tone.OK, "check")
        if not state.answers:
            chip = ChipView(tr("Takes documents"), Tone.OK, "check")
        if state.problem:
            words = tr(state.problem) if state.answers else tr("Does not answer")
            chip = ChipView(words, Tone.ERROR, "triangle")
    where = f"{printer.address}, {printer.language}, {printer.dpi} dpi, {size_text(printer.stock_mm)} mm"
    last = tr_n("{n} document waits", "{n} documents wait", now.waiting) if now.waiting else tr("Nothing waits")
    return DeviceRow((PRINTER, printer.name), "printer", printer.name, where, chip, last, state.text if state else "")


def _scan_text(text: str | None) -> str:
    if text is None:
        return tr("No scan yet")
    shown = escape_scan_text(text)
    return shown if len(shown) <= LONGEST_SCAN else shown[: LONGEST_SCAN - 1] + "…"


def _weight_text(reading: ScaleReading) -> str:
    if reading.problem is not None:
        return tr(_PROBLEMS[reading.problem])
    weight = f"{reading.weight_g:,} g"
    return tr("{weight}, moving", weight=weight) if reading.stable is False else weight


def _advice(now: DeviceNow) -> str:
    """What helps with a device that is as it is."""
    if now.status.state is LineState.AWAY:
        return tr(
            "Nothing answers at {reason}. Plug it in, or change its port; it comes back by itself.",
            reason=now.status.reason,
        )
    if now.status.state is LineState.FLOODED:
        return tr("More comes than any person scans, and none of it counts. Check speed and parity, or the cable.")
    if now.device.kind is SerialKind.SCALE and now.last is None:
        return tr("It is connected and says nothing: check that its protocol and speed are those set up here.")
    if now.device.kind is SerialKind.SCALE:
        return tr("Lay something on it: its weight moves here, and is used on the packing screen once it is stable.")
    return tr("Scan anything: it shows here. F9 checks how this scanner is set.")
