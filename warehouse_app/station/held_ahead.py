"""What a station has in store for the time without the shared database: work not begun, and carton numbers.

Both live in the station's file, and what is begun or used leaves it in the very commit that journals the scan.
"""

import socket
import uuid
from collections.abc import Iterable, Sequence

from warehouse_app.domain.facts import AmendmentTaken, Recorded
from warehouse_app.station.file import StationFile

_RANDOM_ADDRESS_BIT = 40
"""Set in what uuid.getnode() makes up when the machine has no network address."""


class AheadWork:
    """Work that was claimed ahead and is not begun, with when it was claimed. Writes need an open transaction."""

    def __init__(self, file: StationFile) -> None:
        self._file = file
        self._works = dict(file.connection.execute("SELECT work, claimed_at FROM ahead_work").fetchall())

    def __contains__(self, work: object) -> bool:
        return work in self._works

    @property
    def works(self) -> dict[str, str]:
        """The works with the moments at which they were claimed, as ISO text."""
        return dict(self._works)

    def add(self, work: str, claimed_at: str) -> None:
        """This work was claimed ahead."""
        self._file.connection.execute("INSERT OR REPLACE INTO ahead_work VALUES (?, ?)", (work, claimed_at))
        self._works[work] = claimed_at

    def forget(self, works: Iterable[str]) -> None:
        """These works are begun or given back."""
        for work in [work for work in works if work in self._works]:
            self._file.connection.execute("DELETE FROM ahead_work WHERE work = ?", (work,))
            del self._works[work]

    def note(self, recorded: Sequence[Recorded]) -> None:
        """Work is begun by any fact but a change that came for it."""
        self.forget({one.work for one in recorded if not isinstance(one.fact, AmendmentTaken)})


class SpareNumbers:
    """Carton numbers leased to this station, for orders that need more than their packets have.

    They count for the very machine and file that leased them: a copy of the file must not use them a second time.
    """

    def __init__(self, file: StationFile) -> None:
        self._file = file
        self._place = f"{_machine()}:{file.path.stat().st_ino}"
        query = "SELECT number FROM spare_number WHERE place = ? ORDER BY number"
        self._numbers = [row[0] for row in file.connection.execute(query, (self._place,))]

    @property
    def numbers(self) -> tuple[str, ...]:
        """What is left, in the order in which it is used."""
        return tuple(self._numbers)

    def add(self, numbers: Iterable[str]) -> None:
        """These numbers were leased, in a commit of their own; those of another machine are thrown away."""
        new = list(numbers)
        with self._file.transaction():
            self._file.connection.execute("DELETE FROM spare_number WHERE place <> ?", (self._place,))
            rows = [(number, self._place) for number in new]
            self._file.connection.executemany("INSERT INTO spare_number VALUES (?, ?)", rows)
        self._numbers += new

    def note(self, recorded: Sequence[Recorded]) -> None:
        """A number is used with the first fact that names it; needs an open transaction."""
        for carton in {str(getattr(one.fact, "carton", "")) for one in recorded}:
            if carton in self._numbers:
                self._file.connection.execute("DELETE FROM spare_number WHERE number = ?", (carton,))
                self._numbers.remove(carton)


def _machine() -> str:
    address = uuid.getnode()
    known = "" if address >> _RANDOM_ADDRESS_BIT & 1 else f"{address:x}"
    return f"{socket.gethostname()}:{known}"
