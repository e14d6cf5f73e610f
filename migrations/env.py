"""Alembic's entry: runs migrations on the connection that the program hands over."""

from alembic import context

from warehouse_app.store.collation import compare_by_code_point
from warehouse_app.store.engine import open_database
from warehouse_app.store.tables import metadata


def run() -> None:
    """Migrate on the given connection, or on the URL given by `-x url=...` when alembic is called by hand."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        connection = open_database(context.get_x_argument(as_dictionary=True)["url"]).connect()
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=False)
    with context.begin_transaction():
        context.run_migrations()
        compare_by_code_point(connection)


run()
