"""Every sales channel whose files can be read, by the name it has on the command line."""

from collections.abc import Mapping

from warehouse_app.channels import csv_orders
from warehouse_app.domain.channel_order import OrderReader

READERS: Mapping[str, OrderReader] = {csv_orders.CHANNEL: csv_orders.read_orders}
