import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.ui.tasks import Tasks


class Desk:
    """What a screen was told."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.errors: list[WarehouseError] = []
        self.threads: list[str] = []

    def done(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.append(threading.current_thread().name)

    def failed(self, error: WarehouseError) -> None:
        self.errors.append(error)


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    del qtbot
    made = Tasks()
    yield made
    made.close()


def test_answer_comes_on_the_ui_thread(tasks: Tasks, qtbot: QtBot) -> None:
    desk, owner = Desk(), QObject()

    tasks.read(owner, lambda: threading.current_thread().name, done=desk.done, failed=desk.failed)
    qtbot.waitUntil(lambda: len(desk.answers) == 1)

    assert str(desk.answers[0]).startswith("read")
    assert desk.threads == [threading.current_thread().name]


def test_writes_run_one_after_the_other_in_their_order(tasks: Tasks, qtbot: QtBot) -> None:
    desk, owner, written = Desk(), QObject(), list[int]()

    for number in range(20):
        tasks.write(owner, lambda number=number: written.append(number), done=desk.done, failed=desk.failed)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(desk.answers) == 20)

    assert written == list(range(20))


def test_answer_is_dropped_after_the_screen_has_gone(tasks: Tasks, qtbot: QtBot) -> None:
    desk, owner, go_on = Desk(), QObject(), threading.Event()
    tasks.write(owner, go_on.wait, done=desk.done, failed=desk.failed)

    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    go_on.set()
    qtbot.waitUntil(lambda: tasks.waiting == 0)

    assert desk.answers == []


def test_dropped_owner_is_not_answered_but_its_write_is_done(tasks: Tasks, qtbot: QtBot) -> None:
    desk, owner, go_on, written = Desk(), QObject(), threading.Event(), list[bool]()
    tasks.write(owner, lambda: written.append(go_on.wait(5)), done=desk.done, failed=desk.failed)

    tasks.drop(owner)
    go_on.set()
    qtbot.waitUntil(lambda: written == [True])

    assert desk.answers == []


def test_only_the_newest_of_a_named_read_is_answered(tasks: Tasks, qtbot: QtBot) -> None:
    desk, owner, go_on = Desk(), QObject(), threading.Event()
    tasks.read(owner, lambda: go_on.wait(5) and "old", done=desk.done, failed=desk.failed, latest="search")

    tasks.read(owner, lambda: "new", done=desk.done, failed=desk.failed, latest="search")
    qtbot.waitUntil(lambda: desk.answers == ["new"])
    go_on.set()
    qtbot.waitUntil(lambda: tasks.waiting == 0)

    assert desk.answers == ["new"]


def test_error_for_a_person_goes_to_the_screen(tasks: Tasks, qtbot: QtBot) -> None:
    desk, owner = Desk(), QObject()

    def job() -> None:
        raise NotFound(thing="order", name="553000")

    tasks.read(owner, job, done=desk.done, failed=desk.failed)
    qtbot.waitUntil(lambda: len(desk.errors) == 1)

    assert desk.errors[0].values["name"] == "553000"


def test_bug_goes_to_the_excepthook(tasks: Tasks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, owner, caught = Desk(), QObject(), list[type[BaseException]]()
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: caught.append(kind))

    tasks.read(owner, lambda: 1 // 0, done=desk.done, failed=desk.failed)
    qtbot.waitUntil(lambda: caught == [ZeroDivisionError])

    assert desk.errors == []
