"""Programs of ours that run beside the desktop: the bookkeeper all the time, set-up commands once."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QIODevice, QObject, QProcess, QTimer, Signal

LOW_PRIORITY = 10
FIRST_WAIT_MS, LONGEST_WAIT_MS = 500, 30_000
STEADY_AFTER_MS = 10_000
END_WITHIN_MS = 4_000


class Keeper(QObject):
    """Keeps one program running at low priority: a scan must not wait for it, and it is started again when it dies.

    The program's standard input is a pipe that closes when the desktop dies, however it dies.
    """

    def __init__(self, command: Sequence[str], log: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command, self._ending, self._wait_ms = tuple(command), False, FIRST_WAIT_MS
        self.process = QProcess(self)
        self.process.setStandardOutputFile(QProcess.nullDevice())
        self.process.setStandardErrorFile(str(log), QIODevice.OpenModeFlag.Append)
        self.process.started.connect(self._step_back)
        self.process.finished.connect(self._again)
        self.process.errorOccurred.connect(self._failed)
        self._steady = QTimer(self)
        self._steady.setSingleShot(True)
        self._steady.setInterval(STEADY_AFTER_MS)
        self._steady.timeout.connect(self._trust)

    def start(self) -> None:
        """Start the program, unless it runs."""
        if not self._ending and self.process.state() is QProcess.ProcessState.NotRunning:
            self.process.start(self._command[0], list(self._command[1:]))

    def stop(self) -> None:
        """End the program; one that does not end by itself within seconds is killed."""
        self._ending = True
        if self.process.state() is QProcess.ProcessState.NotRunning:
            return
        self.process.closeWriteChannel()
        self.process.terminate()
        if not self.process.waitForFinished(END_WITHIN_MS):
            self.process.kill()
            self.process.waitForFinished(END_WITHIN_MS)

    def _step_back(self) -> None:
        self._steady.start()
        if sys.platform != "win32":
            os.setpriority(os.PRIO_PROCESS, self.process.processId(), LOW_PRIORITY)

    def _trust(self) -> None:
        self._wait_ms = FIRST_WAIT_MS

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._again()

    def _again(self) -> None:
        """A program that dies at once must not be started over and over without a pause."""
        self._steady.stop()
        if not self._ending:
            QTimer.singleShot(self._wait_ms, self, self.start)
            self._wait_ms = min(LONGEST_WAIT_MS, self._wait_ms * 2)


class Steps(QObject):
    """Runs commands of this program one after the other; the first that fails ends it."""

    begun = Signal(int)
    """The number of the command that runs now, from 0."""
    ended = Signal(str)
    """All are done (empty), or what the failed one said."""

    def __init__(
        self, program: Sequence[str], commands: Sequence[Sequence[str]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._program, self._commands, self._place = tuple(program), tuple(commands), -1
        self._process = QProcess(self)
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)

    def start(self) -> None:
        """Run the first command."""
        self._next()

    def stop(self) -> None:
        """Give up, and say nothing more."""
        self.blockSignals(True)
        self._commands = ()
        self._process.kill()
        self._process.waitForFinished(END_WITHIN_MS)

    def _next(self) -> None:
        self._place += 1
        if self._place >= len(self._commands):
            self.ended.emit("")
            return
        self.begun.emit(self._place)
        self._process.start(self._program[0], [*self._program[1:], *self._commands[self._place]])

    def _finished(self, code: int) -> None:
        if code == 0:
            self._next()
            return
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
        self.ended.emit(said[-1] if said else str(code))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.ended.emit(self._process.errorString())
