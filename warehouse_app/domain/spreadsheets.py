"""Cells for spreadsheets that people open: no text of a customer or a channel may run as a formula there."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def spreadsheet_text(value: object) -> object:
    """The value as a cell: a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
