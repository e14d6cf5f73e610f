"""Files of orders that are larger than anyone would like: memory, pipes, interruptions, and bad rows without number."""

import gzip
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.processes import PATIENCE_S, ROOT, Premises
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import BadFile
from warehouse_app.domain.rejects import Reason, Reject
from warehouse_app.operations.import_orders import OrderImport, OrdersInterrupted, import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.importing import RowsInterrupted
from warehouse_app.operations.pace import AIM_S, Pace
from warehouse_app.operations.reject_list import KEPT_MOST, RejectList
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

HEADER = "order_no,line_no,ordered_at,sku,quantity,name,address1,city,country\n"
LINES_AN_ORDER = 20

MEASURED = """
import sys
from warehouse_app.app import main
from warehouse_app.cli.benchmarks.memory import peak_mb
assert main(sys.argv[1:]) == 0
print(peak_mb(), file=sys.stderr)
"""


def order_row(order: int, line: int, quantity: str = "1") -> str:
    return f"N{order},{line},2011-05-10T09:15:00Z,A,{quantity},Ann,{order} Lane,Leeds,GB\n"


def in_order(rows: int) -> Iterator[str]:
    return (order_row(place // LINES_AN_ORDER, place % LINES_AN_ORDER + 1) for place in range(rows))


def line_by_line(rows: int) -> Iterator[str]:
    """All first lines of all orders, then all second lines, and so on."""
    orders = rows // LINES_AN_ORDER
    return (order_row(order, line) for line in range(1, LINES_AN_ORDER + 1) for order in range(orders))


def all_bad(rows: int) -> Iterator[str]:
    return (order_row(place // LINES_AN_ORDER, place % LINES_AN_ORDER + 1, "none") for place in range(rows))


def file_of(folder: Path, rows: Iterable[str], name: str = "orders.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        file.writelines(rows)
    return path


def with_a_product(database: Database) -> Database:
    import_products(database, io.BytesIO(b"sku,name\nA,Apple\n"))
    return database


def take(database: Database, *files: Path | io.BufferedReader) -> OrderImport:
    return import_orders(database, "csv", "shop", files, readers=READERS)


def stored_rows(database: Database) -> dict[str, int]:
    """Lines that are stored of each order."""
    line = tables.fulfilment_line
    query = select(line.c.order_no, func.count().label("rows")).group_by(line.c.order_no)
    return {row["order_no"]: row["rows"] for row in database.read(lambda tx: tx.rows(query))}


def test_orders_whose_rows_are_scattered_over_the_file_come_in_whole(database: Database, tmp_path: Path) -> None:
    with_a_product(database)

    result = take(database, file_of(tmp_path, line_by_line(3_000)))

    assert (result.added, result.lines, result.rejects) == (150, 3_000, ())
    assert set(stored_rows(database).values()) == {LINES_AN_ORDER}


def test_orders_come_through_a_pipe_that_cannot_be_rewound(database: Database, tmp_path: Path) -> None:
    with_a_product(database)
    text = file_of(tmp_path, in_order(4_000)).read_bytes()
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(text)

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(reading, "rb") as pipe:
        result = take(database, pipe)
    writer.join()

    assert (result.added, result.lines) == (200, 4_000)


def test_progress_tells_the_rows_done_of_all_rows(database: Database, tmp_path: Path) -> None:
    with_a_product(database)
    told: list[tuple[int, int | None]] = []
    file = file_of(tmp_path, [*in_order(3_000), order_row(999, 1, "none")])

    import_orders(database, "csv", "", [file], readers=READERS, progress=lambda *done: told.append(done))

    assert told == sorted(told)
    assert len(told) > 1
    assert {total for _, total in told} == {3_001}
    assert told[-1] == (3_001, 3_001)


def test_an_interrupted_import_leaves_whole_orders_and_goes_on_when_it_is_run_again(
    database: Database, tmp_path: Path
) -> None:
    with_a_product(database)
    file = file_of(tmp_path, line_by_line(4_000))

    def stop(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(OrdersInterrupted) as told:
        import_orders(database, "csv", "shop", [file], readers=READERS, progress=stop)
    stored = stored_rows(database)
    again = take(database, file)

    orders = told.value.values["orders"]
    assert 0 < len(stored) < 200
    assert set(stored.values()) == {LINES_AN_ORDER}
    assert told.value.values == {"done": len(stored) * LINES_AN_ORDER, "total": 4_000, "orders": len(stored)}
    assert (again.unchanged, again.added) == (orders, 200 - len(stored))


def test_an_interrupted_import_of_rows_says_how_many_it_took(database: Database) -> None:
    def stop(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    text = "sku,name\n" + "".join(f"P{number},Apple\n" for number in range(3_000))
    with pytest.raises(RowsInterrupted) as told:
        import_products(database, io.BytesIO(text.encode()), stop)

    count = database.read(lambda tx: tx.value(select(func.count()).select_from(tables.product)))
    assert told.value.values == {"done": count}
    assert 0 < count < 3_000


def test_the_command_answers_ctrl_c_with_how_far_it_came(sample_premises: Premises, tmp_path: Path) -> None:
    rows = (row.replace(",A,", ",85123A,") for row in in_order(60_000))
    file = file_of(tmp_path, rows)
    process = sample_premises.start("import", "orders", "--channel", "csv", str(file))
    shared = opened(sample_premises)

    deadline = time.monotonic() + PATIENCE_S
    while "N0" not in stored_rows(shared) and time.monotonic() < deadline:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE_S)

    stored = {order: rows for order, rows in stored_rows(shared).items() if order.startswith("N")}
    shared.close()
    assert process.returncode == 130
    assert b"of 60000 rows" in said
    assert b"Traceback" not in said
    assert 0 < len(stored) < 3_000
    assert set(stored.values()) == {LINES_AN_ORDER}


@pytest.mark.parametrize("rows", [in_order, all_bad])
def test_ten_times_the_rows_take_hardly_more_memory(
    rows: Callable[[int], Iterator[str]], migrated_file: Path, tmp_path: Path
) -> None:
    peaks_mb = []
    for count in (6_000, 60_000):
        shutil.copy(migrated_file, tmp_path / f"{count}.db")
        premises = Premises(tmp_path / f"{count}.db", tmp_path / "home")
        shared = opened(premises)
        with_a_product(shared)
        shared.close()
        peaks_mb.append(peak_mb_of(premises, file_of(tmp_path, rows(count))))

    # The program itself takes 80 MB and the longer file 12 more, most of it SQLite's cache; as a whole it took 40.
    assert peaks_mb[1] < peaks_mb[0] + 20


def opened(premises: Premises) -> Database:
    return Database(open_database(str(premises.database)))


def peak_mb_of(premises: Premises, file: Path) -> float:
    """The most memory of a process that imports the file."""
    words = ("import", "orders", "--channel", "csv", str(file), "--json", *premises.options)
    done = subprocess.run([sys.executable, "-c", MEASURED, *words], capture_output=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    assert found["lines"] + len(found["rejects"]) >= 6_000
    return float(done.stderr)


def test_every_one_of_very_many_rejects_is_told_in_the_order_of_the_rows(database: Database, tmp_path: Path) -> None:
    with_a_product(database)
    count = KEPT_MOST + 1_000

    result = take(database, file_of(tmp_path, all_bad(count)))

    assert [reject.row for reject in result.rejects] == list(range(2, count + 2))
    assert {str(reject.reason) for reject in result.rejects} == {"none is not a whole number (or one too long)."}
    assert [reject.field for reject in result.rejects[:2]] == ["quantity", "quantity"]


def test_a_long_list_of_rejects_gives_back_what_was_put_into_it() -> None:
    day = datetime(2011, 5, 10, tzinfo=UTC).date()
    first, second = Reason("{a} before {b}", {"a": "王", "b": 7}), Reason("Until {day}", {"day": day})
    rejects = RejectList()

    for row in range(KEPT_MOST, 0, -1):
        rejects.add([Reject(row, "sku", first, "b.csv"), Reject(row, "", second, "a.csv")])
    found = rejects.in_order()

    assert len(found) == 2 * KEPT_MOST
    assert [(one.file, one.row, str(one.reason)) for one in (found[0], found[-1])] == [
        ("a.csv", 1, "Until 2011-05-10"),
        ("b.csv", KEPT_MOST, "王 before 7"),
    ]


def test_a_file_cut_off_in_the_middle_is_refused_before_anything_is_stored(database: Database, tmp_path: Path) -> None:
    with_a_product(database)
    whole = gzip.compress(file_of(tmp_path, in_order(2_000)).read_bytes())
    cut = tmp_path / "orders.csv.gz"
    cut.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(BadFile, match="ended before"):
        take(database, cut)

    assert stored_rows(database) == {}


def test_transactions_get_smaller_at_once_when_they_last_too_long_and_larger_by_steps() -> None:
    pace = Pace()
    sizes = [pace.rows]

    for rows, seconds in (
        (500, AIM_S / 10),
        (750, AIM_S / 10),
        (1_100, AIM_S / 10),
        (5, AIM_S / 10),
        (1_600, AIM_S * 4),
    ):
        pace.learn(rows, seconds)
        sizes.append(pace.rows)

    assert sizes[:4] == sorted(set(sizes[:4]))
    assert sizes[4] == sizes[3] < 4 * sizes[0]
    assert sizes[5] == sizes[4] // 2
