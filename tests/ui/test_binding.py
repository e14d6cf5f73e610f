import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication


class _Switch(QObject):
    toggled = Signal(bool)


def test_signals_do_not_lose_references_to_true(qapp: QApplication) -> None:
    """PySide6 6.12.0 drops one too many a conversion, and Python 3.11 aborts when none is left."""
    del qapp
    switch = _Switch()
    switch.toggled.connect(lambda _: None)
    truth = bool(switch)
    before = sys.getrefcount(truth)

    for _ in range(300):
        switch.toggled.emit(truth)

    assert abs(sys.getrefcount(truth) - before) < 50
