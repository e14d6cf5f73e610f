"""Runs the long tests one after the other and fills in the table of docs/reliability.md: `make soak`.

    python -m tools.soak [--only "seeds; backup"] [--scale 0.01] [--resume]

Each test runs in a process of its own; one that fails ends nothing. What was run is kept in out/soak, so that single
rows can be run again, and a run that was stopped goes on (`--resume`). A trial (`--scale`) leaves the document alone.
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools.soak_table import ROWS, Figure, Result, duration, plain, row_named, section_of, write_into

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "reliability.md"
KEPT = ROOT / "out" / "soak"
TELL_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class LongTest:
    """A test by its pytest name, and the row it belongs to."""

    name: str
    row: str


class _Collector:
    """A plugin of pytest that only looks at what there is."""

    def __init__(self) -> None:
        self.found: list[LongTest] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Every long test, with its row."""
        self.found = [LongTest(item.nodeid, _row_of(item)) for item in session.items]


def _row_of(item: pytest.Item) -> str:
    """The row that the test's marker names, else the one that stands in the test, by its name or by a constant."""
    marker = item.get_closest_marker("soak")
    if marker is not None and marker.args:
        return row_named(str(marker.args[0]))
    text = item.path.read_text(encoding="utf-8")
    name = re.escape(item.name.partition("[")[0])
    found = re.search(rf"^def {name}\b.*?(?=^(?:def|class|@)\s*\w|\Z)", text, re.DOTALL | re.MULTILINE)
    mine = found.group() if found else ""
    constants = re.findall(r'^([A-Z_]+) = "([^"]+)"', text, re.MULTILINE)
    mine += "".join(value for constant, value in constants if re.search(rf"\b{constant}\b", mine))
    return next((row.name for row in ROWS if plain(row.name) in plain(mine)), "")


def collect() -> list[LongTest]:
    """The long tests: those of the table in its order, then all others."""
    collector = _Collector()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = pytest.main(["--collect-only", "-q", "-m", "soak", str(ROOT / "tests")], plugins=[collector])
    if code != pytest.ExitCode.OK:
        raise SystemExit(said.getvalue())
    places = {row.name: place for place, row in enumerate(ROWS)}
    return sorted(collector.found, key=lambda test: places.get(test.row, len(ROWS)))


def chosen(tests: Iterable[LongTest], only: str) -> list[LongTest]:
    """The tests whose row or name contains one of these texts, which semicolons part; all when none is named."""
    wanted = [plain(text) for text in only.split(";") if text.strip()]
    return [one for one in tests if not wanted or any(text in plain(f"{one.row} {one.name}") for text in wanted)]


class Kept:
    """What was run so far, in a file."""

    def __init__(self, folder: Path, scale: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / ("results.json" if scale == 1 else f"results-{scale:g}.json")
        rows = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else []
        self._results = {row["test"]: _result_from(row) for row in rows}

    @property
    def results(self) -> list[Result]:
        """The last result of every test."""
        return list(self._results.values())

    def keep(self, result: Result) -> None:
        """Keep a result in place of an earlier one of the same test."""
        self._results[result.test] = result
        rows = [{**asdict(one), "started": one.started.isoformat()} for one in self.results]
        self._path.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")

    def passed(self, test: LongTest) -> bool:
        """Whether this test was run and passed."""
        return test.name in self._results and self._results[test.name].passed

    def forget_all_but(self, tests: Iterable[LongTest]) -> None:
        """Tests that are no more are in no table."""
        names = {test.name for test in tests}
        self._results = {name: result for name, result in self._results.items() if name in names}


def _result_from(row: dict[str, object]) -> Result:
    figures = tuple(Figure(**figure) for figure in row["figures"])  # type: ignore[attr-defined]
    started = datetime.fromisoformat(str(row["started"]))
    return Result(str(row["test"]), str(row["row"]), started, float(str(row["seconds"])), bool(row["passed"]), figures)


def run_test(test: LongTest, folder: Path, scale: float) -> Result:
    """Run one test in its own process, telling now and then what it said last."""
    stem = re.sub(r"[^\w.-]+", "-", test.name).strip("-")
    log, figures = folder / f"{stem}.log", folder / f"{stem}.figures"
    figures.unlink(missing_ok=True)
    told = {"WAREHOUSE_SOAK_FIGURES": str(figures), "WAREHOUSE_SOAK_SCALE": f"{scale:g}", "PYTHONUNBUFFERED": "1"}
    started, begun = datetime.now(UTC), time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-m", "soak", test.name]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stdout=out, stderr=subprocess.STDOUT)
        try:
            while not _ended(process):
                print(f"    {duration(time.monotonic() - begun)}: {_last_line(log)}", flush=True)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    passed = process.returncode == pytest.ExitCode.OK
    print(f"  {'passed' if passed else 'FAILED'} in {duration(time.monotonic() - begun)}, log {log}", flush=True)
    return Result(test.name, test.row, started, time.monotonic() - begun, passed, _figures_in(figures))


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(TELL_EVERY_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "runs")[:120]


def _figures_in(file: Path) -> tuple[Figure, ...]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    rows = map(json.loads, lines)
    return tuple(Figure(row_named(row["row"]) or row["row"], row["did"], row["outcome"]) for row in rows)


def run_all(tests: Sequence[LongTest], kept: Kept, folder: Path, scale: float) -> int:
    """Run these, whatever becomes of them; gives how many failed."""
    failed = 0
    for place, test in enumerate(tests, 1):
        print(f"{place}/{len(tests)} {test.row or test.name}, since {datetime.now(UTC):%H:%M} UTC", flush=True)
        result = run_test(test, folder, scale)
        for figure in result.figures:
            print(f"    {figure.did}: {figure.outcome}", flush=True)
        kept.keep(result)
        failed += not result.passed
    return failed


def main() -> int:
    """Run what is asked for and write the table; 1 when a test failed."""
    asked = _arguments()
    every = collect()
    kept = Kept(KEPT, asked.scale)
    kept.forget_all_but(every)
    tests = [one for one in chosen(every, asked.only) if not (asked.resume and kept.passed(one))]
    failed = 0
    try:
        failed = run_all(tests, kept, KEPT, asked.scale)
    finally:
        section = section_of(kept.results, "make soak", asked.scale)
        print(f"\n{section}", flush=True)
        if asked.scale == 1 and kept.results:
            write_into(DOCUMENT, section)
    return int(failed > 0)


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tools.soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="parts of the names of rows or tests; semicolons part them")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the full sizes, for a trial")
    parser.add_argument("--resume", action="store_true", help="leave out what has passed before")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
