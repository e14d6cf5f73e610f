"""One day's work done scan by scan, the way people at the benches would; the demonstration is made of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse_app.cli.papers import CannotWrite
from warehouse_app.domain.session import Expected, FeedbackKind
from warehouse_app.station.bench import Answer, Bench, ConnectedBench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.printing import PrintQueue
from warehouse_app.station.replica import Replica

Twist = Callable[[ConnectedBench, tuple[Expected, ...]], str | None]
"""What happens differently now and then: a scan instead of the expected one, or None."""

GOOD = (FeedbackKind.OK, FeedbackKind.LAST, FeedbackKind.DONE, FeedbackKind.INFO, FeedbackKind.PROMPT)
STUCK_AFTER = 50
"""So many answers in a row that are not good end the work: something is wrong that a person must look at."""


@dataclass
class Tally:
    """What was done at the benches."""

    scans: int = 0
    facts: int = 0
    refused: dict[str, int] = field(default_factory=dict)


class _Printer:
    """Makes labels and slips beside the scanning, as the printer on a bench does."""

    def __init__(self, queue: PrintQueue) -> None:
        self._queue = queue
        queue.start()

    def go_on(self) -> None:
        """There may be documents to make."""
        self._queue.wake()

    def finish(self) -> None:
        """Print everything that waits. Raises CannotWrite."""
        self._queue.stop()
        self._queue.run_waiting()
        for reason in self._queue.problems.values():
            raise CannotWrite(file=str(self._queue.folder), reason=reason)


class DemoStation:
    """A station with its own folder, as a bench in the hall would have."""

    def __init__(self, folder: Path, name: str, database: Any, tally: Tally) -> None:  # noqa: ANN401 - handed on only
        self.file = StationFile(folder / name, name)
        self.replica = Replica(self.file)
        self.link = Link(self.file, database, self.replica)
        self.link.connect()
        self._tally = tally

    def work(
        self, task: str, worker: str, *, twist: Twist | None = None, labels: Path | None = None, most: int | None = None
    ) -> None:
        """Do what is expected until no more work waits, or so many scans are done."""
        bench = ConnectedBench(Bench(self.file, task, lambda: datetime.now(UTC), self.replica), self.link)
        bench.bench.sign_on(worker)
        printer = _Printer(PrintQueue(bench.bench, labels)) if labels else None
        bench.look_for_work()
        trouble = done = 0
        while (most is None or done < most) and trouble < STUCK_AFTER and (expected := bench.bench.expected()):
            answer = bench.scan((twist(bench, expected) if twist else None) or expected[0].scan_text)
            done += 1
            trouble = 0 if self._count(answer) else trouble + 1
            if printer is not None and bench.bench.idle:
                printer.go_on()
            if bench.wants_work:
                bench.look_for_work()
        if printer is not None:
            printer.finish()
        bench.bench.finish()
        self.link.settle()

    def close(self) -> None:
        """Post what is left and close the station."""
        self.link.settle()
        self.link.close()
        self.file.close()

    def _count(self, answer: Answer) -> bool:
        self._tally.scans += 1
        self._tally.facts += len(answer.facts)
        kind = answer.feedback.kind
        if kind not in GOOD:
            self._tally.refused[kind.value] = self._tally.refused.get(kind.value, 0) + 1
        return kind in GOOD
