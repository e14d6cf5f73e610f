"""Work that must not run on the UI thread: reads in a small pool, writes one after the other, answers on the UI thread.

A job opens and closes its own database session and returns frozen dataclasses. Its answer is dropped when the screen
that asked has gone.
"""

import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from warehouse_app.domain.errors import WarehouseError

Answer = TypeVar("Answer")
READERS = 3


@dataclass(frozen=True, slots=True)
class _Request:
    """Who asked, and what to do with the answer."""

    number: int
    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[WarehouseError], None]
    latest: str
    future: Future[Any]


class Tasks(QObject):
    """Runs jobs off the UI thread; made once, on the UI thread, by the program's start."""

    _answered = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._requests: dict[int, _Request] = {}
        self._newest: dict[tuple[int, str], int] = {}
        self._last_number = 0
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def waiting(self) -> int:
        """How many jobs have not been answered yet."""
        return len(self._requests)

    def read(
        self,
        owner: QObject,
        job: Callable[[], Answer],
        *,
        done: Callable[[Answer], None],
        failed: Callable[[WarehouseError], None],
        latest: str = "",
    ) -> None:
        """Run a job that only reads. Of an owner's reads of the same `latest` name only the newest is answered."""
        self._start(self._readers, owner, job, done, failed, latest)

    def write(
        self,
        owner: QObject,
        job: Callable[[], Answer],
        *,
        done: Callable[[Answer], None],
        failed: Callable[[WarehouseError], None],
    ) -> None:
        """Run a job that writes, after those asked for before it."""
        self._start(self._writer, owner, job, done, failed, "")

    def drop(self, owner: QObject) -> None:
        """Answer nothing more to this owner; what it asked to write is still written."""
        for number in [number for number, request in self._requests.items() if request.owner is owner]:
            del self._requests[number]

    def close(self) -> None:
        """Finish what is being written, drop the reads, and end the threads."""
        self._requests.clear()
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)

    def _start(
        self,
        executor: Executor,
        owner: QObject,
        job: Callable[[], Answer],
        done: Callable[[Answer], None],
        failed: Callable[[WarehouseError], None],
        latest: str,
    ) -> None:
        self._last_number += 1
        number = self._last_number
        future = executor.submit(job)
        self._requests[number] = _Request(number, owner, done, failed, latest, future)
        if latest:
            self._newest[id(owner), latest] = number
        future.add_done_callback(lambda _: self._announce(number))

    def _announce(self, number: int) -> None:
        """Called on the job's thread; the queued signal crosses over to the UI thread."""
        if shiboken6.isValid(self):
            self._answered.emit(number)

    def _deliver(self, number: int) -> None:
        request = self._requests.pop(number, None)
        if request is None or request.future.cancelled():
            return
        error = request.future.exception()
        if error is not None and not isinstance(error, WarehouseError):
            sys.excepthook(type(error), error, error.__traceback__)
            return
        if not shiboken6.isValid(request.owner) or not self._is_newest(request):
            return
        if error is not None:
            request.failed(error)
        else:
            request.done(request.future.result())

    def _is_newest(self, request: _Request) -> bool:
        key = (id(request.owner), request.latest)
        return not request.latest or self._newest.get(key) == request.number
