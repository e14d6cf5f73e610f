"""`printers` from a terminal."""

from pathlib import Path

import pytest

from tests.cli.commands import Shell


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(str(tmp_path / "w.db"), tmp_path, capsys, monkeypatch)


def test_printers_are_set_up_changed_and_forgotten(shell: Shell, tmp_path: Path) -> None:
    added = shell.run("printers", "add", "zebra", f"folder:{tmp_path / 'out'}", "--prints", "label, carton")
    changed = shell.run("printers", "change", "zebra", "--stock", "76x130", "--dpi", "300")
    listed = shell.run("printers", "list")
    status = shell.run("printers", "status")
    removed = shell.run("printers", "remove", "zebra")

    assert added.json["prints"] == ["label", "carton"]
    assert (changed.json["width_mm"], changed.json["height_mm"], changed.json["dpi"]) == (76, 130, 300)
    assert listed.json == [changed.json]
    assert (status.status, status.json[0]["ready"], status.json[0]["answers"]) == (0, True, False)
    assert removed.status == 0
    assert shell.run("printers", "list").json == []


def test_wrong_printers_are_refused_with_a_remedy(shell: Shell) -> None:
    refused = [
        shell.run("printers", "add", "zebra", "192.0.2.7"),
        shell.run("printers", "add", "zebra", "cups:Z", "--prints", "everything"),
        shell.run("printers", "change", "zebra", "--dpi", "300"),
        shell.run("printers", "status", "zebra"),
    ]

    assert [done.status for done in refused] == [1, 1, 1, 1]
    assert all(done.err.startswith("error: ") and done.err.count("\n") == 1 for done in refused)
    assert "tcp://HOST:9100" in refused[0].err
