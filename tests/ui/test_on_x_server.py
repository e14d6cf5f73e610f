"""Part of every run: the tests marked xcb, with real windows and keystrokes, on an X server of their own.

One process has one platform of Qt's, and all other tests of screens need none; so these run in a process of their own.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.x_server import require_x_programs, x_server

FOLDER = Path(__file__).parent
PATIENCE_S = 180


@pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is a thing of Linux")
def test_real_keystrokes_in_real_windows() -> None:
    require_x_programs()
    files = [str(path) for path in sorted(FOLDER.glob("*_xcb.py"))]

    with x_server() as display:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", "xcb", "-p", "no:cacheprovider", *files],
            env={**_environment(), "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
            cwd=FOLDER.parent.parent,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed in", done.stdout), done.stdout


def _environment() -> dict[str, str]:
    """Without what this run of pytest says to its own workers."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
