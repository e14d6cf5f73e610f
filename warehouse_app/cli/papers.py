"""Commands: papers."""

from warehouse_app.cli.parsing import Commands


def add_commands(commands: Commands) -> None:
    """Nothing yet."""
