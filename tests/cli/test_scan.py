import argparse
import io
import json

import pytest

from warehouse_app.cli.scan import configure, run
from warehouse_app.domain.scan_report import ReportKind


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    configure(parser)
    return parser.parse_args(words)


def test_each_scan_is_one_json_object_in_order_even_without_a_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    words = arguments("--json", "--kind", "gs1_scan", "--year", "2051", r"]C110A\x1d17000200", "no identifier")

    status = run(words)

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert status == 0
    assert (first["dates"], first["ref_year"]) == ({"17": "2100-02-28"}, 2051)
    assert second["error"] == "symbology"


def test_every_line_is_a_scan_even_an_empty_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"4006381333931\r\n\n 96385074 \n\xff")))
    words = arguments("--json", "--lines")

    run(words)

    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [report.get("gtin14") for report in reports] == ["04006381333931", None, "00000096385074", None]
    assert reports[1]["error"] == "empty"


def test_blanks_of_a_line_belong_to_a_strict_kind(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"96385074 \n")))
    words = arguments("--json", "--lines", "--kind", ReportKind.GTIN)

    run(words)

    assert json.loads(capsys.readouterr().out)["error"] == "charset"


def test_people_see_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    words = arguments(r"]C110A\x1d21B", "\x07bell")

    run(words)

    lines = capsys.readouterr().out.splitlines()
    assert all(line.isprintable() for line in lines)
    assert any("elements" in line for line in lines)


def test_nothing_to_read_is_wrong_usage() -> None:
    assert run(arguments("--json")) == 2
