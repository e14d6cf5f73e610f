"""A shell on a copy of the released sample."""

from pathlib import Path

import pytest

from tests.cli.commands import Shell
from tests.conftest import MakeUrl


@pytest.fixture
def shell(
    make_url: MakeUrl, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    return Shell(make_url("released"), tmp_path, capsys, monkeypatch)


@pytest.fixture
def empty_shell(
    make_url: MakeUrl, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    return Shell(make_url("migrated"), tmp_path, capsys, monkeypatch)
