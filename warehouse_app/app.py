"""Builds the real objects and hands them over: the only file that knows everyone."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from platformdirs import user_data_path

from warehouse_app import __version__
from warehouse_app.language import use_language


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, or open the desktop when none is given."""
    from warehouse_app.cli.main import parse, run_command, wants_desktop  # noqa: PLC0415 - the window comes first

    words = sys.argv[1:] if arguments is None else list(arguments)
    if not words or words == ["desktop"]:
        return _desktop(Namespace(database=None, home=None, language=None))
    # Help texts are translated too, so the language is looked for before everything else.
    use_language(_language(words))
    parsed = parse(words)
    if wants_desktop(parsed):
        return _desktop(parsed)
    return run_command(lambda: _context(parsed), parsed)


def _desktop(parsed: Namespace) -> int:
    from warehouse_app.ui.desktop import DesktopParts, run_desktop  # noqa: PLC0415 - commands need no Qt

    home, url = _home(parsed), _database_url(parsed)
    return run_desktop(
        DesktopParts(
            home=home,
            database_url=url,
            open_database=lambda: _open_database(url),
            prepare=lambda database: _require_ready(url, database),
            program=(*_program(), "--database", url, "--home", str(home)),
            version=__version__,
        )
    )


def _context(parsed: Namespace):  # type: ignore[no-untyped-def]  # noqa: ANN202 - imported late
    from warehouse_app.channels.readers import READERS  # noqa: PLC0415 - not needed for the desktop's first window
    from warehouse_app.cli.context import Context  # noqa: PLC0415
    from warehouse_app.cli.output import Output  # noqa: PLC0415

    home, url = _home(parsed), _database_url(parsed)
    return Context(
        home=home,
        output=Output(as_json=parsed.json),
        readers=READERS,
        program=(*_program(), "--database", url, "--home", str(home)),
        open_database=lambda: _open_database(url),
        require_ready=lambda database: _require_ready(url, database),
        run_errands=_run_errands,
        fresh_sample_database=lambda: _fresh_sample_database(url),
    )


def _open_database(url: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - imported late
    from warehouse_app.store.database import Database  # noqa: PLC0415 - SQLAlchemy takes a third of a second
    from warehouse_app.store.engine import open_database  # noqa: PLC0415

    return Database(open_database(url))


def _require_ready(url: str, database) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - imported late
    """An embedded database is made and migrated by whoever comes first; a shared one by a person."""
    from warehouse_app.store.engine import database_url  # noqa: PLC0415
    from warehouse_app.store.migrate import check_revision, upgrade  # noqa: PLC0415

    if database_url(url).get_backend_name() == "sqlite":
        upgrade(database.engine)
    check_revision(database.engine)


def _run_errands(database, *, once: bool, stop: Event, speed: float):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The sample's carriers exist only here; a live warehouse has none until a carrier is set up."""
    from warehouse_app.carriers.simulated import SimulatedCarrier  # noqa: PLC0415 - see _open_database
    from warehouse_app.errands.loop import run_errands  # noqa: PLC0415
    from warehouse_app.operations.sample import purpose_of  # noqa: PLC0415
    from warehouse_app.operations.tracking import carriers_in_use  # noqa: PLC0415

    adapters = {}
    if database.read(purpose_of) == "sample":
        carrier = SimulatedCarrier(database.clock, speed)
        adapters = dict.fromkeys(database.read(carriers_in_use), carrier)
    return run_errands(database, adapters, once=once, stop=stop)


def _fresh_sample_database(url: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - imported late
    from warehouse_app.operations.sample import NotEmpty, purpose_of  # noqa: PLC0415
    from warehouse_app.store.engine import database_url  # noqa: PLC0415

    database = _open_database(url)
    _require_ready(url, database)
    purpose = database.read(purpose_of)
    if not purpose:
        return database
    file = database_url(url).database
    if purpose != "sample" or database_url(url).get_backend_name() != "sqlite" or file is None:
        raise NotEmpty
    database.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    database = _open_database(url)
    _require_ready(url, database)
    return database


def _home(parsed: Namespace) -> Path:
    chosen = parsed.home or os.environ.get("WAREHOUSE_HOME")
    return Path(chosen).expanduser().absolute() if chosen else _data_folder() / "station"


def _database_url(parsed: Namespace) -> str:
    chosen = parsed.database or os.environ.get("WAREHOUSE_DATABASE")
    return str(chosen) if chosen else str(_data_folder() / "warehouse.db")


def _data_folder() -> Path:
    return user_data_path("warehouse-app", appauthor=False)


def _language(words: Sequence[str]) -> str:
    chosen = os.environ.get("WAREHOUSE_LANGUAGE", "en")
    for place, word in enumerate(words):
        if word == "--language" and place + 1 < len(words):
            chosen = words[place + 1]
        elif word.startswith("--language="):
            chosen = word.partition("=")[2]
    return chosen if chosen in ("en", "zh") else "en"


def _program() -> tuple[str, ...]:
    """How this very program is started again: the frozen file itself, or Python with the package."""
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    return (sys.executable, "-m", "warehouse_app")
