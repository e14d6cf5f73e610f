import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.ui.desktops import copied, parts_at
from warehouse_app.station.file import StationFile
from warehouse_app.ui.children import Keeper
from warehouse_app.ui.desktop import run_desktop

SOON = 10_000
# A desktop of its own process: told a number, it opens an order and packs so many scans, and says where it stands.
WORKER = """
import sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tests.ui.desktops import parts_at
from warehouse_app.station.file import StationFile
from warehouse_app.ui.desktop import Desktop
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.theme import use_theme

home, database, scans = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
app = QApplication([])
use_theme(app, "light")
desktop = Desktop(app, parts_at(home, database), Preferences(home / "desktop.ini"), StationFile(home, "P-03"))
desktop.open()

def until(done):
    while not done():
        app.processEvents()
        time.sleep(0.002)

until(lambda: desktop.desk.bench is not None)
bench = desktop.desk.bench
if scans:
    bench.scan("BADGE:W-06")
    until(lambda: bench.moment.waiting)
    for _ in range(scans):
        bench._guard._last = ""
        bench.scan(bench.expected()[0].scan_text)
        until(lambda: not bench.moment.fetching)
state = bench.moment.state
front = type(desktop.window.screen_in_front).__name__
print(state.packet.order_no, state.units_packed, front, flush=True)
time.sleep(60)
"""


def stand(home: Path, database: Path, scans: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", WORKER, str(home), str(database), str(scans)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def said_by(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_desktop_stands_at_the_same_unit_when_it_starts_again(picked_file: Path, tmp_path: Path) -> None:
    database = copied(picked_file, tmp_path)
    with stand(tmp_path / "home", database, 4) as first:
        before = said_by(first)
        first.send_signal(signal.SIGKILL)

    with stand(tmp_path / "home", database, 0) as second:
        after = said_by(second)
        second.kill()

    assert before.split()[1] != "0"
    assert after.split()[:2] == before.split()[:2]
    assert after.split()[2] == "PackingScreen"


def test_second_desktop_on_a_station_is_told_who_has_it(
    desktop: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del desktop
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: told.append(box.text()))
    file = StationFile(tmp_path)

    status = run_desktop(parts_at(tmp_path, tmp_path / "warehouse.db"))

    file.close()
    assert status == 1
    assert str(os.getpid()) in told[0]


def test_bookkeeper_that_dies_is_started_again(qtbot: QtBot, tmp_path: Path) -> None:
    note = tmp_path / "starts"
    keeper = Keeper((sys.executable, "-c", f"open({str(note)!r}, 'a').write('x')"), tmp_path / "log")

    keeper.start()

    qtbot.waitUntil(lambda: note.exists() and len(note.read_text()) >= 2, timeout=SOON)
    keeper.stop()


def test_bookkeeper_ends_with_the_desktop(qtbot: QtBot, tmp_path: Path) -> None:
    keeper = Keeper((sys.executable, "-c", "import sys; sys.stdin.read()"), tmp_path / "log")
    keeper.start()
    qtbot.waitUntil(lambda: keeper.process.processId() > 0, timeout=SOON)
    number = keeper.process.processId()

    started = time.monotonic()
    keeper.stop()

    assert time.monotonic() - started < 4
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
