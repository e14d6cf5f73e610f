import gc
from threading import Thread, current_thread, main_thread

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from warehouse_app.ui.garbage import UiGarbage


class Circle:
    """Garbage that only a collection finds; notes on which thread it dies."""

    died_on: Thread | None = None

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Circle.died_on = current_thread()


def make_garbage() -> None:
    Circle()
    kept = [[] for _ in range(5_000)]  # type: ignore[var-annotated]
    for one in kept:
        one.append(one)


def test_what_another_thread_leaves_behind_is_collected_on_the_ui_thread(qtbot: QtBot, desktop: QApplication) -> None:
    del desktop
    garbage = UiGarbage()
    try:
        worker = Thread(target=make_garbage)
        worker.start()
        worker.join()
        untouched = Circle.died_on is None
        qtbot.waitUntil(lambda: Circle.died_on is not None, timeout=5_000)
    finally:
        garbage.stop()

    assert untouched
    assert Circle.died_on is main_thread()
    assert gc.isenabled()
