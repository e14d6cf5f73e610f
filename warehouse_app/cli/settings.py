"""Commands about the warehouse's own settings: its name, time zone, currency, sender and number prefix."""

from argparse import Namespace

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr
from warehouse_app.operations.warehouses import change_setting, read_settings


def add_commands(commands: Commands) -> None:
    """The settings group."""
    group = commands.group("settings", tr("name, time zone, sender and other settings of the warehouse"))
    group.add("list", show, tr("list the settings"))
    changed = group.add("set", change, tr("change a setting"))
    changed.add_argument("name", metavar="NAME", help=tr("as listed, for example timezone or sender.city"))
    changed.add_argument("value", metavar="VALUE")


def show(context: Context, _arguments: Namespace) -> int:
    """`settings list`."""
    found = context.database.read(read_settings)
    context.output.result(found, table([tr("setting"), tr("set to")], found.items()))
    return 0


def change(context: Context, arguments: Namespace) -> int:
    """`settings set`."""
    change_setting(context.database, arguments.name, arguments.value)
    value = {arguments.name: context.database.read(read_settings)[arguments.name]}
    context.output.result(value, tr("{name} is now {value}.", name=arguments.name, value=arguments.value))
    return 0
