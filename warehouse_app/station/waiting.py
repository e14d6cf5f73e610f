"""How many facts a station still has to post, told from its file without opening it for work."""

from pathlib import Path

import pysqlite3

from warehouse_app.station.journal import JournalUnreadable


def waiting_in(home: Path) -> int:
    """Facts in the folder's journal above the mark that was last seen posted; 0 when there is no station.

    Raises JournalUnreadable.
    """
    path = home / "station.db"
    if not path.exists():
        return 0
    connection = pysqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        posted = connection.execute("SELECT value FROM setting WHERE key = 'posted'").fetchone()
        query = "SELECT count(*) FROM journal WHERE sequence > ?"
        return int(connection.execute(query, (int(posted[0]) if posted else 0,)).fetchone()[0])
    except pysqlite3.DatabaseError as error:
        raise JournalUnreadable(reason=str(error)) from error
    finally:
        connection.close()
