"""What this machine remembers about its window: an INI file, so that support can read it."""

from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from warehouse_app.language import LANGUAGES
from warehouse_app.ui.scanner_keys import BOUNCE_MS, BURST_MS, KeyLayout, ScannerSettings
from warehouse_app.ui.theme import THEMES


class Preferences(QObject):
    """Language, theme, station name and the window's place. Everything else lives in the database."""

    language_changed = Signal(str)
    theme_changed = Signal(str)
    station_changed = Signal(str)
    scanner_changed = Signal()

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = QSettings(str(file), QSettings.Format.IniFormat, self)

    @property
    def language(self) -> str:
        return self._one_of("language", LANGUAGES)

    @language.setter
    def language(self, value: str) -> None:
        if value != self.language:
            self._settings.setValue("language", value)
            self.language_changed.emit(value)

    @property
    def theme(self) -> str:
        return self._one_of("theme", THEMES)

    @theme.setter
    def theme(self, value: str) -> None:
        if value != self.theme:
            self._settings.setValue("theme", value)
            self.theme_changed.emit(value)

    @property
    def station(self) -> str:
        return str(self._settings.value("station", "", type=str))

    @station.setter
    def station(self, value: str) -> None:
        if value != self.station:
            self._settings.setValue("station", value)
            self.station_changed.emit(value)

    @property
    def scanner(self) -> ScannerSettings:
        """How the scanner on the keyboard's plug is set."""
        return ScannerSettings(
            str(self._settings.value("scanner/prefix", "", type=str)),
            KeyLayout(self._one_of("scanner/layout", tuple(KeyLayout))),
            self._milliseconds("scanner/bounce_ms", BOUNCE_MS),
            self._milliseconds("scanner/burst_ms", BURST_MS),
        )

    @scanner.setter
    def scanner(self, value: ScannerSettings) -> None:
        if value != self.scanner:
            self._settings.setValue("scanner/prefix", value.prefix)
            self._settings.setValue("scanner/layout", value.layout.value)
            self._settings.setValue("scanner/bounce_ms", value.bounce_ms)
            self._settings.setValue("scanner/burst_ms", value.burst_ms)
            self.scanner_changed.emit()

    @property
    def label_layout(self) -> str:
        """The layout that was looked at last, empty at first."""
        return str(self._settings.value("labels/layout", "", type=str))

    @label_layout.setter
    def label_layout(self, value: str) -> None:
        self._settings.setValue("labels/layout", value)

    @property
    def label_dpi(self) -> int:
        """The resolution of the label printer, as the preview shows it."""
        return int(cast("int", self._settings.value("labels/dpi", 203, type=int)))

    @label_dpi.setter
    def label_dpi(self, value: int) -> None:
        self._settings.setValue("labels/dpi", value)

    @property
    def navigation_folded(self) -> bool:
        return bool(self._settings.value("window/navigation_folded", False, type=bool))

    @navigation_folded.setter
    def navigation_folded(self, value: bool) -> None:
        self._settings.setValue("window/navigation_folded", value)

    @property
    def geometry(self) -> QByteArray:
        return cast("QByteArray", self._settings.value("window/geometry", QByteArray(), type=QByteArray))

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._settings.setValue("window/geometry", value)

    def _milliseconds(self, name: str, usual: int) -> int:
        return max(0, int(cast("int", self._settings.value(name, usual, type=int))))

    def _one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """The stored value, or the first allowed one when a hand-edited file holds something else."""
        value = str(self._settings.value(name, allowed[0], type=str))
        return value if value in allowed else allowed[0]
