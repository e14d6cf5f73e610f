"""Part of every run: the tests marked xcb, with real windows and keystrokes, on an X server of their own.

One process has one platform of Qt's, and all other tests of screens need none; so these run in a process of their own.
"""

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
PROGRAMS = ("Xvfb", "xdotool", "openbox")
PATIENCE_S = 180


@contextmanager
def x_server() -> Iterator[str]:
    """An X server without a screen; gives the name of its display, which it chooses itself."""
    ours, its = os.pipe()
    command = ["Xvfb", "-displayfd", str(its), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[its], stderr=subprocess.DEVNULL)
    os.close(its)
    try:
        with os.fdopen(ours) as file:
            number = file.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is a thing of Linux")
def test_real_keystrokes_in_real_windows() -> None:
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    missing += [] if ctypes.util.find_library("xcb-cursor") else ["libxcb-cursor0"]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: tools/bootstrap.sh test installs them where it may")

    with x_server() as display:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-m",
                "xcb",
                "-p",
                "no:cacheprovider",
                *map(str, FOLDER.glob("*_xcb.py")),
            ],
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
