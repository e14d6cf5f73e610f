"""A station that prints on virtual printers: what was asked for, and what came out of them on paper."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pysqlite3

from warehouse_app.devices.virtual_printer import VirtualPrinter
from warehouse_app.documents.labels.filling import Values
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.print_worker import PrintNews
from warehouse_app.station.printers import PrinterDescription
from warehouse_app.station.printing import PrintQueue


def places(first: int, count: int) -> list[Values]:
    """Labels of so many places, each with a number of its own."""
    return [
        {"location": f"PLACE-{number:06}", "code": f"LOC:PLACE-{number:06}", "zone": "A", "level": "1"}
        for number in range(first, first + count)
    ]


def numbers_on(labels: Iterable[bytes]) -> list[int]:
    """The numbers of the places on labels in ZPL, in their order; separator slips have none."""
    found = (re.search(rb"PLACE_2D(\d{6})", label) for label in labels)
    return [int(match[1]) for match in found if match]


def is_marked(label: bytes) -> bool:
    """Whether a label in ZPL says that it may be printed twice."""
    return b"twice" in label


class PrintHouse:
    """One station's folder with its queue, opened as the program does; a context manager."""

    def __init__(self, folder: Path, *printers: PrinterDescription) -> None:
        self.file = StationFile(folder, "S1")
        self.bench = Bench(self.file, "pack", lambda: datetime.now(UTC))
        self.news: list[PrintNews] = []
        self.queue = PrintQueue(self.bench, folder / "labels", self.news.append)
        for printer in printers:
            self.queue.book.add(printer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the program in good order."""
        self.queue.stop()
        self.file.close()

    def states(self) -> Counter[str]:
        """How many jobs are in which state, as the file itself says."""
        return states_in(self.file.path)


def states_in(path: Path) -> Counter[str]:
    """How many print jobs of a station's file are in which state, read without the program."""
    with closing(pysqlite3.connect(str(path))) as connection:
        rows = connection.execute("SELECT state, count(*) FROM print_job GROUP BY state").fetchall()
    return Counter(dict(rows))


def lost_or_doubled(asked: Sequence[int], papers: Sequence[bytes]) -> tuple[set[int], set[int]]:
    """Numbers that never came out, and those of which more than one copy does not say that there may be another."""
    plain = Counter(numbers_on(paper for paper in papers if not is_marked(paper)))
    return set(asked) - set(numbers_on(papers)), {number for number, copies in plain.items() if copies > 1}


class FlakyPrinter:
    """A virtual printer to which everything happens that happens to printers; its address stays the same.

    `papers` is all that ever came out, also of those that were switched off since.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._all = [VirtualPrinter()]
        self.harms: Counter[str] = Counter()

    @property
    def device(self) -> VirtualPrinter:
        """As it is switched on now."""
        return self._all[-1]

    @property
    def papers(self) -> list[bytes]:
        return [paper for device in self._all for paper in device.printed]

    def description(self, name: str = "zebra", **fields: Any) -> PrinterDescription:  # noqa: ANN401 - of any type
        """It with labels of places loaded."""
        given = {"width_mm": 100.0, "height_mm": 50.0, "prints": ("location",), **fields}
        return PrinterDescription(name, f"tcp://{self.device.address}", **given)

    def has_printed(self, count: int) -> bool:
        """Whether so many labels have come out."""
        return len(self.papers) >= count

    def harm(self) -> None:
        """Let something happen to it."""
        what = self._rng.choice(("killed", "killed", "cut off", "out of paper", "paused"))
        self.harms[what] += 1
        if what == "killed":
            self.device.stop()
        elif what == "cut off":
            self.device.cut_off()
        elif what == "out of paper":
            self.device.put_in_roll(self._rng.randrange(6))
        else:
            self.device.set(paused=True)

    def kill(self) -> None:
        """Pull its plug for good."""
        self.device.stop()

    def heal(self) -> None:
        """Have it switched on, with paper, and not paused."""
        if not self.device.is_on:
            self._all.append(VirtualPrinter(port=self.device.port))
        self.device.put_in_roll(None)
        self.device.set()


def wait_until(is_so: Callable[[], bool], within_s: float = 30.0, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Look again and again; a printer and its worker do things in their own time."""
    until, pause = time.monotonic() + within_s, threading.Event()
    while not is_so():
        assert time.monotonic() < until, "it took too long"
        meanwhile()
        pause.wait(0.005)
