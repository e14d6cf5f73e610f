"""The settings dialog: language, theme and station name take effect at once."""

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

from warehouse_app.language import mark, tr
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.scanner_keys import KeyLayout
from warehouse_app.ui.theme import px
from warehouse_app.ui.widgets.text import Label

# A language is always named in itself, so that it is found by someone who cannot read the other.
LANGUAGE_NAMES = {"en": "English", "zh": "中文"}
LAYOUT_NAMES = {KeyLayout.SYSTEM: mark("As this computer's keyboard"), KeyLayout.US: mark("US, whatever the keyboard")}
MOST_BOUNCE_MS = 2_000
THEME_NAMES = {"light": mark("Light"), "dark": mark("Dark"), "system": mark("As the system")}


class SettingsDialog(QDialog):
    """Settings of this station."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._station = QLineEdit(preferences.station)
        self._station.setPlaceholderText(tr("For example P-03"))
        self._prefix = QLineEdit(preferences.scanner.prefix)
        self._prefix.setPlaceholderText(tr("None: known by its speed"))
        self._prefix.setMaxLength(8)
        self._layout_box = self._layouts()
        self._bounce = QSpinBox()
        self._bounce.setRange(0, MOST_BOUNCE_MS)
        self._bounce.setSingleStep(50)
        self._bounce.setSuffix(" ms")
        self._bounce.setValue(preferences.scanner.bounce_ms)
        form = QGridLayout()
        form.setSpacing(px(12))
        form.setColumnStretch(1, 1)
        for row, (name, field) in enumerate(
            (
                (tr("Language"), self._language_box()),
                (tr("Theme"), self._theme_box()),
                (tr("Station name"), self._station),
                (tr("Scanner's keyboard"), self._layout_box),
                (tr("Scanner's prefix"), self._prefix),
                (tr("The same code again within"), self._bounce),
            )
        ):
            form.addWidget(Label("body", name), row, 0)
            form.addWidget(field, row, 1)
        close = QPushButton(tr("Done"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(20), px(20), px(16))
        layout.setSpacing(px(16))
        layout.addWidget(Label("h1", tr("Settings")))
        layout.addLayout(form)
        layout.addLayout(buttons)
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(px(420))

    def done(self, result: int) -> None:
        self._preferences.station = self._station.text().strip()
        layout = KeyLayout(self._layout_box.currentData())
        self._preferences.scanner = replace(
            self._preferences.scanner, prefix=self._prefix.text().strip(), layout=layout, bounce_ms=self._bounce.value()
        )
        super().done(result)

    def _language_box(self) -> QComboBox:
        box = QComboBox()
        for language, name in LANGUAGE_NAMES.items():
            box.addItem(name, language)
        box.setCurrentIndex(box.findData(self._preferences.language))
        box.activated.connect(lambda row: setattr(self._preferences, "language", box.itemData(row)))
        return box

    def _layouts(self) -> QComboBox:
        box = QComboBox()
        for layout, name in LAYOUT_NAMES.items():
            box.addItem(tr(name), layout.value)
        box.setCurrentIndex(box.findData(self._preferences.scanner.layout.value))
        return box

    def _theme_box(self) -> QComboBox:
        box = QComboBox()
        for theme, name in THEME_NAMES.items():
            box.addItem(tr(name), theme)
        box.setCurrentIndex(box.findData(self._preferences.theme))
        box.activated.connect(lambda row: setattr(self._preferences, "theme", box.itemData(row)))
        return box
