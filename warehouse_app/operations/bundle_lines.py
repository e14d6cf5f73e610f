"""Lines of an order that belong together, because they are the parts of one bundle."""

from collections.abc import Iterable, Iterator

from warehouse_app.books.ledger import Books
from warehouse_app.books.rows import LineRow
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark


class NotWholeBundles(WarehouseError):
    """A quantity of a bundle's part that would leave a bundle in pieces."""

    message = mark(
        "Line {line} of order {order} is a part of {bundle}, {units} in each: {quantity} makes no whole bundles."
    )


def line_of(order_no: str, line_no: int, books: Books) -> LineRow:
    """A line by its number. Raises NotFound."""
    line = books.lines.get(order_no, line_no)
    if line is None:
        raise NotFound(thing=mark("line"), name=f"{order_no} / {line_no}")
    return line


def whole(line: LineRow, quantity: int, books: Books) -> Iterator[tuple[LineRow, int]]:
    """The line and the other parts of its bundle, each with its units for this quantity of the line.

    Raises NotWholeBundles.
    """
    if not line.bundle_sku:
        yield line, quantity
        return
    bundles, rest = divmod(quantity, line.bundle_units)
    if rest:
        raise NotWholeBundles(
            line=line.line_no, order=line.order_no, bundle=line.bundle_sku, units=line.bundle_units, quantity=quantity
        )
    for part in parts_of(line, books):
        yield part, bundles * part.bundle_units


def parts_of(line: LineRow, books: Books) -> list[LineRow]:
    """The lines of the bundle that a line is a part of, itself among them."""
    if not line.bundle_sku:
        return [line]
    return [other for other in books.lines_of(line.order_no) if other.bundle_line == line.bundle_line]


def with_parts(lines: Iterable[LineRow], books: Books) -> list[LineRow]:
    """These lines and whatever belongs to their bundles, each once, by number."""
    found = {part.line_no: part for line in lines for part in parts_of(line, books)}
    return [found[number] for number in sorted(found)]
