from datetime import UTC, datetime

from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.operations.today import Upkeep
from warehouse_app.station.sync import SyncState
from warehouse_app.ui.status_words import books_view, sync_view
from warehouse_app.ui.theme import Tone

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AWAY = StoreUnavailable(reason="it stands still")


def sync_text(*, live: bool, waiting: int, now: datetime = NOON) -> str:
    return sync_view(SyncState(live, waiting, NOON, None if live else AWAY), "Asia/Shanghai", now).text


def books_text(lag_s: float, *, alive: bool = True, host: str = "", embedded: bool = False) -> str:
    return books_view(Upkeep(40, lag_s, alive, 0, (), host), embedded=embedded).text


def test_bar_says_how_the_station_stands_with_the_shared_database() -> None:
    assert sync_text(live=True, waiting=1) == "Live"
    assert sync_text(live=True, waiting=812) == "Catching up (812)"
    assert sync_text(live=False, waiting=12) == "Offline since 20:00 (12 waiting)"


def test_day_is_told_when_the_station_is_offline_since_yesterday() -> None:
    assert sync_text(live=False, waiting=0, now=NOON.replace(day=3)) == "Offline since Mon 2 Mar 20:00 (0 waiting)"


def test_reason_stands_behind_the_words() -> None:
    view = sync_view(SyncState(live=False, waiting=0, since=NOON, problem=AWAY), "", NOON)

    assert view.tone is Tone.WARN
    assert "it stands still" in view.tip


def test_bar_says_how_far_the_books_are_and_whom_to_call() -> None:
    assert books_text(0.4) == "Books up to date"
    assert books_text(3.2) == "Books lag 3 s"
    assert books_text(42, alive=False, host="db-1") == "Books lag 42 s: no bookkeeper, call who looks after db-1"
    assert books_text(42, alive=False).endswith("call who looks after the database")
    assert books_text(42, alive=False, embedded=True) == "Books lag 42 s: bookkeeper starts again"
