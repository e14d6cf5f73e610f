"""The station's journal: every fact is on this disk before anybody is told that it happened."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pysqlite3 import DatabaseError

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import (
    AmendmentTaken,
    CartonClosed,
    Fact,
    LabelAsked,
    Recorded,
    WorkFinished,
    decode,
    encode,
)
from warehouse_app.domain.facts.base import PAYLOAD_LIMIT
from warehouse_app.domain.packets import Packet, packet_from_json
from warehouse_app.domain.session import PrintRequest
from warehouse_app.language import mark
from warehouse_app.station.file import Connection, StationFile
from warehouse_app.station.held_ahead import AheadWork, SpareNumbers
from warehouse_app.station.print_jobs import PrintJob, PrintJobs
from warehouse_app.store.ids import new_key

LOOKED_BACK, CARTONS_KNOWN = 20_000, 500
"""How many facts back the cartons of before are looked for at a start, and how many are taken."""

COLUMNS = "sequence, fact_id, worker, happened_at, work, epoch, kind, version, payload"


class FactTooLarge(WarehouseError):
    """A fact whose payload no journal takes; the scan was not counted."""

    message = mark("This scan is too long to be recorded ({size} bytes). Check what was scanned.")


class JournalUnreadable(WarehouseError):
    """The disk does not give back what is on it."""

    message = mark(
        "The station's journal cannot be read ({reason}). Call the supervisor: its scans can be carried by file. Run:"
        " warehouse-app station journal export FILE"
    )


class Journal:
    """Appends facts and keeps the packets they belong to; the only writer of the station's file."""

    def __init__(self, file: StationFile) -> None:
        self.file = file
        last = file.connection.execute("SELECT max(sequence) FROM journal").fetchone()[0]
        self._sequence = max(int(last or 0), int(file.setting("pruned_to") or 0))
        self.ahead = AheadWork(file)
        self.spares = SpareNumbers(file)
        self.prints = PrintJobs(file)

    @property
    def last_sequence(self) -> int:
        """The sequence of the newest fact, 0 when there is none."""
        return self._sequence

    def append(
        self,
        facts: Iterable[Fact],
        worker: str,
        work: str,
        happened_at: datetime,
        prints: Sequence[PrintRequest] = (),
    ) -> tuple[Recorded, ...]:
        """Write the facts of one scan, with the print jobs they ask for, in one durable commit.

        A finished work's packet goes with the fact that finishes it. Raises FactTooLarge; then nothing is written.
        """
        recorded = self._numbered([(work, fact) for fact in facts], worker, happened_at)
        rows = [_row_of(one) for one in recorded]
        for row in rows:
            if len(row[-1]) > PAYLOAD_LIMIT:
                raise FactTooLarge(size=len(row[-1]))
        with self.file.transaction():
            execute = self.file.connection.execute
            self._write(rows)
            for request in prints:
                self._ask_to_print(request, happened_at)
            for one in recorded:
                if isinstance(one.fact, AmendmentTaken):
                    execute("UPDATE packet SET amended = ? WHERE work = ?", (one.fact.number, one.fact.work))
                if isinstance(one.fact, WorkFinished):
                    execute("DELETE FROM packet WHERE work = ?", (one.fact.work,))
            self.ahead.note(recorded)
            self.spares.note(recorded)
        self._sequence += len(recorded)
        return tuple(recorded)

    def keep_packet(self, packet: Packet) -> None:
        """Keep claimed work that is begun now; a newer claim replaces the packet."""
        with self.file.transaction():
            self._keep(packet)
            self.ahead.forget([packet.work])

    def keep_ahead(self, packets: Iterable[Packet], claimed_at: datetime) -> None:
        """Keep work that was claimed ahead, in one durable commit."""
        with self.file.transaction():
            for packet in packets:
                self._keep(packet)
                self.ahead.add(packet.work, _time_text(claimed_at))

    def let_go(self, works: Iterable[str]) -> None:
        """Forget the packets of work that was claimed ahead and not begun."""
        names = list(works)
        with self.file.transaction():
            self.file.connection.executemany("DELETE FROM packet WHERE work = ?", [(work,) for work in names])
            self.ahead.forget(names)

    def _keep(self, packet: Packet) -> None:
        task = packet.work.partition(":")[0]
        self.file.connection.execute(
            "INSERT INTO packet (work, task, epoch, content) VALUES (?, ?, ?, ?) ON CONFLICT (work) DO UPDATE SET"
            " epoch = excluded.epoch, content = excluded.content",
            (packet.work, task, packet.epoch, packet.to_json()),
        )

    def packets(self, task: str) -> list[Packet]:
        """The work of a task that this station holds."""
        query = "SELECT work, content FROM packet WHERE task = ? ORDER BY rowid"
        return [packet_from_json(work, text) for work, text in self.file.connection.execute(query, (task,))]

    def works_in_hand(self) -> dict[str, int]:
        """All work that this station holds, with the number of the last amendment it took."""
        return dict(self.file.connection.execute("SELECT work, amended FROM packet").fetchall())

    def facts_of(self, works: Iterable[str]) -> list[Recorded]:
        """The facts of these works under their present claim, in order."""
        found: list[Recorded] = []
        for work in works:
            found.extend(self.facts_under(work, self._epoch(work)))
        return sorted(found, key=lambda recorded: recorded.sequence)

    def facts_under(self, work: str, epoch: int) -> list[Recorded]:
        """The facts of a work under one claim, in order, whether it is still in hand or not."""
        query = f"SELECT {COLUMNS} FROM journal WHERE work = ? AND epoch = ? ORDER BY sequence"  # noqa: S608 - constant
        return [self._recorded(row) for row in self.file.connection.execute(query, (work, epoch))]

    def cartons_made(self) -> list[Fact]:
        """The latest closings of cartons at this station, oldest first: whose label a swapped one can be."""
        query = (
            "SELECT kind, version, payload FROM journal WHERE sequence > ? AND kind IN (?, ?)"
            " ORDER BY sequence DESC LIMIT ?"
        )
        kinds = (LabelAsked.kind, CartonClosed.kind)
        rows = self.file.connection.execute(query, (self._sequence - LOOKED_BACK, *kinds, CARTONS_KNOWN)).fetchall()
        return [decode(kind, version, payload) for kind, version, payload in reversed(rows)]

    def record_prints(
        self, printed: Sequence[tuple[PrintJob, Fact | None]], sent_to: str, worker: str, happened_at: datetime
    ) -> tuple[Recorded, ...]:
        """End print jobs with the facts that they were printed, in one durable commit; gives the facts.

        Jobs that were taken from the printer `sent_to` meanwhile stay as they are, and nothing is said of them.
        """
        with self.file.transaction():
            ended = self.prints.end([job.job_id for job, _ in printed], sent_to)
            facts = [(job.request.work, fact) for job, fact in printed if fact is not None and job.job_id in ended]
            recorded = self._numbered(facts, worker, happened_at)
            self._write([_row_of(one) for one in recorded])
        self._sequence += len(recorded)
        return tuple(recorded)

    def _numbered(self, facts: Sequence[tuple[str, Fact]], worker: str, happened_at: datetime) -> list[Recorded]:
        """Facts, each with its work, as they follow the newest one."""
        epochs = {work: self._epoch(work) for work in dict.fromkeys(work for work, _ in facts)}
        return [
            Recorded(
                new_key(), self.file.station, self.file.incarnation, self._sequence + place, worker, happened_at, work,
                epochs[work], fact,
            )
            for place, (work, fact) in enumerate(facts, 1)
        ]  # fmt: skip

    def _write(self, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            self.file.connection.execute(
                f"INSERT INTO journal ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constant
                row,
            )

    def _ask_to_print(self, request: PrintRequest, asked_at: datetime) -> None:
        packet = self.file.connection.execute("SELECT content FROM packet WHERE work = ?", (request.work,)).fetchone()
        self.prints.add(request, packet[0] if packet else "", _time_text(asked_at))

    def _epoch(self, work: str) -> int:
        """The claim under which work is done; that of its last fact when it was let go, as before a late label."""
        row = self.file.connection.execute("SELECT epoch FROM packet WHERE work = ?", (work,)).fetchone()
        if row is None:
            query = "SELECT epoch FROM journal WHERE work = ? ORDER BY sequence DESC LIMIT 1"
            row = self.file.connection.execute(query, (work,)).fetchone()
        return int(row[0]) if row else 0

    def _recorded(self, row: Sequence[object]) -> Recorded:
        return recorded_from(row, self.file.station, self.file.incarnation)


def facts_after(connection: Connection, sequence: int, limit: int) -> list[tuple[object, ...]]:
    """Raw journal rows above a sequence, for posting; on the reader's own connection. Raises JournalUnreadable."""
    query = f"SELECT {COLUMNS} FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?"  # noqa: S608 - constant
    try:
        return list(connection.execute(query, (sequence, limit)))
    except DatabaseError as error:
        raise JournalUnreadable(reason=str(error)) from error


def recorded_from(row: Sequence[object], station: str, incarnation: str) -> Recorded:
    """The fact of a journal row."""
    sequence, fact_id, worker, happened_at, work, epoch, kind, version, payload = row
    fact = decode(str(kind), int(str(version)), str(payload))
    moment = datetime.fromisoformat(str(happened_at))
    return Recorded(
        str(fact_id), station, incarnation, int(str(sequence)), str(worker), moment, str(work), int(str(epoch)), fact
    )


def _row_of(recorded: Recorded) -> tuple[int, str, str, str, str, int, str, int, str]:
    fact = recorded.fact
    return (
        recorded.sequence,
        recorded.fact_id,
        recorded.worker,
        _time_text(recorded.happened_at),
        recorded.work,
        recorded.epoch,
        fact.kind,
        fact.version,
        encode(fact),
    )


def _time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
