"""The real desktop while its database is frozen or cut off: packing goes on, and everything arrives afterwards."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from tests.conftest import MakeUrl, SoakFigure
from tests.processes import Premises
from tests.slow_network import SlowNetwork
from tests.ui.desktops import Worked, parts_at
from tools.postgres import PostgresServer
from warehouse_app.cli.benchmarks.figures import percentile
from warehouse_app.domain.session import FeedbackKind
from warehouse_app.store import tables, watched
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import database_url, open_database

pytestmark = pytest.mark.on("postgresql")

SOON = 20_000
LABELS_AND_SLIP = 3
ANSWERED_WITHIN_S, CLOSES_WITHIN_S = 10.0, 6.0
SHOWN_ROW = "scan to confirmed feedback, from the scanner's last key to the answer painted"
NEVER_WAITS_MS = 900.0
"""For one scan on a machine that others load as well. Whoever waited for the database would wait for SILENT_S."""


@pytest.fixture(autouse=True)
def sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is noticed a little sooner than by people."""
    monkeypatch.setattr(watched, "SILENT_S", 1.0)
    monkeypatch.setattr(watched, "ALIVE_WITHIN_S", 0.5)


@pytest.fixture
def url(make_url: MakeUrl) -> str:
    return make_url("picked")


@pytest.fixture
def network(postgres: PostgresServer) -> Iterator[SlowNetwork]:
    with SlowNetwork(postgres.port) as network:
        yield network


@pytest.fixture
def worked(
    qtbot: QtBot, desktop: QApplication, postgres: PostgresServer, network: SlowNetwork, url: str, tmp_path: Path
) -> Iterator[Worked]:
    """A desktop on a database whose bookkeeper runs elsewhere."""
    name = database_url(url).database or ""
    by_network = postgres.network_url(name).replace(f":{postgres.port}/", f":{network.port}/")
    keeper = Premises(url, tmp_path / "keeper").start("bookkeeper")
    made = Worked(qtbot, desktop, parts_at(tmp_path / "home", by_network))
    yield made
    postgres.thaw()
    made.close()
    keeper.kill()
    keeper.communicate()


def freeze(postgres: PostgresServer, _: SlowNetwork) -> Callable[[], None]:
    postgres.freeze()
    return postgres.thaw


def pull_the_cable(_: PostgresServer, network: SlowNetwork) -> Callable[[], None]:
    network.fall_silent()
    return network.heal


@pytest.mark.parametrize("fail", [freeze, pull_the_cable])
def test_packing_goes_on_without_the_database_and_everything_arrives_afterwards(
    fail: Callable[[PostgresServer, SlowNetwork], Callable[[], None]],
    worked: Worked, postgres: PostgresServer, network: SlowNetwork, url: str, qtbot: QtBot,
) -> None:  # fmt: skip
    worked.open_first_order()
    worked.scan_expected()
    heal = fail(postgres, network)

    took_ms = []
    while not worked.order.complete:
        started = time.perf_counter()
        worked.scan_expected()
        took_ms.append((time.perf_counter() - started) * 1_000)
        assert worked.moment.told.tone in ("ok", "last")
    worked.press(Qt.Key.Key_F12)
    assert worked.order.finished
    qtbot.waitUntil(lambda: len(worked.moment.files) >= LABELS_AND_SLIP, timeout=SOON)
    qtbot.waitUntil(lambda: said(worked).endswith(f" ({waiting(worked)} waiting)"), timeout=SOON)
    assert re.fullmatch(r"Offline since \d\d:\d\d \(\d+ waiting\)", said(worked))
    assert waiting(worked) > len(took_ms)
    heal()
    qtbot.waitUntil(lambda: said(worked) == "Live", timeout=SOON)

    assert max(took_ms) < NEVER_WAITS_MS
    database = Database(open_database(url))
    qtbot.waitUntil(lambda: all_in_the_books(worked, database), timeout=SOON)
    database.close()


def live(_postgres: PostgresServer, _network: SlowNetwork) -> Callable[[], None]:
    return lambda: None


def answer_in_two_seconds(_: PostgresServer, network: SlowNetwork) -> Callable[[], None]:
    network.delay_s = 1.0
    return network.heal


@pytest.mark.soak
@pytest.mark.parametrize("fail", [live, freeze, pull_the_cable, answer_in_two_seconds])
def test_answer_is_on_the_screen_at_once(
    fail: Callable[[PostgresServer, SlowNetwork], Callable[[], None]],
    worked: Worked, postgres: PostgresServer, network: SlowNetwork, soak_figure: SoakFigure,
) -> None:  # fmt: skip
    worked.open_first_order()
    heal = fail(postgres, network)

    took_ms = []
    while not worked.order.complete:
        took_ms.append(worked.scan_until_painted(worked.bench.expected()[0].scan_text))
    heal()

    did = f"{len(took_ms)} scans typed into the desktop, offscreen; the database: {fail.__name__.replace('_', ' ')}"
    soak_figure(SHOWN_ROW, did, f"p99 {percentile(took_ms, 0.99):.1f} ms, median {percentile(took_ms, 0.5):.1f} ms")
    assert max(took_ms) < NEVER_WAITS_MS


def waiting(worked: Worked) -> int:
    assert worked.desktop.desk.side is not None
    return worked.desktop.desk.side.sync.state.waiting


def said(worked: Worked) -> str:
    return worked.desktop.window.status._items["sync"]._text.text()  # noqa: SLF001 -- the words that people read


def all_in_the_books(worked: Worked, database: Database) -> bool:
    """Whether what the journal holds was posted and applied, each fact once."""
    journalled = worked.desktop.desk.file.connection.execute("SELECT fact_id FROM journal ORDER BY sequence").fetchall()

    def look(tx: Transaction) -> tuple[list[str], int]:
        fact, cursor = tables.fact, tables.station_cursor
        posted = select(fact.c.fact_id).where(fact.c.station == "P-03").order_by(fact.c.sequence)
        applied = select(func.max(cursor.c.applied_sequence)).where(cursor.c.station == "P-03")
        return [row["fact_id"] for row in tx.rows(posted)], int(tx.value(applied) or 0)

    posted, applied = database.read(look)
    return posted == [row[0] for row in journalled] and applied == len(journalled)


def test_work_that_is_not_in_hand_is_answered_soon_and_the_window_closes(
    worked: Worked, postgres: PostgresServer, qtbot: QtBot
) -> None:
    worked.to_packing()
    worked.scan("BADGE:W-06")
    qtbot.waitUntil(lambda: bool(worked.moment.waiting), timeout=SOON)
    postgres.freeze()

    started = time.monotonic()
    worked.scan_expected()
    answered_s = time.monotonic() - started
    answer = worked.moment.told.kind
    worked.type(worked.bench.expected()[0].scan_text if worked.bench.expected() else "ORDER:ANOTHER")
    asks_again = worked.moment.told.kind
    started = time.monotonic()
    worked.desktop.close()

    assert (answer, asks_again) == (FeedbackKind.OFFLINE, FeedbackKind.FETCHING)
    assert answered_s < ANSWERED_WITHIN_S
    assert time.monotonic() - started < CLOSES_WITHIN_S
