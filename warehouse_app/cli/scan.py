"""`scan parse`: what a scan means, field by field."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain

from warehouse_app.domain.restricted_numbers import REGIONS
from warehouse_app.domain.scan_report import Report, ReportKind, ScanContext, scan_report
from warehouse_app.domain.scan_text import unescape_scan_text
from warehouse_app.language import tr


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `scan parse` takes to its parser; `--json` is there already."""
    parser.add_argument("texts", nargs="*", metavar="TEXT", help=tr("a scan; \\x1d \\r \\n \\t \\\\ are escapes"))
    parser.add_argument(
        "--kind", type=ReportKind, choices=list(ReportKind), default=ReportKind.SCANNER_QUIRK, help=tr("what TEXT is")
    )
    parser.add_argument("--year", type=_year, default=None, help=tr("the year of the scan; this year unless given"))
    parser.add_argument("--region", choices=REGIONS, help=tr("whose layout numbers with a weight or a price follow"))
    parser.add_argument("--lines", action="store_true", help=tr("read one scan a line from standard input"))


def run(arguments: argparse.Namespace) -> int:
    """Print what each scan means, in order; 0 also for scans without a meaning, 2 when there is nothing to read."""
    if not arguments.texts and not arguments.lines:
        print(tr("error: no scan was given. Write it behind the command, or use --lines."), file=sys.stderr)
        return 2
    context = ScanContext(arguments.year or datetime.now(UTC).year, arguments.region)
    texts = chain(arguments.texts, lines_of(sys.stdin.buffer) if arguments.lines else ())
    for line in scan_report_lines(texts, arguments.kind, context, as_json=arguments.json):
        # A program that drives the command waits for each answer before it sends the next scan.
        print(line, flush=True)
    return 0


def scan_report_lines(texts: Iterable[str], kind: ReportKind, context: ScanContext, *, as_json: bool) -> Iterator[str]:
    """What each escaped scan means: one JSON object a line, or a few lines for people."""
    for text in texts:
        report = scan_report(unescape_scan_text(text), kind, context)
        if as_json:
            yield json.dumps(report)
        else:
            yield from _lines_for_people(text, report)


def lines_of(file: Iterable[bytes]) -> Iterator[str]:
    """Lines ended by LF alone; a carriage return or blanks belong to the scan, as does what is no UTF-8."""
    for line in file:
        yield line.removesuffix(b"\n").decode(errors="surrogateescape")


def _lines_for_people(text: str, report: Report) -> Iterator[str]:
    yield _printable(text)
    for name, value in report.items():
        yield _printable(f"  {name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


def _printable(text: str) -> str:
    """Control characters would move the cursor or ring the bell, and lone surrogates cannot be printed."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def _year(text: str) -> int:
    """Four digits: argparse turns the ValueError for anything else into its own message."""
    if len(text) != len("YYYY") or not text.isdecimal() or text.startswith("0"):
        raise ValueError(text)
    return int(text)
