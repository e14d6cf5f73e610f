"""An order as a sales channel tells it, whatever the channel and its file format."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
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

    @property
    def content_hash(self) -> str:
        """The same for the same content, wherever in a file it stands and whatever offset its time is written with."""
        content = asdict(self)
        del content["file"]
        content["ordered_at"] = self.ordered_at.astimezone(UTC).isoformat()
        for line in content["lines"]:
            del line["row"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An open export of a channel, and what it does not say itself: the shop and the currency of bare prices."""

    stream: BinaryIO
    name: str
    shop: str
    currency: str


@dataclass(frozen=True, slots=True)
class OrdersRead:
    """What an export holds: whole orders, and the rows that had to be left out."""

    orders: tuple[ChannelOrder, ...]
    rejects: tuple[Reject, ...]


OrderReader = Callable[[OrderFile], OrdersRead]
