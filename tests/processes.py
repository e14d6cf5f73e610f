"""Our own program as real processes: commands that end, and stations driven over pipes."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.forks import Forks

PROGRAM = (sys.executable, "-m", "warehouse_app")
ROOT = Path(__file__).parent.parent
PATIENCE_S = 60.0
"""A process that says nothing for so long hangs."""

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Premises:
    """A shared database, by its URL or file, and a station's folder."""

    database: str | Path
    home: Path

    @property
    def options(self) -> tuple[str, ...]:
        """What every command is told."""
        return ("--database", str(self.database), "--home", str(self.home))

    def run(self, *words: str, text: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """A command in a process of its own, to its end."""
        command = (*PROGRAM, *self.options, *words)
        return subprocess.run(command, input=text, capture_output=True, timeout=PATIENCE_S, check=False, cwd=ROOT)

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """A command in a process of its own, with pipes, not waited for."""
        return subprocess.Popen(
            (*PROGRAM, *self.options, *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=ROOT,
        )  # fmt: skip

    def json(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command prints
        """The one JSON document that a command prints."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)


class StationProcess:
    """A running `station scan --json`; every line of its output is one answer."""

    def __init__(
        self,
        premises: Premises,
        task: str,
        worker: str = "W-04",
        options: Sequence[str] = (),
        *,
        forks: Forks | None = None,
    ) -> None:
        words = ("station", "scan", "--task", task, "--worker", worker, "--json", *options)
        self._process = forks.start(*premises.options, *words) if forks is not None else premises.start(*words)
        self._text = b""
        self._answers: list[Answer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def answer(self, within_s: float = PATIENCE_S) -> Answer | None:
        """The next answer; None when none came in this time. Fails when the process has ended."""
        deadline = time.monotonic() + within_s
        while not self._answers:
            left = deadline - time.monotonic()
            if not select.select([self._stdout], [], [], max(0.0, left))[0]:
                assert within_s < PATIENCE_S, "the station hangs"
                return None
            self._read()
        return self._answers.pop(0)

    def said(self) -> Answer:
        """The next answer, waited for."""
        found = self.answer()
        assert found is not None
        return found

    def send(self, line: str) -> None:
        """One line of input."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def scan(self, line: str) -> Answer:
        """One line of input, and its answer."""
        self.send(line)
        return self.said()

    def kill(self) -> list[Answer]:
        """SIGKILL; gives what it had still printed before it died."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(PATIENCE_S)
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        rest = self._text + self._process.stdout.read() if not self._process.stdout.closed else b""
        self._process.stdout.close()
        self._process.stderr.close()
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        whole = rest.split(b"\n")[:-1]
        return self._answers + [json.loads(line) for line in whole]

    def end(self) -> int:
        """End of input; the station ends by itself with this status."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(PATIENCE_S)

    @property
    def _stdout(self) -> int:
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def _read(self) -> None:
        found = os.read(self._stdout, 65_536)
        if not found:
            assert self._process.stderr is not None
            raise AssertionError(f"the station ended: {self._process.stderr.read().decode()}")
        *lines, self._text = (self._text + found).split(b"\n")
        self._answers += [json.loads(line) for line in lines]


def follow(station: StationProcess, answer: Answer, most: int = 100_000) -> Answer:
    """Do what is expected until nothing is expected any more, or so many scans are done; gives the last answer."""
    for _ in range(most):
        if not answer["expected"]:
            return answer
        answer = station.scan(answer["expected"][0]["scan_text"])
    return answer
