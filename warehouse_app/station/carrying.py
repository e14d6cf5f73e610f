"""Moves a station's unposted facts by file: out of its folder, into the shared database, each once, in its order."""

import getpass
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from warehouse_app.domain.errors import BadFile, WarehouseError
from warehouse_app.domain.facts import FactLost, Unpostable, encode
from warehouse_app.language import mark
from warehouse_app.operations.reference import find_worker, reference_identity
from warehouse_app.station.intake import Stream, content_hash, fact_row, posted_mark, take_in
from warehouse_app.station.journal_file import JournalFile, Row, Stretch, read_journal, write_journal
from warehouse_app.station.posting import BATCH, REFUSALS, stand_in_for
from warehouse_app.station.salvage import read_station
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

SUPERVISORS = ("supervisor", "manager")


class CannotWrite(WarehouseError):
    """The export has no place."""

    message = mark("{file} cannot be written: {reason}. Choose another place.")


class JournalOfOtherDatabase(WarehouseError):
    """The station that wrote the file worked for another shared database."""

    message = mark("{file} is of station {station}, which works with another shared database. Import it there.")


class Contradicted(WarehouseError):
    """The database has another fact under the number of one in the file, or the fact under another number."""

    message = mark(
        "{file} does not fit the shared database: scan {number} of station {station} is another one there. One of the"
        " two is a copy of the other's folder; nothing was imported. Keep both, and compare: facts list --station"
        " {station}"
    )


class OtherSeal(WarehouseError):
    """The file is whole, but not the one whose seal was told."""

    message = mark("{file} has the seal {seal}, not the one you gave. It is not the file that was exported.")


class NoSupervisor(WarehouseError):
    """Importing facts is a supervisor's act."""

    message = mark("{name} is no supervisor. Give the badge of one: --by BADGE")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and what could not be read. `first` and `last` are 0 when no fact waits."""

    file: str
    station: str
    incarnation: str
    facts: int
    first: int
    last: int
    after: int
    lost: tuple[Stretch, ...]
    damaged: bool
    newer: tuple[Mapping[str, object], ...]
    seal: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the file's facts: new ones and those that were there before.

    `missing` are the numbers that neither database nor file has; the `waiting` facts behind the first of them are kept
    and not applied before it comes, from the station itself or from another export, or is declared lost.
    """

    file: str
    station: str
    incarnation: str
    facts: int
    imported: int
    already: int
    missing: tuple[Stretch, ...]
    waiting: int
    declared_lost: int
    newer: tuple[Mapping[str, object], ...]
    seal: str
    by: str


