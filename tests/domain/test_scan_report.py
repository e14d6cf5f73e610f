import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.make_gs1_table import SOURCE, table_lines
from warehouse_app.domain.gs1_table import APPLICATION_ROWS
from warehouse_app.domain.scan import unescape_scan_text
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


def test_table_of_application_identifiers_is_that_of_the_source() -> None:
    assert table_lines(SOURCE) == APPLICATION_ROWS.splitlines()
