"""Makes PostgreSQL compare texts by their code points, as SQLite does: one order on both engines, and faster keys."""

from collections import defaultdict

from sqlalchemy import Connection, text

_OF_THE_DATABASE = text(
    "SELECT a.attrelid::regclass::text AS name, a.attname AS column"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation o ON o.oid = a.attcollation"
    " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
    " AND a.atttypid = 'text'::regtype AND o.collname <> 'C' ORDER BY 1, 2"
)


def compare_by_code_point(connection: Connection) -> None:
    """Give every text column that still follows the database's own language the plain order; SQLite has no other."""
    if connection.dialect.name != "postgresql":
        return
    columns = defaultdict(list)
    for name, column in connection.execute(_OF_THE_DATABASE):
        columns[name].append(f'ALTER COLUMN "{column}" TYPE text COLLATE "C"')
    for name, changes in columns.items():
        connection.execute(text(f"ALTER TABLE {name} {', '.join(changes)}"))
