"""Finds the line of a layout's text that a message is about."""

import re

from warehouse_app.documents.labels.layout_fields import LayoutNotValid

_ITEM = re.compile(r"^[ \t]*\[\[[ \t]*items[ \t]*\]\]", re.MULTILINE)
_SAID = re.compile(r"at line (\d+)")
_UNFINISHED = "at end of document"
_NUMBERED = re.compile(r"items (\d+)")


def line_of_error(text: str, error: LayoutNotValid) -> int:
    """The line, from 1, that is wrong; 0 where it cannot be told."""
    place, reason = str(error.values["place"]), str(error.values["reason"])
    if said := _SAID.search(reason):
        return int(said[1])
    if _UNFINISHED in reason:
        return text.rstrip().count("\n") + 1
    if place.startswith("{"):
        return _line_at(text, text.find(place))
    item = _NUMBERED.search(place)
    start, end = _item_span(text, int(item[1]) if item else 0)
    field = re.compile(rf"^[^\n#]*\b{re.escape(place.rpartition(', ')[2])}\s*=", re.MULTILINE)
    found = field.search(text, start, end)
    if found is not None:
        return _line_at(text, found.end() - 1)
    return _line_at(text, start)


def line_of_item(text: str, item: int) -> int:
    """The line on which an item begins, from 1; 0 where there is no such item."""
    start, end = _item_span(text, item)
    return _line_at(text, start) if end > start else 0


def _item_span(text: str, item: int) -> tuple[int, int]:
    """Where an item begins and ends; item 0 is the head."""
    starts = [0, *(found.start() for found in _ITEM.finditer(text)), len(text)]
    return (starts[item], starts[item + 1]) if item + 1 < len(starts) else (len(text), len(text))


def _line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1 if place >= 0 else 0
