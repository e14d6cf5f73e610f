"""A shell on a copy of the released sample."""

import shutil
from pathlib import Path

import pytest

from tests.cli.commands import Shell


@pytest.fixture
def shell(
    released_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    shell = Shell(tmp_path, capsys, monkeypatch)
    shutil.copy(released_file, shell.database)
    return shell


@pytest.fixture
def empty_shell(
    migrated_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    shell = Shell(tmp_path, capsys, monkeypatch)
    shutil.copy(migrated_file, shell.database)
    return shell
