"""Why a row of a file was not taken, in words that are translated where they are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from warehouse_app.language import mark


@dataclass(frozen=True, slots=True)
class Reason:
    """A marked template and its values: `tr(reason.message, **reason.values)` shows it; `str` is English."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was left out. The header is row 1; `field` is empty when the row as a whole is broken."""

    row: int
    field: str
    reason: Reason
    file: str = ""


def left_out(order_no: str, rows: Iterable[int], because: Reject) -> list[Reject]:
    """The rejects of an order's other rows: fine by themselves, but an order is taken whole or not at all."""
    reason = Reason(mark("Order {order} is left out because of row {row}."), {"order": order_no, "row": because.row})
    return [Reject(row, "order_no", reason, because.file) for row in rows]


class BadCell(ValueError):
    """A cell that cannot be taken; the reader of the file turns it into a Reject."""

    def __init__(self, field: str, message: str, **values: object) -> None:
        super().__init__(field, message)
        self.field = field
        self.reason = Reason(message, values)
