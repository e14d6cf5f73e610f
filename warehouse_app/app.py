"""Builds the real objects and hands them over: the only file that knows everyone.

The desktop's first window must not wait for what it does not need, so everything heavy is imported where it is used.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from warehouse_app import __version__
from warehouse_app.language import use_language

if TYPE_CHECKING:
    from warehouse_app.cli.context import Context
    from warehouse_app.devices.virtual_set import VirtualSet
    from warehouse_app.errands.tracking import Fetched
    from warehouse_app.store.database import Database


SCAN_METER = "scan-meter"
"""A window for the benchmarks; no command, for it needs neither database nor station."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, or open the desktop when none is given."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == [SCAN_METER]:
        return _scan_meter(words[1:])
    desktop = _asked_for_desktop(words)
    if desktop is not None:
        return _desktop(desktop)
    from warehouse_app.cli.main import parse, run_command, wants_desktop

    # Help texts are translated too, so the language is looked for before everything else.
    use_language(_language(words))
    parsed = parse(words)
    if wants_desktop(parsed):
        return _desktop(parsed)
    return run_command(lambda: _context(parsed), parsed)


def _asked_for_desktop(words: Sequence[str]) -> Namespace | None:
    """The options of the desktop when nothing else is asked for: its window must not wait for the commands."""
    chosen = Namespace(database=None, home=None)
    rest = list(words)
    while rest:
        option, joined, value = rest.pop(0).partition("=")
        if option == "desktop" and not joined:
            continue
        if option not in ("--database", "--home") or not (joined or rest):
            return None
        setattr(chosen, option.removeprefix("--"), value if joined else rest.pop(0))
    return chosen


def _desktop(parsed: Namespace) -> int:
    from warehouse_app.ui.desktop import DesktopParts, run_desktop

    home, url = _home(parsed), _database_url(parsed)
    return run_desktop(
        DesktopParts(
            home=home,
            database_url=url,
            open_database=lambda: _open_database(url),
            prepare=lambda database: _require_ready(url, database, newer_will_do=True),
            program=(*_program(), "--database", url, "--home", str(home)),
            version=__version__,
        )
    )


def _scan_meter(words: Sequence[str]) -> int:
    from warehouse_app.devices.scanners import SerialScanner
    from warehouse_app.devices.serial_line import LineState, LineStatus, Port, SerialLine
    from warehouse_app.ui.scan_meter import run_meter

    def open_scanner(port: str, take: Callable[[str], None], opened: Callable[[], None]) -> SerialLine:
        def tell(status: LineStatus) -> None:
            if status.state is LineState.CONNECTED:
                opened()

        return SerialScanner(Port(port), take, tell).line

    return run_meter(words, open_scanner)


def _context(parsed: Namespace) -> "Context":
    from warehouse_app.channels.readers import READERS
    from warehouse_app.cli.context import Context
    from warehouse_app.cli.output import Output

    home, url = _home(parsed), _database_url(parsed)
    return Context(
        home=home,
        output=Output(as_json=parsed.json),
        readers=READERS,
        program=(*_program(), "--database", url, "--home", str(home)),
        database_url=url,
        database_is_named=bool(parsed.database or os.environ.get("WAREHOUSE_DATABASE")),
        open_database=lambda: _open_database(url),
        open_at=_open_database,
        require_ready=lambda database: _require_ready(url, database),
        run_errands=_run_errands,
        virtual_devices=_virtual_devices,
        fresh_sample_database=lambda: _fresh_sample_database(url),
    )


def _open_database(url: str) -> "Database":
    from warehouse_app.store.clock import ServerClock
    from warehouse_app.store.database import Database, utc_now
    from warehouse_app.store.engine import open_database

    engine = open_database(url)
    return Database(engine, clock=ServerClock() if engine.dialect.name == "postgresql" else utc_now)


def _require_ready(url: str, database: "Database", *, newer_will_do: bool = False) -> None:
    """An embedded database is made and migrated by whoever comes first; a shared one by a person.

    What a newer release has made will do for a station, which must not stand still while its program is replaced.
    """
    from warehouse_app.domain.errors import DatabaseIsNewer
    from warehouse_app.store.engine import database_url
    from warehouse_app.store.migrate import check_revision, upgrade

    try:
        if database_url(url).get_backend_name() == "sqlite":
            upgrade(database.engine)
        check_revision(database.engine)
    except DatabaseIsNewer:
        if not newer_will_do:
            raise


def _run_errands(database: "Database", *, once: bool, stop: Event, speed: float) -> "Fetched":
    """The sample's carriers exist only here; a live warehouse has none until a carrier is set up."""
    from warehouse_app.carriers.simulated import SimulatedCarrier
    from warehouse_app.errands.loop import run_errands
    from warehouse_app.operations.sample import purpose_of
    from warehouse_app.operations.tracking import carriers_in_use

    adapters = {}
    if database.read(purpose_of) == "sample":
        carrier = SimulatedCarrier(database.clock, speed)
        adapters = dict.fromkeys(database.read(carriers_in_use), carrier)
    return run_errands(database, adapters, once=once, stop=stop)


def _virtual_devices(kinds: tuple[str, ...], folder: Path | None, port: int) -> "VirtualSet":
    from warehouse_app.devices.virtual_set import VirtualSet

    return VirtualSet(kinds, folder, port)


def _fresh_sample_database(url: str) -> "Database":
    from warehouse_app.operations.sample import NotEmpty, purpose_of
    from warehouse_app.store.engine import database_url

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
