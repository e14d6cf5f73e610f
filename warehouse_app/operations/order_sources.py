"""Which channel lines an order line serves, when its units go over to another line: none of them is lost or doubled."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping

from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

LineKey = tuple[str, int]
"""Order number and line number."""

_CHANNEL_LINE = ("channel", "shop", "channel_order_id", "channel_line_id")


@dataclass(frozen=True, slots=True)
class Passage:
    """Units of one order line that go over to another; `whole` when nothing stays."""

    from_line: LineKey
    to_line: LineKey
    quantity: int
    whole: bool


def pass_sources(tx: Transaction, passages: Sequence[Passage]) -> None:
    """Let the channel lines behind these units follow them. The lines they go to serve no channel line yet."""
    orders = {passage.from_line[0] for passage in passages}
    by_line: dict[LineKey, list[RowMapping]] = defaultdict(list)
    for row in tx.rows_in(tables.fulfilment_source, "order_no", orders):
        by_line[row["order_no"], row["line_no"]].append(row)
    kept: list[Row] = []
    gone: list[Row] = []
    added: list[Row] = []
    for passage in passages:
        left = passage.quantity
        for row in sorted(by_line[passage.from_line], key=_channel_line, reverse=True):
            moved = row["quantity"] if passage.whole else min(left, row["quantity"])
            left -= moved
            key = {name: row[name] for name in ("order_no", "line_no", *_CHANNEL_LINE)}
            if moved:
                order_no, line_no = passage.to_line
                added.append({**key, "order_no": order_no, "line_no": line_no, "quantity": moved})
            if moved == row["quantity"]:
                gone.append(key)
            elif moved:
                kept.append({**key, "quantity": row["quantity"] - moved})
    tx.remove(tables.fulfilment_source, gone)
    tx.change(tables.fulfilment_source, kept)
    tx.add(tables.fulfilment_source, added)


def _channel_line(row: RowMapping) -> tuple[str, ...]:
    return tuple(row[name] for name in _CHANNEL_LINE)
