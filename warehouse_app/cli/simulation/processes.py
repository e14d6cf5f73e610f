"""Processes of the run: started, spoken to by lines, killed, and gone when the run is."""

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

ENDS_WITHIN_S = 40.0


class Child:
    """One of the run's own processes. What it says last about each thing is in `said`."""

    def __init__(self, name: str, program: tuple[str, ...], first: Mapping[str, Any], log: Path) -> None:
        self.name = name
        self.said: dict[str, Any] = {}
        self.stations: dict[str, dict[str, Any]] = {}
        self.ended_on_purpose = False
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            # A session of its own: Ctrl+C is for the run, which then ends its processes in order.
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                (*program, "station", "simulate", "--part"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=file, start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        self._reader = threading.Thread(target=self._read, name=f"hears-{name}", daemon=True)
        self._reader.start()
        self.send(first)

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    @property
    def crashed(self) -> bool:
        """Whether it went although nobody asked it to."""
        return self.has_ended and not self.ended_on_purpose

    def send(self, word: Mapping[str, Any]) -> None:
        """A line to the process; one that is gone hears nothing."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError, ValueError):
            self._process.stdin.write(json.dumps(word).encode() + b"\n")
            self._process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.ended_on_purpose = True
        self._process.kill()
        self._close()

    def end(self) -> None:
        """Tell it to finish; `wait` for it afterwards."""
        self.ended_on_purpose = True
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def wait(self) -> bool:
        """Wait until it has ended by itself; False when it had to be killed."""
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        self._close()
        return True

    def _close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.wait()
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._reader.join()
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(json.JSONDecodeError):
                word = json.loads(line)
                self.said.update(word)
                if "station" in word:
                    self.stations[word["station"]] = word
