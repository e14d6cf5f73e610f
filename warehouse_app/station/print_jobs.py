"""The print jobs in the station's file: what waits, what is being sent, what may have been printed, what came out.

    waiting → sending → done
    sending → maybe_printed   the printer never confirmed it, or the program ended: it is printed again, marked as such
    waiting → refused         it cannot be printed as it is; a person must look at it
    waiting → cancelled       a person did not want it any more

`sending` is on disk before the first byte of a document leaves, and `done` after the printer has confirmed it. So what
a crash leaves behind is never lost, and never doubled without a word.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.session import PrintRequest
from warehouse_app.language import mark
from warehouse_app.station.file import StationFile
from warehouse_app.store.ids import new_key

WAITING, SENDING, DONE, MAYBE, REFUSED = "waiting", "sending", "done", "maybe_printed", "refused"
CANCELLED = "cancelled"
OPEN = (WAITING, MAYBE, SENDING, REFUSED)
"""States in which something is still to be done."""

SEPARATOR = "separator"
"""The document before a batch that tells it from the one before."""

TO_NEIGHBOUR = "NEIGHBOUR"
"""The command code that sends what waits for a printer in trouble to its neighbour."""

KEEP_DAYS = 30
MOST_AT_ONCE = 500
_COLUMNS = (
    "job_id, document, work, order_no, carton, reprint, content, state, error, asked_at, printer, sent_to, batch,"
    " doubts"
)


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One document. `content` is the packet it is made from, or for labels of a batch their layout and values as JSON.

    `printer` is the one it was given to, empty for whichever is set up for such documents; `sent_to` the one that has
    it, or had it last. `doubts` counts how often it may have been printed without anybody knowing.
    """

    job_id: str
    request: PrintRequest
    content: str
    state: str = WAITING
    error: str = ""
    asked_at: str = ""
    printer: str = ""
    sent_to: str = ""
    batch: str = ""
    doubts: int = 0


