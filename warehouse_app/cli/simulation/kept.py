"""What a run leaves in its folder, read as plain values: journals, logs and tables. Knows nothing of the product."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pysqlite3

Row = dict[str, Any]

TABLES = (
    "fact", "move", "balance", "product_stock", "reservation", "allocation", "claim", "station_cursor", "parked_fact",
    "discrepancy", "debt", "carton", "fulfilment_order", "fulfilment_line", "order_history", "purchase_line",
    "count_task", "count_result", "location",
)  # fmt: skip
"""Tables of the shared database that are kept, each as one JSON object a row."""

JOURNAL = "SELECT sequence, fact_id, worker, happened_at, work, epoch, kind, version, payload FROM journal ORDER BY 1"
_BEGINNING, _END = "opening", "tables"


@dataclass(frozen=True, slots=True)
class Noted:
    """A fact as a station's journal has it."""

    station: str
    incarnation: str
    sequence: int
    fact_id: str
    work: str
    epoch: int
    kind: str
    version: int
    payload: str

    @property
    def values(self) -> Row:
        """The fact's own values."""
        found: Row = json.loads(self.payload)
        return found


class Kept:
    """One run's folder; `docs/simulation.md` describes every file in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, list[Row]] = {}

    @cached_property
    def run(self) -> Row:
        """What was asked for and what the run made itself."""
        found: Row = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return found

    def before(self, table: str) -> list[Row]:
        """A table's rows before the first station began."""
        return self._rows(self.folder / _BEGINNING / f"{table}.jsonl")

    def after(self, table: str) -> list[Row]:
        """A table's rows when everything was posted and applied."""
        return self._rows(self.folder / _END / f"{table}.jsonl")

    def _rows(self, path: Path) -> list[Row]:
        if path not in self._read:
            self._read[path] = list(read_lines(path))
        return self._read[path]

    @property
    def station_folders(self) -> list[Path]:
        """One folder a station, with its journal and its logs."""
        return sorted(path for path in (self.folder / "stations").iterdir() if path.is_dir())

    @cached_property
    def journals(self) -> list[Noted]:
        """Every fact of every journal, those of earlier incarnations too, in each station's order."""
        return [
            one
            for folder in self.station_folders
            for path in sorted(folder.glob("station*.db"))
            for one in read_journal(path)
        ]

    def log(self, name: str) -> list[tuple[str, Row]]:
        """The lines of a log that every station has, with the station's name."""
        return [(folder.name, line) for folder in self.station_folders for line in read_lines(folder / f"{name}.jsonl")]

    @property
    def counted_otherwise(self) -> list[Row]:
        """Places of which the counters were let find something else than the journals make."""
        return list(read_lines(self.folder / "contradictions.jsonl"))

    @property
    def faults(self) -> list[Row]:
        """What was done to the run, in order."""
        return list(read_lines(self.folder / "faults.jsonl"))


def read_journal(path: Path) -> list[Noted]:
    """A station's journal, read from its file without disturbing whoever writes it."""
    with closing(pysqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        settings = dict(connection.execute("SELECT key, value FROM setting"))
        rows = connection.execute(JOURNAL).fetchall()
    station, incarnation = settings.get("station", ""), settings.get("incarnation", "")
    return [
        Noted(station, incarnation, sequence, fact_id, work, epoch, kind, version, payload)
        for sequence, fact_id, _worker, _happened_at, work, epoch, kind, version, payload in rows
    ]


def write_tables(folder: Path, tables: dict[str, Sequence[Row]], *, before: bool) -> None:
    """Keep the rows of the shared database."""
    place = folder / (_BEGINNING if before else _END)
    place.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (place / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_lines(path: Path) -> Iterator[Row]:
    """A line that a killed process had not written to its end says nothing."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
