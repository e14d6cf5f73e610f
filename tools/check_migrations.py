"""Checks that models and migrations agree: `python -m tools.check_migrations`, part of `make check`.

A fresh SQLite database is brought to the newest migration, then compared with the tables as the code has them.
"""

import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import HEAD, alembic_config, upgrade
from warehouse_app.store.tables import metadata


def default_differs(*values: object) -> bool | None:
    """Alembic reads SQLite's default '' as another text than the empty one of the tables; None leaves it to Alembic."""
    _context, _found_column, _column, found, _default, wanted = values
    return False if str(found).strip("()") == "''" and wanted == "" else None


def differences(database: Path) -> list[str]:
    """What a new migration would have to change, none when all agree."""
    engine = open_database(f"sqlite:///{database}")
    try:
        upgrade(engine)
        with engine.connect() as connection:
            options = {"compare_type": True, "compare_server_default": default_differs}
            context = MigrationContext.configure(connection, opts=options)
            return [str(difference) for difference in compare_metadata(context, metadata)]
    finally:
        engine.dispose()


def main() -> int:
    """Print the differences; the exit status says whether there are any."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if newest != HEAD:
        print(f"error: the newest migration is {newest}, but store/migrate.py says {HEAD}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        found = differences(Path(folder) / "check.db")
    for difference in found:
        print(difference, file=sys.stderr)
    if found:
        print("error: the tables differ from the migrations; write a migration for these changes", file=sys.stderr)
    else:
        print(f"models and migrations agree at {HEAD}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
