"""A station's journal as a file that can be carried: every line is bound to all before it, the last one seals them.

One JSON object a line: a head, the facts in order, and an end with the numbers that were lost. The chain shows damage,
a cut, and any change that was not worked through to the end; whoever works it through can forge a file, for there is no
secret in it. That is what comparing the seal with the one that the export printed is for.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import UnknownFact, decode
from warehouse_app.domain.facts.base import PAYLOAD_LIMIT
from warehouse_app.language import mark, tr
from warehouse_app.station.file import sync_to_disk

FORMAT = 1
NAME = "warehouse_app_journal"
FIELDS = ("sequence", "fact_id", "worker", "happened_at", "work", "epoch", "kind", "version", "payload")
WHOLE_NUMBERS = ("sequence", "epoch", "version")
LARGEST = 2**63 - 1

Row = tuple[Any, ...]
Stretch = tuple[int, int]


class FileRefused(WarehouseError):
    """The file is damaged, cut off, altered, or something else."""

    message = mark("{file} is refused at line {line}: {reason}. Nothing was imported; export the journal again.")


class FileOfNewerRelease(WarehouseError):
    """Another release writes this differently."""

    message = mark("{file} was written by a newer release (format {format}). Update this program, then import again.")


@dataclass(frozen=True, slots=True)
class JournalFile:
    """A station's facts above `after`, up to which the station knew the shared database to have them.

    `rows` are journal rows in order, `lost` the stretches of numbers that could not be read, `seal` stands for all.
    """

    station: str
    incarnation: str
    database: str
    after: int
    rows: tuple[Row, ...]
    lost: tuple[Stretch, ...] = ()
    damaged: bool = False
    seal: str = ""
    exported_at: str = ""

    @property
    def newer(self) -> tuple[dict[str, object], ...]:
        """Facts of kinds or versions that this release does not know; at the first of them the books will stop."""
        return tuple(
            {"sequence": row[0], "kind": row[6], "version": row[7]} for row in self.rows if not _is_known(*row[6:])
        )


@dataclass
class Chain:
    """The running hash of a file's lines."""

    hash: str = ""

    def add(self, value: dict[str, object]) -> str:
        """Bind one more object to all before it, and give its line."""
        text = json.dumps(value, separators=(",", ":"), sort_keys=True)
        self.hash = hashlib.sha256(f"{self.hash}\n{text}".encode()).hexdigest()
        return json.dumps({**value, "hash": self.hash}, separators=(",", ":"))


def write_journal(path: Path, content: JournalFile) -> str:
    """Write the file so that nobody ever sees a part of it, and give its seal. Raises OSError."""
    chain = Chain()
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="ascii") as file:
            file.writelines(f"{chain.add(value)}\n" for value in _values_of(content))
        sync_to_disk(part)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return chain.hash


def _values_of(content: JournalFile) -> Iterator[dict[str, object]]:
    yield {
        NAME: FORMAT, "station": content.station, "incarnation": content.incarnation, "database": content.database,
        "after": content.after, "exported_at": content.exported_at,
    }  # fmt: skip
    yield from (dict(zip(FIELDS, row, strict=True)) for row in content.rows)
    yield {"end": len(content.rows), "lost": [list(stretch) for stretch in content.lost], "damaged": content.damaged}


def read_journal(path: Path) -> JournalFile:
    """The file's content, proved line by line. Raises FileRefused, FileOfNewerRelease and OSError."""
    lines = path.read_bytes().split(b"\n")
    if lines[-1]:
        raise FileRefused(file=path.name, line=len(lines), reason=tr("it was cut off"))
    values = list(_proved(path, lines[:-1]))
    if not values or "end" not in values[-1][0]:
        raise FileRefused(file=path.name, line=len(lines), reason=tr("it was cut off"))
    return _content(path, [value for value, _ in values], values[-1][1])


def _proved(path: Path, lines: Sequence[bytes]) -> Iterator[tuple[dict[str, Any], str]]:
    """The object of every line with its hash."""
    chain = Chain()
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise FileRefused(file=path.name, line=number, reason=tr("this is no line of a journal export"))
        if number == 1:
            _require_head(path, value)
        told = value.pop("hash", "")
        chain.add(value)
        if told != chain.hash:
            raise FileRefused(file=path.name, line=number, reason=_mismatch(value))
        yield value, chain.hash
        if "end" in value and number < len(lines):
            raise FileRefused(file=path.name, line=number + 1, reason=tr("something was added after the end"))


def _mismatch(value: dict[str, Any]) -> str:
    if isinstance(value.get("sequence"), int):
        return tr("the scan with number {number} was damaged or altered", number=value["sequence"])
    return tr("it was damaged or altered")


def _require_head(path: Path, value: dict[str, Any]) -> None:
    if NAME not in value:
        raise FileRefused(file=path.name, line=1, reason=tr("this is no line of a journal export"))
    if value[NAME] != FORMAT:
        raise FileOfNewerRelease(file=path.name, format=str(value[NAME])[:20])


def _content(path: Path, values: Sequence[dict[str, Any]], seal: str) -> JournalFile:
    head, rows, end = values[0], values[1:-1], values[-1]
    names = ("station", "incarnation", "database", "exported_at")
    after, lost = head.get("after"), end.get("lost")
    if not all(isinstance(head.get(name), str) for name in names) or not _is_number(after) or not head["station"]:
        raise FileRefused(file=path.name, line=1, reason=tr("the head is incomplete"))
    if end["end"] != len(rows) or not isinstance(lost, list) or not all(map(_is_stretch, lost)):
        raise FileRefused(file=path.name, line=len(values), reason=tr("the end does not fit what is before it"))
    last = 0
    for number, row in enumerate(rows, 2):
        if not _is_row(row) or row["sequence"] <= last:
            raise FileRefused(file=path.name, line=number, reason=tr("this is no scan"))
        last = row["sequence"]
    return JournalFile(
        head["station"], head["incarnation"], head["database"], int(str(after)),
        tuple(tuple(row[name] for name in FIELDS) for row in rows), tuple((first, last) for first, last in lost),
        damaged=bool(end.get("damaged")), seal=seal, exported_at=head["exported_at"],
    )  # fmt: skip


def _is_row(row: dict[str, Any]) -> bool:
    if set(row) != set(FIELDS) or not all(_is_number(row[name]) for name in WHOLE_NUMBERS):
        return False
    texts = [row[name] for name in FIELDS if name not in WHOLE_NUMBERS]
    if not all(isinstance(text, str) for text in texts):
        return False
    if not row["fact_id"] or len(row["payload"]) > PAYLOAD_LIMIT or not row["payload"].isascii():
        return False
    try:
        return datetime.fromisoformat(row["happened_at"]).tzinfo is not None
    except ValueError:
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _is_stretch(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))  # noqa: PLR2004 - first, last


def _is_known(kind: str, version: int, payload: str) -> bool:
    try:
        decode(kind, version, payload)
    except UnknownFact:
        return False
    except (TypeError, ValueError):
        return True  # Known and unreadable: its work is parked, the stream goes on.
    return True
