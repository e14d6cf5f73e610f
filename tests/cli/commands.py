"""Commands run in this process, as a shell would run them: status, what was printed, and what was said on the side."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from warehouse_app.app import main


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        """The one JSON document on standard output; anything besides it fails."""
        return json.loads(self.out)


class Shell:
    """Runs commands on one database and one station's folder."""

    def __init__(
        self, database: str, folder: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self.database = database
        self.home = folder / "home"
        self._capture = capture
        self._patch = patch

    def run(self, *words: str, text: bytes | None = None) -> Done:
        """The command with --json behind it."""
        options = ("--json", "--database", self.database, "--home", str(self.home))
        return self.bare(*words, *options, text=text)

    def bare(self, *words: str, text: bytes | None = None) -> Done:
        """Exactly these words."""
        if text is not None:
            self._patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        self._capture.readouterr()
        try:
            status = main(words)
        except SystemExit as end:
            status = int(end.code or 0)
        found = self._capture.readouterr()
        return Done(status, found.out, found.err)

    def scans(self, task: str, *lines: str, worker: str = "W-04", options: tuple[str, ...] = ()) -> list[Any]:
        """The answers of one station to these lines."""
        text = "".join(f"{line}\n" for line in lines).encode()
        done = self.run("station", "scan", "--task", task, "--worker", worker, *options, text=text)
        assert (done.status, done.err) == (0, "")
        return [json.loads(line) for line in done.out.splitlines()]

    def first_expected(self, task: str, worker: str = "W-04") -> str:
        """The scan that would be right next."""
        [prompt] = self.scans(task, worker=worker)
        return str(prompt["expected"][0]["scan_text"])
