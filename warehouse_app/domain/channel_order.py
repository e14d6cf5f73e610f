"""An order as a sales channel tells it, whatever the channel and its file format."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

from warehouse_app.domain.packets import Address
from warehouse_app.domain.rejects import Reject


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A line in the channel's own words: its id, its spelling of the SKU. `row` is where it stood in the file."""

    line_id: str
    line_no: int
    sku: str
    quantity: int
    unit_price: int
    currency: str
    row: int


@dataclass(frozen=True, slots=True)
class ChannelOrder:
    """The key is channel, shop and channel_order_id; `order_no` is what people read. Prices in minor units."""

    channel: str
    shop: str
    channel_order_id: str
    order_no: str
    ordered_at: datetime
    service: str
    customer: str
    ship_to: Address
    ship_policy: str
    priority: int
    note: str
    lines: tuple[ChannelLine, ...]
    file: str = ""

    _content_hash: str = field(default="", init=False, repr=False, compare=False)

    @property
    def content_hash(self) -> str:
        """The same for the same content, wherever in a file it stands and whatever offset its time is written with."""
        if not self._content_hash:
            # It is asked for several times, and an order never changes.
            object.__setattr__(self, "_content_hash", hashlib.sha256(self._content().encode()).hexdigest())
        return self._content_hash

    def _content(self) -> str:
        """Everything but the file and its rows as JSON. Databases hold hashes of this text, so it stays as it is."""
        content = {
            "channel": self.channel,
            "shop": self.shop,
            "channel_order_id": self.channel_order_id,
            "order_no": self.order_no,
            "ordered_at": self.ordered_at.astimezone(UTC).isoformat(),
            "service": self.service,
            "customer": self.customer,
            "ship_to": self.ship_to.by_name(),
            "ship_policy": self.ship_policy,
            "priority": self.priority,
            "note": self.note,
            "lines": [
                {
                    "currency": line.currency,
                    "line_id": line.line_id,
                    "line_no": line.line_no,
                    "quantity": line.quantity,
                    "sku": line.sku,
                    "unit_price": line.unit_price,
                }
                for line in self.lines
            ],
        }
        return json.dumps(content, sort_keys=True)


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An open export of a channel, and what it does not say itself: the shop and the currency of bare prices.

    The stream can be rewound to where it stands, so that a reader may look at all of it before it gives an order.
    """

    stream: BinaryIO
    name: str
    shop: str
    currency: str


@dataclass(frozen=True, slots=True)
class OrdersRead:
    """What an export holds, as it is being read: whole orders, and the rows that have to be left out.

    `rows` counts those of both. Reading on may raise BadFile.
    """

    rows: int
    found: Iterator[ChannelOrder | Reject]


OrderReader = Callable[[OrderFile], OrdersRead]
