"""Logs that survive the process that writes them: a line is with the system before the next scan is made."""

import json
import os
import time
from pathlib import Path


class Log:
    """Appends JSON lines to a file; safe from several threads of a process."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._file = os.open(path, flags, 0o644)
        size = path.stat().st_size
        if size and not path.read_bytes().endswith(b"\n"):
            # A process was killed in the middle of a line: what it meant to say is not known.
            os.truncate(path, len(path.read_bytes().rpartition(b"\n")[0]) + 1 if b"\n" in path.read_bytes() else 0)

    def write(self, **values: object) -> None:
        """One line, whole or not at all as far as others can see."""
        os.write(self._file, json.dumps(values).encode() + b"\n")

    def close(self) -> None:
        """No more lines."""
        os.close(self._file)


def now_s() -> float:
    """Seconds by a clock that all processes of this machine share and that never jumps."""
    return time.monotonic()
