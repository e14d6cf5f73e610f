"""Orders as programs read them, the same wherever they are printed."""

from dataclasses import asdict

from warehouse_app.operations.orders import OrderDetail


def order_value(found: OrderDetail) -> dict[str, object]:
    """An order as programs read it."""
    lines = [
        {name: getattr(line, name) for name in line.__slots__ if name != "line_no"} | {"line": line.line_no}
        for line in found.lines
    ]
    return {
        **asdict(found.summary),
        "lines": lines,
        "reasons": found.reasons,
        "history": found.history,
        "cartons": found.cartons,
    }
