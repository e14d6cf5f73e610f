"""The Labels screen: layouts at the left, the label to the dot in the middle, its text at the right."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.domain.scan import ScanKind, parse_scan
from warehouse_app.language import tr
from warehouse_app.ui.labels.copying import CopyDialog
from warehouse_app.ui.labels.draft import Draft
from warehouse_app.ui.labels.editor import ScreensKeys
from warehouse_app.ui.labels.findings import FindingsCard
from warehouse_app.ui.labels.layout_list import LayoutList
from warehouse_app.ui.labels.looking import Asked, Look, look_at, write_label
from warehouse_app.ui.labels.preview import LabelPreview, shown
from warehouse_app.ui.labels.print_dialog import PrintDialog
from warehouse_app.ui.labels.shelf import Listed, Shelf
from warehouse_app.ui.labels.text_card import TextCard
from warehouse_app.ui.labels.things import ThingBox
from warehouse_app.ui.labels.words import head_chips
from warehouse_app.ui.screen import Action, Screen
from warehouse_app.ui.theme import Tone, px
from warehouse_app.ui.widgets import ActionButton, Banner, BannerView, Card, Label
from warehouse_app.ui.widgets.styled import spaced

if TYPE_CHECKING:
    from warehouse_app.documents.labels.filling import Values
    from warehouse_app.domain.errors import WarehouseError
    from warehouse_app.ui.desk import Desk

LOOK_AFTER_MS = 200
NEWS_MS = 6_000
SCANNED_KINDS = {
    ScanKind.LOCATION: "location",
    ScanKind.TOTE: "tote",
    ScanKind.PRODUCT: "product",
    ScanKind.BADGE: "badge",
    ScanKind.SSCC: "carton",
}
FORMATS = "PDF (*.pdf);;ZPL (*.zpl);;TSPL (*.tspl);;PNG (*.png)"


class LabelsScreen(Screen):
    """Whatever is read, drawn or written happens off the UI thread; the newest answer is shown."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shelf = Shelf(desk.parts.home)
        self.draft = Draft(self._shelf, desk.tools.tasks, self)
        self._values: tuple[str, Values | None] = ("", None)
        self.look: Look | None = None
        self._usual: dict[str, str] = {}
        self._scanned = ("", "")
        self._current = desk.tools.preferences.label_layout
        self.list, self.preview, self.findings = LayoutList(), LabelPreview(), FindingsCard()
        self.things, self.text = ThingBox(desk), TextCard()
        self._right, self._news = QWidget(), Banner()
        self._resolution, self._zoom = QComboBox(), Label("secondary")
        self._look_soon = QTimer(self)
        self._look_soon.setSingleShot(True)
        self._look_soon.setInterval(LOOK_AFTER_MS)
        self._news_ends = QTimer(self)
        self._news_ends.setSingleShot(True)
        self._news_ends.setInterval(NEWS_MS)
        self._build()
        self._connect()
        self.top_bar.show_title(tr("Labels"))
        self.restyle()

    def actions_here(self) -> tuple[Action, ...]:
        return (
            Action(tr("Save the layout"), self.save, "Ctrl+S", "check"),
            Action(tr("Copy the layout"), self.ask_copy, "Ctrl+D", "copy"),
            Action(tr("Make the layout the usual one of its kind"), self.use, "Ctrl+U", "check-circle"),
            Action(tr("Save the label as a file"), self.ask_file, "Ctrl+E", "labels"),
            Action(tr("Print the label"), self.ask_print, "Ctrl+P", "printer"),
            Action(tr("Show the label of …"), self.things.line.setFocus, "Ctrl+L", "search"),
            Action(tr("To the layout's text"), self.text.editor.setFocus, "Ctrl+T", "note"),
            Action(tr("To the list of layouts"), self.list.setFocus, "Ctrl+G", "labels"),
            Action(tr("Larger"), partial(self.preview.zoom, 1), "Ctrl++", "plus"),
            Action(tr("Smaller"), partial(self.preview.zoom, -1), "Ctrl+-", "search"),
            Action(tr("Fit the label into its room"), partial(self.preview.zoom, 0), "Ctrl+0", "box"),
            Action(tr("Go back to the saved text"), self.text.revert, "", "undo"),
        )

    def opened(self) -> None:
        self.refresh()
        self.list.setFocus()

    def closed(self) -> None:
        self.draft.flush()

    def restyle(self) -> None:
        super().restyle()
        self.list.setFixedWidth(px(262))
        self._right.setFixedWidth(px(440))

    def refresh(self) -> None:
        """Read the list of layouts again."""
        tasks = self._desk.tools.tasks
        tasks.read(self, self._shelf.listed, done=self._show_list, failed=self._say_error, latest="list")

    def save(self) -> None:
        """Save the text in hand, where it is a layout whose codes can be read."""
        if self.draft.unsaved and self.look is not None and self.look.asked.text == self.draft.text:
            if self.look.may_print:
                self.draft.save()
            else:
                self._say(BannerView(tr("Not saved"), tr("Mend what is marked first."), Tone.WARN))

    def ask_copy(self) -> None:
        """Ask for the name of a copy of the layout in hand."""
        read = self.draft.in_hand
        if read is not None:
            dialog = CopyDialog(read.name, self._shelf, self._desk.words_of, self)
            dialog.named.connect(partial(self.copy, read.name))
            dialog.open()

    def copy(self, name: str, new_name: str) -> None:
        """Copy a layout, and take the copy in hand."""
        job = partial(self._shelf.copy, name, new_name)
        self._desk.tools.tasks.write(self, job, done=self._copied, failed=self._say_error)

    def use(self) -> None:
        """Let labels of this kind have the layout in hand, unless another is asked for."""
        if self.draft.in_hand is not None:
            job = partial(self._shelf.use, self.draft.in_hand.name)
            self._desk.tools.tasks.write(self, job, done=self._used, failed=self._say_error)

    def ask_print(self) -> None:
        """Ask on which printer the label in sight is printed. Printers print what is saved."""
        bench = self._desk.bench
        if self.look is None or not self.look.may_print or bench is None or bench.printing.queue is None:
            self._say(BannerView(tr("Not printed"), tr("A label that cannot be printed stays here.")))
        elif self.draft.unsaved:
            self._say(BannerView(tr("Not printed"), tr("Save the layout first: printers print what is saved.")))
        else:
            name, example = self.look.asked.path.stem, not self.look.is_real
            dialog = PrintDialog(name, bench.printing.printers, example=example, parent=self)
            dialog.wanted.connect(partial(self.print, self.look))
            dialog.open()

    def print(self, look: Look, printer: str, copies: int) -> None:
        """Put copies of a label into the station's print queue."""
        bench = self._desk.bench
        if bench is not None and bench.printing.queue is not None and look.proof is not None:
            kind, name = look.proof.layout.kind, look.asked.path.stem
            job = partial(bench.printing.queue.ask, kind, [look.values], printer, layout=name, copies=copies)
            self._desk.tools.tasks.write(self, job, done=self._printed, failed=self._say_error)

    def ask_file(self) -> None:
        """Ask where the label goes as a file."""
        if self.look is None or not self.look.may_print:
            self._say(BannerView(tr("Not saved as a file"), tr("A label that cannot be printed is not written.")))
            return
        name = str(self._desk.parts.home / f"{self.look.asked.path.stem}.pdf")
        dialog = QFileDialog(self, tr("Save the label as a file"), name, FORMATS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.setDefaultSuffix("pdf")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.partition("*.")[2].rstrip(")")))
        dialog.fileSelected.connect(lambda path: self.write(Path(path)))
        dialog.open()

    def write(self, path: Path) -> None:
        """Write the label in sight as a file; the end of its name says what is written."""
        if self.look is not None and self.look.proof is not None and self.look.may_print:
            job = partial(write_label, self.look.proof, path)
            self._desk.tools.tasks.write(self, job, done=self._written, failed=self._say_error)

    def take_scan(self, text: str) -> None:
        """Show the label of what was scanned, in the layout in sight or else in the usual one of its kind."""
        scan = parse_scan(text, year=datetime.now(UTC).year)
        kind = SCANNED_KINDS.get(scan.kind, "")
        if not kind or kind == self._kind_in_sight() or (kind, self._kind_in_sight()) == ("carton", "shipping"):
            self.things.choose(scan.code)
        elif kind in self._usual:
            self._scanned = (kind, scan.code)
            self.list.select(self._usual[kind])

    def _build(self) -> None:
        layouts = Card(margin=6)
        layouts.body.addWidget(self.list)
        middle, right = QVBoxLayout(), QVBoxLayout(self._right)
        spaced(middle, 12)
        spaced(right, 12)
        picture = Card(margin=8)
        picture.body.addWidget(self.things)
        picture.body.addLayout(self._tool_row())
        picture.body.addWidget(self.preview, 1)
        middle.addWidget(picture, 1)
        middle.addWidget(self.findings)
        right.addWidget(self.text, 1)
        right.addLayout(self._button_row())
        row = QHBoxLayout()
        spaced(row, 12)
        row.addWidget(layouts)
        row.addLayout(middle, 1)
        row.addWidget(self._right)
        self.body.addWidget(self._news)
        self.body.addLayout(row, 1)

    def _tool_row(self) -> QHBoxLayout:
        for resolution in Resolution:
            dots = f"{resolution.dots_per_mm:.3g}"
            self._resolution.addItem(tr("{dpi} dpi, {dots} dots/mm", dpi=resolution.value, dots=dots), resolution.value)
        self._resolution.setCurrentIndex(max(0, self._resolution.findData(self._desk.tools.preferences.label_dpi)))
        self._resolution.setAccessibleName(tr("Resolution of the printer"))
        row = QHBoxLayout()
        spaced(row, 8)
        self._use = QPushButton(tr("Make usual"))
        self._use.setObjectName("tool")
        self._use.setToolTip(tr("Print labels of this kind with this layout at this station (Ctrl+U)"))
        self._use.clicked.connect(self.use)
        row.addWidget(self._resolution)
        row.addWidget(self._use)
        row.addStretch(1)
        row.addWidget(self._zoom)
        for words, tip, steps in (("−", tr("Smaller"), -1), ("+", tr("Larger"), 1), (tr("Fit"), tr("Fit"), 0)):
            button = QPushButton(words)
            button.setObjectName("tool")
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(partial(self.preview.zoom, steps))
            row.addWidget(button)
        return row

    def _button_row(self) -> QHBoxLayout:
        self.copy_button = ActionButton(tr("Copy"), key="Ctrl+D")
        self.file_button = ActionButton(tr("As a file"), key="Ctrl+E")
        self.copy_button.clicked.connect(self.ask_copy)
        self.file_button.clicked.connect(self.ask_file)
        row = QHBoxLayout()
        spaced(row, 8)
        self.print_button = ActionButton(tr("Print"), key="Ctrl+P")
        self.print_button.clicked.connect(self.ask_print)
        for button in (self.copy_button, self.file_button, self.print_button):
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        keys = ScreensKeys(self)
        self.things.line.installEventFilter(keys)
        self.text.editor.installEventFilter(keys)
        self.list.chosen.connect(self._choose)
        self.draft.opened.connect(self._show_text)
        self.draft.changed.connect(self._show_state)
        self.draft.kept.connect(self.refresh)
        self.draft.failed.connect(self._say_error)
        self.text.typed.connect(self.draft.type)
        self.text.typed.connect(lambda _: self._look_soon.start())
        self.text.save_wanted.connect(self.save)
        self.text.copy_wanted.connect(self.ask_copy)
        self.text.mine_wanted.connect(self.draft.keep_mine)
        self.text.theirs_wanted.connect(self.draft.take_theirs)
        self.findings.line_wanted.connect(self.text.editor.go_to_line)
        self.things.chosen.connect(self._show_values)
        self.things.failed.connect(self._say_error)
        self.preview.zoomed.connect(self._show_zoom)
        self._resolution.activated.connect(self._use_resolution)
        self._look_soon.timeout.connect(self._look)
        self._news_ends.timeout.connect(partial(self._news.show_banner, None))
        self._desk.changed.connect(lambda: self.things.use_kind(self._kind_in_sight()))

    def _choose(self, name: str) -> None:
        read = self.draft.in_hand
        if name != self._current or read is None:
            self._keep_current(name)
            self.draft.open(name)

    def _keep_current(self, name: str) -> None:
        self._current = self._desk.tools.preferences.label_layout = name

    def _use_resolution(self) -> None:
        self._desk.tools.preferences.label_dpi = int(self._resolution.currentData())
        self._look()

    def _show_list(self, layouts: tuple[Listed, ...]) -> None:
        self._usual = {one.kind: one.name for one in layouts if one.usual}
        if self.draft.in_hand is None and layouts:
            names = [one.name for one in layouts]
            self._choose(self._current if self._current in names else names[0])
        self.list.show_layouts(layouts, self._current)
        self._show_usual()

    def _copied(self, new_name: str) -> None:
        self._keep_current(new_name)
        self.draft.open(new_name)
        self.refresh()

    def _printed(self, _: str) -> None:
        self._say(BannerView(tr("In the print queue"), tr("It is printed beside your work."), Tone.OK, "printer"))

    def _used(self, name: str) -> None:
        text = tr("Labels of this kind are printed as {layout} at this station.", layout=name)
        self._say(BannerView(tr("The usual one"), text, Tone.OK, "check-circle"))
        self.refresh()

    def _written(self, path: Path) -> None:
        self._say(BannerView(tr("Saved"), str(path), Tone.OK, "check-circle"))

    def _show_text(self) -> None:
        read = self.draft.in_hand
        if read is not None:
            self.text.show_text(read, self.draft.text)
            self._show_state()
            self._look()

    def _show_state(self) -> None:
        self.text.show_state(self.draft)
        if self.draft.in_hand is not None and not self.draft.unsaved:
            self.refresh()

    def _show_values(self, kind: str, values: Values | None) -> None:
        self._values = (kind, values)
        self._look()

    def _look(self) -> None:
        """Draw and check what is in hand."""
        read = self.draft.in_hand
        if read is None:
            return
        resolution = Resolution(self._resolution.currentData())
        asked = Asked(self.draft.text, read.path, resolution, *self._values)
        tasks = self._desk.tools.tasks
        tasks.read(self, partial(look_at, asked), done=self._show_look, failed=self._say_error, latest="look")

    def _show_look(self, look: Look) -> None:
        self.look = look
        if look.proof is not None:
            self.preview.show_label(shown(look.proof, look.dots))
            self.things.use_kind(look.proof.layout.kind)
            if self._scanned[0] == look.proof.layout.kind:
                name, self._scanned = self._scanned[1], ("", "")
                self.things.choose(name)
        else:
            self.preview.show_stale()
        self.findings.show_look(look, self._desk.words_of)
        self.text.show_look(look)
        self.top_bar.show_title(tr("Labels"), head_chips(look))
        self.file_button.setEnabled(look.may_print)
        self.print_button.setEnabled(look.may_print)
        self._show_usual()

    def _show_usual(self) -> None:
        usual = self._current in self._usual.values()
        self._use.setEnabled(not usual and self.look is not None and self.look.may_print)
        self._use.setText(tr("Usual") if usual else tr("Make usual"))

    def _kind_in_sight(self) -> str:
        return self.look.proof.layout.kind if self.look is not None and self.look.proof is not None else ""

    def _show_zoom(self) -> None:
        factor = self.preview.factor
        self._zoom.setText(f"{factor:.0f}:1" if factor >= 1 else f"{factor:.0%}")

    def _say_error(self, error: WarehouseError) -> None:
        self._say(BannerView(tr("That did not work"), self._desk.words_of(error), Tone.WARN))

    def _say(self, view: BannerView) -> None:
        self._news.show_banner(view)
        self._news_ends.start()
