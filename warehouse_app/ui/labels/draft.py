"""The text of the layout in hand: kept while it is typed, saved when asked, and read again when its file changes."""

from functools import partial

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.ui.labels.shelf import LayoutText, Shelf
from warehouse_app.ui.tasks import Tasks

KEEP_AFTER_MS = 500
CHANGED_AFTER_MS = 150
"""Programs write a file in several steps; the last one counts."""


class Draft(QObject):
    """Unsaved text is laid aside soon after it was typed; only `save` and `revert` end it."""

    opened = Signal()
    """Another text is in hand, or this one was read anew."""
    changed = Signal()
    """It is saved or unsaved now, or its file was changed by somebody else."""
    kept = Signal()
    """What is unsaved was laid aside, or nothing is unsaved any more."""
    failed = Signal(object)
    """A WarehouseError: the text could not be read, or not be written."""

    def __init__(self, shelf: Shelf, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelf, self._tasks = shelf, tasks
        self._read: LayoutText | None = None
        self.text = ""
        self.changed_outside = False
        """Whether somebody else wrote the file while there were unsaved changes."""
        self._wanted = ""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._stir)
        self._watcher.directoryChanged.connect(self._stir)
        self._keep = self._timer(KEEP_AFTER_MS, self._lay_aside)
        self._look = self._timer(CHANGED_AFTER_MS, self._look_again)

    @property
    def in_hand(self) -> LayoutText | None:
        """The layout in hand, as it was read."""
        return self._read

    @property
    def unsaved(self) -> bool:
        """Whether the text differs from its file."""
        return self._read is not None and self._read.own and self.text != self._read.saved

    def open(self, name: str) -> None:
        """Take this layout in hand; what is unsaved of the one before is laid aside."""
        self.flush()
        self._wanted = name
        self._tasks.write(self, partial(self._shelf.read, name), done=self._opened, failed=self.failed.emit)

    def type(self, text: str) -> None:
        """The text is this now."""
        if self._read is None or not self._read.own or text == self.text:
            return
        self.text = text
        self._keep.start()
        self.changed.emit()

    def save(self) -> None:
        """Write the file."""
        if self._read is None or not self._read.own:
            return
        self._keep.stop()
        job = partial(self._shelf.save, self._read.name, self.text)
        done = partial(self._saved, self._read.name, self.text)
        self._tasks.write(self, job, done=done, failed=self.failed.emit)

    def keep_mine(self) -> None:
        """Go on with this text, though the file says something else; saving writes over it."""
        self.changed_outside = False
        self.changed.emit()

    def take_theirs(self) -> None:
        """Forget the unsaved text, and read the file."""
        if self._read is not None:
            self._keep.stop()
            name = self._read.name
            self._tasks.write(self, partial(self._shelf.keep, name, None), done=_nothing, failed=self.failed.emit)
            self._tasks.write(self, partial(self._shelf.read, name), done=self._opened, failed=self.failed.emit)

    def flush(self) -> None:
        """Lay the unsaved text aside at once."""
        if self._keep.isActive():
            self._keep.stop()
            self._lay_aside()

    def _lay_aside(self) -> None:
        if self._read is None:
            return
        job = partial(self._shelf.keep, self._read.name, self.text if self.unsaved else None)
        self._tasks.write(self, job, done=lambda _: self.kept.emit(), failed=self.failed.emit)

    def _opened(self, read: LayoutText) -> None:
        if read.name != self._wanted:
            return
        self._read, self.changed_outside = read, False
        self.text = read.saved if read.unsaved is None else read.unsaved
        self._watch()
        self.opened.emit()

    def _saved(self, name: str, text: str, _: None) -> None:
        if self._read is not None and self._read.name == name:
            self._read = LayoutText(name, self._read.path, own=True, saved=text)
            self.changed_outside = False
            self._watch()
            if self.unsaved:
                self._keep.start()
        self.changed.emit()

    def _watch(self) -> None:
        """Watch the file, and the folder: many programs put a new file into the place of the old one."""
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)
        if self._read is not None and self._read.own:
            self._watcher.addPaths([str(self._read.path), str(self._read.path.parent)])

    def _stir(self, _: str) -> None:
        self._look.start()

    def _look_again(self) -> None:
        if self._read is not None:
            job = partial(self._shelf.read, self._read.name)
            self._tasks.write(self, job, done=self._seen, failed=self._vanished)

    def _seen(self, read: LayoutText) -> None:
        if self._read is None or read.name != self._read.name:
            return
        if read.saved == self._read.saved:
            self._watch()
        elif self.unsaved:
            self._read = LayoutText(read.name, read.path, read.own, read.saved)
            self.changed_outside = self.unsaved
            self._watch()
            self.changed.emit()
        else:
            self._opened(LayoutText(read.name, read.path, read.own, read.saved))

    def _vanished(self, error: WarehouseError) -> None:
        """The file is gone: the text in hand is what is left of it, and saving brings it back."""
        if self._read is not None and self._read.own:
            self._read = LayoutText(self._read.name, self._read.path, own=True, saved="")
            self._keep.start()
            self.changed.emit()
        self.failed.emit(error)

    def _timer(self, after_ms: int, run: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(run)
        return timer


def _nothing(_: None) -> None:
    """What was laid aside needs no answer."""
