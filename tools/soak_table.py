"""The table of the long tests: which rows it has, and what it says of what was run."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

BEGIN, END = "<!-- soak: begin -->", "<!-- soak: end -->"
HEAD = "| test | `make test` | `make soak` ran | came out | must be | took | result |\n|---|---|---|---|---|---|---|\n"
NONE = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what is tested, how much of it in `make test`, and when it is passed."""

    name: str
    everyday: str
    passed_when: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What a test said that it ran and that came out, and under which name: that of a row of the table, or its own."""

    row: str
    did: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Result:
    """One long test that was run; `row` is empty for one that is in no row of the table."""

    test: str
    row: str
    started: datetime
    seconds: float
    passed: bool
    figures: tuple[Figure, ...]

    @property
    def rows(self) -> set[str]:
        """The rows that it says something about."""
        return {self.row, *(figure.row for figure in self.figures)} - {""}


KILLED, FROZEN = "0 lost, 0 doubled", "p99 ≤ 16 ms, same as live"
ROWS = (
    Row("kill −9 of a station at random points", "50", KILLED),
    Row("simulated power cuts under the journal (unsynced writes dropped or torn)", "300", "0 lost, integrity ok"),
    Row("partitions and resets", "20", "drained within 10 s of healing, none twice"),
    Row("database server kill −9", "3", "0 acknowledged lost, clients back within 15 s"),
    Row(
        "feed, 8 writers, rolled-back and slow transactions",
        "20,000 rows",
        "0 lost, 0 out of order; decisions p95 ≤ 50 ms meanwhile",
    ),
    Row("deterministic seeds", "500", "all invariants"),
    Row(
        "200 stations, 2 facts/s each and polling", NONE, "posting p95 ≤ 100 ms, 0 errors, books lag p95 ≤ 1 s"
    ),
    Row("bookkeeper applying a backlog, PostgreSQL", "5,000 facts", "≥ 2,000 facts/s"),
    Row(
        "8 h offline, 2,000 orders claimed ahead and packed, then connected",
        "compressed",
        "0 lost, 0 doubled, synced in under 60 s",
    ),
    Row("old backup restored under live stations", "3", KILLED),
    Row("failover to a synchronous standby (two servers started by the test)", NONE, "0 acknowledged facts lost"),
    Row("Scan to confirmed feedback with the shared database frozen, cut off, or answering in 2 s", "yes", FROZEN),
)  # fmt: skip


def plain(text: str) -> str:
    """A text as it is compared: whatever dash and spacing somebody wrote."""
    return " ".join(text.replace("−", "-").replace("–", "-").casefold().split())


def row_named(text: str) -> str:
    """The row that a text names, wholly or by its beginning; empty when it is none of the table's."""
    wanted = plain(text)
    return next((row.name for row in ROWS if wanted and plain(row.name).startswith(wanted)), "")


def table_of(results: Iterable[Result]) -> str:
    """The table in Markdown: its rows in order, then the others by the names they have, or that of the test."""
    found = list(results)
    known = {row.name for row in ROWS}
    others = [one for one in found if not one.rows & known]
    names = dict.fromkeys(name for one in others for name in sorted(one.rows))
    silent = [Row(f"`{one.test}`", NONE, NONE) for one in others if not one.rows]
    lines = [_line(row, [one for one in found if row.name in one.rows]) for row in ROWS]
    lines += [_line(Row(name, NONE, NONE), [one for one in others if name in one.rows]) for name in names]
    lines += [_line(row, [one for one in others if f"`{one.test}`" == row.name]) for row in silent]
    return HEAD + "\n".join(lines) + "\n"


def section_of(results: Sequence[Result], command: str, scale: float) -> str:
    """The table with when, where and by what it was made."""
    days = sorted({f"{one.started:%Y-%m-%d}" for one in results}) or [NONE]
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    part = "" if scale == 1 else f" Sizes were scaled by {scale:g} for a trial: these are not the figures asked for."
    return f"Run on {when} by `{command}` on {machine()}.{part}\n\n{table_of(results)}"


def machine() -> str:
    """The machine in a few words: cores, memory, system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {system}"


def put_between(text: str, section: str) -> str:
    """The text with the section between its two markers; behind it when it has none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        before, after = text.rstrip("\n") + "\n\n", "\n"
    return f"{before}{BEGIN}\n{section}{END}{after}"


def write_into(document: Path, section: str) -> None:
    """Put the section into a document, which is begun when it is not there."""
    text = document.read_text(encoding="utf-8") if document.exists() else "# Reliability\n"
    document.write_text(put_between(text, section), encoding="utf-8")


def duration(seconds: float) -> str:
    """A time that a person can grasp: 42 s, 3 min, 1 h 05 min."""
    minutes = round(seconds / 60)
    if seconds < 100:  # noqa: PLR2004 - below that, seconds say more
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"  # noqa: PLR2004


def _line(row: Row, results: Sequence[Result]) -> str:
    figures = [figure for one in results for figure in one.figures if (figure.row or row.name) == row.name]
    did = "; ".join(dict.fromkeys(figure.did for figure in figures)) or NONE
    outcome = "; ".join(dict.fromkeys(figure.outcome for figure in figures)) or NONE
    took = duration(sum(one.seconds for one in results)) if results else NONE
    verdict = "not run" if not results else "pass" if all(one.passed for one in results) else "**FAIL**"
    cells = (row.name, row.everyday, did, outcome, row.passed_when, took, verdict)
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"
