import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.make_gs1_table import SOURCE, table_lines
from warehouse_app.domain.gs1_table import APPLICATION_ROWS
from warehouse_app.domain.scan import parse_scan, unescape_scan_text
from warehouse_app.domain.scan_report import ReportKind, ScanContext, scan_report

VECTORS = Path(__file__).parent.parent / "data" / "barcodes" / "vectors.csv"
# Other projects' wording, and what only a person could know: these are no part of the meaning.
INFORMATION = {"detail", "linter", "note", "zxing_hri"}
YEAR = 2026


def vectors() -> list[Any]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        pytest.param(
            row["scan_text"],
            ReportKind(row["kind"]),
            json.loads(row["expected_fields_json_or_error"]),
            id=f"line {line}",
        )
        for line, row in enumerate(rows, start=2)
    ]


@pytest.mark.parametrize(("scan_text", "kind", "expected"), vectors())
def test_scan_means_what_the_vector_says(scan_text: str, kind: ReportKind, expected: dict[str, object]) -> None:
    # The digits of a restricted number do not say whose layout they follow, so the vector's region is given.
    context = ScanContext(YEAR, region=str(expected["region"]) if "region" in expected else None)
    ignored = INFORMATION | ({"association_rule"} if "error" not in expected else set())

    report = scan_report(unescape_scan_text(scan_text), kind, context)

    wanted = {field: value for field, value in expected.items() if field not in ignored}
    assert {field: report.get(field) for field in wanted} == wanted
    assert ("error" in report) == ("error" in expected)


@given(st.sampled_from(ReportKind), st.text(st.characters(exclude_categories=())))
def test_any_text_has_a_report_that_can_be_printed(kind: ReportKind, text: str) -> None:
    report = scan_report(text, kind, ScanContext(YEAR))

    assert json.loads(json.dumps(report)) == report


FRAGMENTS = (
    "\x1d", "\x00", "\r", "]C1", "]d2", "]Q3", "(01)", "(", "https://", "id.gs1.org", "/01/", "/10/", "?17=", "&", "%",
    "%zz", "%C3%28", "QTY:", "LOC:", "99991231", "000000", "9" * 40, "٣", "１２", "\ud800", "\udcff", "|", "~", "8110",
    "3109", "7003",
)  # fmt: skip
LONGEST = 4_096
LONGEST_TAKES_S = 0.5


@given(
    st.sampled_from([str(vector.values[0]) for vector in vectors()]),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4), st.sampled_from(FRAGMENTS)), max_size=4),
    st.sampled_from(ReportKind),
    st.sampled_from((1000, 1950, YEAR, 2099, 9999)),
)
def test_damaged_scan_still_has_a_report(
    text: str, damage: list[tuple[int, int, str]], kind: ReportKind, year: int
) -> None:
    damaged = unescape_scan_text(text)
    for place, lost, added in damage:
        damaged = damaged[:place] + added + damaged[place + lost :]

    report = scan_report(damaged, kind, ScanContext(year))

    assert json.loads(json.dumps(report)) == report
    assert parse_scan(damaged, year=year).text in damaged


@pytest.mark.parametrize(
    "part",
    ["10A\x1d", "0109506000134352", "00095212340000000013", "(10)A", "10A|21B~#@$^", "\x1d", "1", "3103000001", "/10/A",
     "17=271231&", "%41"],
)  # fmt: skip
@pytest.mark.parametrize("start", ["", "]C1", "https://id.gs1.org/01/09506000134352?", "LOC:"])
def test_longest_frame_of_any_scanner_is_read_at_once(start: str, part: str) -> None:
    text = (start + part * LONGEST)[:LONGEST]

    began_s = time.thread_time()
    scan_report(text, ReportKind.SCANNER_QUIRK, ScanContext(YEAR))

    assert time.thread_time() - began_s < LONGEST_TAKES_S


def test_table_of_application_identifiers_is_that_of_the_source() -> None:
    assert table_lines(SOURCE) == APPLICATION_ROWS.splitlines()
