"""An X server without a screen, for tests with real windows and keystrokes."""

import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

PROGRAMS = ("Xvfb", "xdotool", "openbox")


def require_x_programs() -> None:
    """Skip the test where the programs for it are missing."""
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    missing += [] if ctypes.util.find_library("xcb-cursor") else ["libxcb-cursor0"]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: tools/bootstrap.sh test installs them where it may")


@contextmanager
def x_server() -> Iterator[str]:
    """Gives the name of its display, which the server chooses itself."""
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
