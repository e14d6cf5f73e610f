"""What the figures of scanners rest on: a window in a process of its own notes what was sent, and when."""

import sys

import pytest

from tests.x_server import require_x_programs, x_server
from warehouse_app.cli.benchmarks import scanners

PROGRAM = (sys.executable, "-m", "warehouse_app", "--database", "unused")
NO_PORTS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")


@NO_PORTS
def test_serial_scans_are_noted_whole_and_after_they_were_sent() -> None:
    codes = scanners.gs1_codes(60)

    sent, seen = scanners.spoken(PROGRAM, codes, baud=scanners.FASTEST_BAUD)

    assert seen.texts == codes
    assert all(at_ms >= sent[text] for text, at_ms, _ in seen.scans)


@NO_PORTS
def test_garbage_neither_fills_the_memory_nor_hides_the_scan_after_it() -> None:
    taken_mb, seen = scanners.garbage(PROGRAM, 1.0)

    assert taken_mb > 0
    assert seen.memory_mb < scanners.GARBAGE_MEMORY_LIMIT_MB


@pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is a thing of Linux")
def test_keys_are_timed_by_the_clock_of_the_x_server(monkeypatch: pytest.MonkeyPatch) -> None:
    require_x_programs()

    with x_server() as display:
        monkeypatch.setenv("DISPLAY", display)
        with scanners.window_manager():
            seen = scanners.typed(PROGRAM, scanners.codes(20), stall_ms=0, delay_ms=1)

    late_ms = [(at_ms - key_ms) % scanners.X_CLOCK for _, at_ms, key_ms in seen.scans]
    assert set(seen.texts) & set(scanners.codes(20))
    assert all(late < 10_000 for late in late_ms)
