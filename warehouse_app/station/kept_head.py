"""The seal chain's head as this station saw it: kept where nobody who can alter the shared ledger can reach it."""

import logging
from pathlib import Path

import pysqlite3

from warehouse_app.books.sealing import chain_head, chain_holds
from warehouse_app.station.file import StationFile
from warehouse_app.store.database import Database

log = logging.getLogger(__name__)


def keep_head(file: StationFile, database: Database) -> None:
    """Keep the chain's newest hash. One that the chain no longer holds is evidence, and is kept beside it for a person.

    That is so after the history was altered and sealed anew, and after an older backup was restored. Raises
    StoreUnavailable.
    """
    kept, head = file.setting("ledger_head"), database.read(chain_head)
    if head == kept:
        return
    lost = bool(kept) and not database.read(chain_holds, kept)
    with file.transaction():
        file.set("ledger_head", head)
        if lost:
            file.set("ledger_head_lost", kept)
    if lost:
        log.warning("the ledger no longer holds the head %s: it was restored from a backup, or altered", kept)


def kept_head_in(home: Path) -> str:
    """The head that this folder's station kept, one that was lost before any other; empty when there is none."""
    path = home / "station.db"
    if not path.exists():
        return ""
    connection = pysqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        query = "SELECT value FROM setting WHERE key LIKE 'ledger_head%' AND value <> '' ORDER BY key DESC"
        row = connection.execute(query).fetchone()
        return str(row[0]) if row else ""
    finally:
        connection.close()
