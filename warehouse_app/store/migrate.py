"""Brings a database to this release's tables, and says where it stands."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

import warehouse_app
from warehouse_app.domain.errors import DatabaseIsNewer, DatabaseNotReady
from warehouse_app.store.server import lift_limits

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "2026_11_22_handovers"
"""The newest migration; kept here so that a start needs one SELECT instead of all of alembic."""


def migrations_folder() -> Path:
    """Where the migrations lie: beside the package in a checkout, inside it in a wheel or a frozen build."""
    package = Path(warehouse_app.__file__).parent
    places = [package / "migrations", package.parent / "migrations", Path(getattr(sys, "_MEIPASS", "")) / "migrations"]
    return next(place for place in places if (place / "env.py").exists())


def revision(engine: Engine) -> str:
    """The database's revision, empty when it has no tables."""
    with engine.connect().execution_options(writes=False) as connection, connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def is_known_revision(found: str) -> bool:
    """Whether this release can bring such a database to HEAD; it cannot know what a newer one has made."""
    if found == HEAD:
        return True
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see upgrade

    return any(script.revision == found for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())


def upgrade(engine: Engine) -> None:
    """Bring the database to HEAD; does nothing when it is there. Raises DatabaseIsNewer."""
    found = revision(engine)
    if found == HEAD:
        return
    if found and not is_known_revision(found):
        raise DatabaseIsNewer(revision=found, head=HEAD)
    from alembic import command  # noqa: PLC0415 - half a second, only needed for a migration

    with engine.begin() as connection:
        lift_limits(connection)
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_revision(engine: Engine) -> None:
    """Refuse to work on tables of another release. Raises DatabaseNotReady, DatabaseIsNewer."""
    found = revision(engine)
    if found and not is_known_revision(found):
        raise DatabaseIsNewer(revision=found, head=HEAD)
    if found != HEAD:
        raise DatabaseNotReady(revision=found or "-", head=HEAD)


def alembic_config() -> "Config":
    """Alembic's settings: only the place of the scripts."""
    from alembic.config import Config  # noqa: PLC0415 - see upgrade

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("version_path_separator", "os")
    return config