class PrintJobs:
    """The table of print jobs. May be used from any thread; methods that write raise NotWritten."""

    def __init__(self, file: StationFile) -> None:
        self._file = file

    def add(self, request: PrintRequest, content: str, asked_at: str, *, printer: str = "", batch: str = "") -> str:
        """Put a job at the end, within a transaction of the caller's; gives its key."""
        job_id = new_key()
        self._file.connection.execute(
            "INSERT INTO print_job (job_id, document, work, order_no, carton, reprint, content, state, asked_at,"
            " printer, batch) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)",
            (
                job_id, request.document, request.work, request.order_no, request.carton, int(request.reprint), content,
                asked_at, printer, batch,
            ),
        )  # fmt: skip
        return job_id

    def add_batch(self, contents: Sequence[tuple[str, dict[str, Any]]], asked_at: datetime, printer: str) -> str:
        """Put documents, each with its content, at the end in this order and one commit; gives the batch's key."""
        batch, moment = new_key(), asked_at.isoformat(timespec="microseconds")
        with self._file.transaction():
            for document, content in contents:
                text = json.dumps(content, separators=(",", ":"))
                self.add(PrintRequest(document, "", "", ""), text, moment, printer=printer, batch=batch)
        return batch

    def waiting(self) -> list[PrintJob]:
        """Documents that wait for their printer: those that somebody stands and waits for, then batches, in order."""
        return self._jobs("state IN ('waiting', 'maybe_printed') ORDER BY batch <> '', rowid")

    def waiting_places(self) -> list[tuple[str, str, str]]:
        """Key, document and printer of those, without what they are made from."""
        return self._rows(
            "SELECT job_id, document, printer FROM print_job WHERE state IN ('waiting', 'maybe_printed')"
            " ORDER BY batch <> '', rowid"
        )

    def get(self, job_id: str) -> PrintJob | None:
        """A job by its key."""
        found = self._jobs("job_id = ?", (job_id,))
        return found[0] if found else None

    def open(self) -> list[PrintJob]:
        """All with which something is still to be done, in the order in which they were asked for."""
        return self._jobs("state IN ('waiting', 'maybe_printed', 'sending', 'refused') ORDER BY rowid")

    def all(self) -> list[PrintJob]:
        """Those and what was printed or cancelled within 30 days."""
        return self._jobs("1 ORDER BY rowid")

    def refused(self) -> list[PrintJob]:
        """Those that a person must look at."""
        return self._jobs("state = 'refused' ORDER BY rowid")

    def count_open(self, batch: str) -> int:
        """How many documents of a batch are still to be printed."""
        query = "SELECT count(*) FROM print_job WHERE batch = ? AND state NOT IN ('done', 'cancelled')"
        return int(self._rows(query, (batch,))[0][0])

    def begin(self, job_ids: Sequence[str], printer: str) -> set[str]:
        """From now on a printer may have printed these; gives those that were not cancelled or moved meanwhile."""
        with self._file.transaction():
            self._update(
                "state = 'sending', sent_to = ?, error = ''",
                job_ids,
                (printer,),
                "state IN ('waiting', 'maybe_printed')",
            )
            return self._sending(job_ids, printer)

    def end(self, job_ids: Sequence[str], printer: str) -> set[str]:
        """Within a transaction of the caller's: the printer confirmed these; gives those that it still had."""
        ended = self._sending(job_ids, printer)
        self._update("state = 'done', error = ''", sorted(ended))
        return ended

    def doubt(self, job_ids: Sequence[str], printer: str) -> None:
        """The printer may have printed these; they are printed again, and say so."""
        with self._file.transaction():
            self._update("state = 'maybe_printed', doubts = doubts + 1", sorted(self._sending(job_ids, printer)))

    def put_back(self, job_ids: Sequence[str], printer: str) -> None:
        """The printer surely got nothing of these: they wait as they did before."""
        with self._file.transaction():
            self._update(_BACK, sorted(self._sending(job_ids, printer)))

    def sending_to(self, printer: str) -> list[PrintJob]:
        """What this printer was being sent; nobody is sending it any more when the worker begins."""
        return self._jobs("state = 'sending' AND sent_to = ? ORDER BY rowid", (printer,))

    def printers_of_interrupted(self) -> list[str]:
        """The printers that were being sent something."""
        return [name for (name,) in self._rows("SELECT DISTINCT sent_to FROM print_job WHERE state = 'sending'")]

    def done(self, job_ids: Sequence[str]) -> None:
        """Nothing is to be printed for these any more."""
        with self._file.transaction():
            self._update("state = 'done', error = ''", job_ids)

    def failed(self, job_ids: Sequence[str], error: str) -> None:
        """They still wait; say why."""
        with self._file.transaction():
            self._update("error = ?", job_ids, (error,))

    def refuse(self, job_id: str, error: str) -> None:
        """It cannot be printed as it is."""
        with self._file.transaction():
            self._update("state = 'refused', error = ?", [job_id], (error,))

    def retry(self, job_ids: Sequence[str]) -> int:
        """Try again what was refused; gives how many those are."""
        with self._file.transaction():
            return self._update(_BACK, job_ids, also="state = 'refused'")

    def cancel(self, job_ids: Sequence[str]) -> int:
        """Print these no more; what may already lie in a printer's memory can still come out. Gives how many."""
        with self._file.transaction():
            return self._update("state = 'cancelled'", job_ids, also="state NOT IN ('done', 'cancelled')")

    def reroute(self, job_ids: Sequence[str], printer: str) -> int:
        """Give these to another printer; what the first one may have printed already says so. Gives how many."""
        with self._file.transaction():
            return self._update(
                "doubts = doubts + (state = 'sending'), printer = ?, error = '',"
                " state = CASE WHEN state = 'sending' OR doubts > 0 THEN 'maybe_printed' ELSE 'waiting' END",
                job_ids, (printer,), "state NOT IN ('done', 'cancelled')",
            )  # fmt: skip

    def find(self, start: str) -> PrintJob:
        """The open job whose key ends like this, as lists show it. Raises NotFound."""
        found = [job for job in self.open() if job.job_id == start or (start and job.job_id.endswith(start))]
        if len(found) != 1:
            raise NotFound(thing=mark("print job"), name=start)
        return found[0]

    def prune(self, now: datetime) -> None:
        """Forget what was printed or cancelled 30 days ago."""
        oldest = (now - timedelta(days=KEEP_DAYS)).isoformat(timespec="microseconds")
        query = "SELECT count(*) FROM print_job WHERE state IN ('done', 'cancelled') AND asked_at < ?"
        if self._rows(query, (oldest,))[0][0]:
            with self._file.transaction():
                self._file.connection.execute(
                    "DELETE FROM print_job WHERE state IN ('done', 'cancelled') AND asked_at < ?", (oldest,)
                )

    def _sending(self, job_ids: Sequence[str], printer: str) -> set[str]:
        query = (
            f"SELECT job_id FROM print_job WHERE job_id IN ({_marks(job_ids)}) AND state = 'sending' AND sent_to = ?"  # noqa: S608
        )
        return {job_id for (job_id,) in self._rows(query, (*job_ids, printer))}

    def _update(self, change: str, job_ids: Sequence[str], values: Sequence[object] = (), also: str = "1") -> int:
        """Change jobs and give how many; all texts that are put together here are constants of this file."""
        changed = 0
        for start in range(0, len(job_ids), MOST_AT_ONCE):
            some = job_ids[start : start + MOST_AT_ONCE]
            query = f"UPDATE print_job SET {change} WHERE job_id IN ({_marks(some)}) AND {also}"  # noqa: S608
            self._file.connection.execute(query, (*values, *some))
            changed += int(self._rows("SELECT changes()")[0][0])
        return changed

    def _jobs(self, where: str, values: Sequence[object] = ()) -> list[PrintJob]:
        query = f"SELECT {_COLUMNS} FROM print_job WHERE {where}"  # noqa: S608 - constants of this file
        return [_job(row) for row in self._rows(query, values)]

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._file.turn():
            return list(self._file.connection.execute(query, tuple(values)).fetchall())


_BACK = "state = CASE WHEN doubts > 0 THEN 'maybe_printed' ELSE 'waiting' END, error = ''"


def _job(row: Sequence[Any]) -> PrintJob:
    job_id, document, work, order_no, carton, reprint, *rest = row
    return PrintJob(job_id, PrintRequest(document, work, order_no, carton, bool(reprint)), *rest)


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
