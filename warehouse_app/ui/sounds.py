"""The tones of the bench, played by whatever the system has: winsound, afplay, or a player of the sound server.

QtMultimedia would add 175 MB for seven short tones.
"""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from enum import StrEnum
from queue import SimpleQueue

from warehouse_app.resources import resource_path

_LINUX_PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"))


class Sound(StrEnum):
    """What a tone says."""

    OK = "ok"
    LAST = "last"
    ERROR = "error"
    TOO_MANY = "too_many"
    STOP = "stop"
    TICK = "tick"
    INFO = "info"


class Sounds:
    """Plays tones from its own thread: a call returns at once, and a new tone cuts off the one before it."""

    def __init__(self, play: Callable[[str], None] | None = None) -> None:
        """`play` starts a file and returns at once; by default the system's player, and silence where there is none."""
        self.muted = False
        self._play = play or system_player()
        self._wanted: SimpleQueue[Sound] = SimpleQueue()
        if self._play is not None:
            threading.Thread(target=self._run, args=(self._play,), name="sounds", daemon=True).start()

    @property
    def available(self) -> bool:
        """Whether this machine can play a tone at all."""
        return self._play is not None

    def play(self, sound: Sound) -> None:
        """Sound it now, if this machine can."""
        if self._play is not None and not self.muted:
            self._wanted.put(sound)

    def _run(self, play: Callable[[str], None]) -> None:
        while True:
            play(str(resource_path(f"sounds/{self._wanted.get()}.wav")))


def system_player() -> Callable[[str], None] | None:
    """The player of this system, or None where there is none."""
    if sys.platform == "win32":
        return _play_on_windows
    candidates = (("afplay",),) if sys.platform == "darwin" else _LINUX_PLAYERS
    for command in candidates:
        if shutil.which(command[0]):
            return _CommandPlayer(command)
    return None


class _CommandPlayer:
    """Plays by a program, one at a time."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._running: subprocess.Popen[bytes] | None = None

    def __call__(self, path: str) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.wait()
        quiet = subprocess.DEVNULL
        self._running = subprocess.Popen([*self._command, path], stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603 -- the command is one of the constants above, the path a resource of ours


def _play_on_windows(path: str) -> None:
    if sys.platform == "win32":
        import winsound  # noqa: PLC0415 -- exists on Windows only

        winsound.PlaySound(path, winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