def export_journal(home: Path, path: Path, *, whole: bool = False) -> Exported:
    """Write the facts that the shared database is not known to have, or the whole journal.

    Works beside a station in use and on a copy of a broken one's folder. Raises NoStation, NothingReadable and
    CannotWrite.
    """
    found = read_station(home)
    pruned_to = found.number("pruned_to")
    after = pruned_to if whole else max(pruned_to, found.number("posted"))
    lost = tuple((max(first, after + 1), last) for first, last in found.lost(after) if last > after)
    rows: tuple[Row, ...] = tuple(row for row in found.rows if int(str(row[0])) > after)
    content = JournalFile(
        found.settings["station"], found.settings["incarnation"], found.settings.get("database", ""), after, rows, lost,
        damaged=found.damaged, exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    try:
        seal = write_journal(path, content)
    except OSError as error:
        raise CannotWrite(file=path, reason=error.strerror or str(error)) from error
    return Exported(
        str(path), content.station, content.incarnation, len(rows), rows[0][0] if rows else 0,
        rows[-1][0] if rows else 0, after, lost, found.damaged, content.newer, seal,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What a supervisor asks for: the badge, the seal that was told, and whether gaps are to be declared lost."""

    by: str = ""
    seal: str = ""
    accept_lost: bool = False


def import_journal(database: Database, path: Path, order: Order) -> Imported:
    """Bring a file's facts into the shared database, each once, in the place that they have in the station's order.

    With `accept_lost` the numbers that nobody has are declared lost, so that what is behind them applies. Raises
    FileRefused, JournalOfOtherDatabase, Contradicted, OtherSeal, NoSupervisor, NotFound and BadFile; then nothing, or
    after a lost connection only the beginning, was imported, and it may be done again.
    """
    content = _read(path, order.seal)
    by = _who(database, order.by)
    identity = database.read(reference_identity)
    if content.database not in ("", identity):
        raise JournalOfOtherDatabase(file=path.name, station=content.station)
    stream = Stream(content.station, content.incarnation, content.database)
    done, known = database.read(_known, stream, content)
    _require_same(path, content, known)
    missing = _missing(done, content, known)
    declared = _declared_lost(content, missing, by) if order.accept_lost else []
    new = sorted([*(row for row in content.rows if row[0] > done and row[0] not in known), *declared])
    for start in range(0, len(new), BATCH):
        _bring(database, stream, [fact_row(stream, row) for row in new[start : start + BATCH]])
    imported, still = len(new) - len(declared), () if order.accept_lost else missing
    database.write(_record, content, imported, len(declared), by)
    return Imported(
        str(path), content.station, content.incarnation, len(content.rows), imported, len(content.rows) - imported,
        still, sum(row[0] > still[0][0] for row in content.rows) if still else 0, len(declared), content.newer,
        content.seal, by,
    )  # fmt: skip


def _read(path: Path, seal: str) -> JournalFile:
    try:
        content = read_journal(path)
    except OSError as error:
        raise BadFile(file=path, reason=error.strerror or str(error)) from error
    if seal and seal.strip().lower() != content.seal:
        raise OtherSeal(file=path.name, seal=content.seal)
    return content


def _who(database: Database, badge: str) -> str:
    """The supervisor of this badge; whoever is signed on at this computer when none was given."""
    if badge:
        worker = database.read(find_worker, badge)
        if worker.role not in SUPERVISORS:
            raise NoSupervisor(name=worker.name)
        return worker.worker
    with suppress(OSError, KeyError, ImportError):
        return f"user {getpass.getuser()}"
    return ""


def _known(tx: Transaction, stream: Stream, content: JournalFile) -> tuple[int, dict[int, Row]]:
    """Up to which number the database has them all, and what it has from the file's first on, by number.

    A fact of the file that is there in another place of any station's order comes with number -1.
    """
    fact = tables.fact
    columns = (fact.c.sequence, fact.c.fact_id, fact.c.content_hash, fact.c.kind)
    done = posted_mark(tx, stream, 0).sequence
    first = min([done, *(row[0] for row in content.rows)])
    mine = (tx.mine(fact), fact.c.station == stream.station, fact.c.incarnation == stream.incarnation)
    found = tx.rows(select(*columns).where(*mine, fact.c.sequence >= first))
    known: dict[int, Row] = {row["sequence"]: tuple(row.values()) for row in found}
    here = {row[1]: row[0] for row in content.rows}
    for row in tx.rows_in(fact, "fact_id", here):
        number = here[row["fact_id"]]
        if (row["station"], row["incarnation"], row["sequence"]) != (stream.station, stream.incarnation, number):
            known[number] = (-1, row["fact_id"], row["content_hash"], row["kind"])
    return done, known


def _require_same(path: Path, content: JournalFile, known: Mapping[int, Row]) -> None:
    for number, fact_id, *_, kind, version, payload in content.rows:
        there = known.get(number)
        if there is None or (there[:2] == (number, fact_id) and there[3] == Unpostable.kind):
            continue
        if there[:3] != (number, fact_id, content_hash(kind, version, payload)):
            raise Contradicted(file=path.name, station=content.station, number=number)


def _missing(done: int, content: JournalFile, known: Mapping[int, Row]) -> tuple[Stretch, ...]:
    """Numbers that neither the database nor the file has, first and last of each stretch."""
    have = sorted({done, *(number for number in known if number > done), *(row[0] for row in content.rows)} - {0})
    have = [number for number in have if number >= done]
    gaps = ((before + 1, number - 1) for before, number in zip([done, *have], have, strict=False))
    last = max([done, *have])
    behind = ((max(first, last + 1), end) for first, end in content.lost if end > last)
    return tuple(gap for gap in (*gaps, *behind) if gap[0] <= gap[1])


def _declared_lost(content: JournalFile, missing: Iterable[Stretch], by: str) -> list[Row]:
    """A fact for each lost number; its id follows from the number, so that a second import finds the same."""
    rows: list[Row] = []
    when = content.rows[0][3] if content.rows else content.exported_at
    for number in (number for first, last in missing for number in range(first, last + 1)):
        name = f"{content.station}|{content.incarnation}|{number}|lost"
        fact_id = hashlib.sha256(name.encode()).hexdigest()[:32]
        fact = FactLost(by)
        rows.append((number, fact_id, by, when, "", 0, fact.kind, fact.version, encode(fact)))
    return rows


def _bring(database: Database, stream: Stream, facts: Sequence[dict[str, Any]]) -> None:
    """A batch, or one by one where the database refuses one of them: that one is stood in for, as when it is posted."""
    try:
        database.write(_take_in, stream, facts)
    except REFUSALS as error:
        if len(facts) == 1:
            database.write(_take_in, stream, [stand_in_for(facts[0], error)])
            return
        for fact in facts:
            _bring(database, stream, [fact])


def _take_in(tx: Transaction, stream: Stream, facts: Sequence[dict[str, Any]]) -> None:
    """As posting does; but who the station is now, and when it was last seen, is left to the station."""
    table = tables.station
    found = tx.row(select(table).where(tx.mine(table), table.c.station == stream.station))
    take_in(tx, stream, facts, None)
    if found is not None:
        tx.put(table, [dict(found)])


def _record(tx: Transaction, content: JournalFile, imported: int, lost: int, by: str) -> None:
    row = {
        "import_id": new_key(), "station": content.station, "incarnation": content.incarnation, "seal": content.seal,
        "facts": len(content.rows), "imported": imported, "lost": lost, "imported_by": by, "imported_at": tx.now,
    }  # fmt: skip
    tx.add(tables.journal_import, [row])
