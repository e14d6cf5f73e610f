"""The codes that this warehouse prints itself: a prefix that says what is named, and the name."""

import re
from datetime import date
from urllib.parse import quote, unquote_to_bytes

LOCATION_PREFIX = "LOC"
TOTE_PREFIX = "TOTE"
ORDER_PREFIX = "ORD"
PICK_LIST_PREFIX = "LIST"
BADGE_PREFIX = "BADGE"
COMMAND_PREFIX = "CMD"
CARTON_TYPE_PREFIX = "BOX"
PURCHASE_ORDER_PREFIX = "PO"
QUANTITY_PREFIX = "QTY"
LOT_PREFIX = "LOT"
EXPIRY_PREFIX = "EXP"
SERIAL_PREFIX = "SER"

_PREFIXES = (
    LOCATION_PREFIX,
    TOTE_PREFIX,
    ORDER_PREFIX,
    PICK_LIST_PREFIX,
    BADGE_PREFIX,
    COMMAND_PREFIX,
    CARTON_TYPE_PREFIX,
    PURCHASE_ORDER_PREFIX,
    QUANTITY_PREFIX,
    LOT_PREFIX,
    EXPIRY_PREFIX,
    SERIAL_PREFIX,
)
_OWN_CODE = re.compile(rf"({'|'.join(_PREFIXES)}):(.*)", re.IGNORECASE | re.DOTALL | re.ASCII)
# Code 128 prints ASCII. A percent sign starts an escape, and blanks at the ends would be stripped from a scan.
_PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")


def own_code(prefix: str, name: str) -> str:
    """The scan text for a name; what Code 128 cannot print, blanks at the ends and `%` are percent-encoded."""
    safe = _PRINTABLE if name == name.strip(" ") else _PRINTABLE.replace(" ", "")
    return f"{prefix}:{quote(name, safe=safe, errors='surrogatepass')}"


def split_own_code(text: str) -> tuple[str, str] | None:
    """The prefix in capitals and the decoded name, or None when the text is no own code."""
    match = _OWN_CODE.fullmatch(text)
    if match is None:
        return None
    return match[1].upper(), _decoded(match[2])


def _decoded(text: str) -> str:
    """Undo the percent-encoding; what was not encoded by us is left as it came."""
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")
    except UnicodeDecodeError:
        return text


def location_code(location: str) -> str:
    """The scan text of a location."""
    return own_code(LOCATION_PREFIX, location)


def tote_code(tote: str) -> str:
    """The scan text of a tote."""
    return own_code(TOTE_PREFIX, tote)


def order_code(order_no: str) -> str:
    """The scan text of an order."""
    return own_code(ORDER_PREFIX, order_no)


def pick_list_code(pick_list_no: str) -> str:
    """The scan text of a pick list."""
    return own_code(PICK_LIST_PREFIX, pick_list_no)


def badge_code(badge: str) -> str:
    """The scan text of a worker's badge."""
    return own_code(BADGE_PREFIX, badge)


def command_code(command: str) -> str:
    """The scan text of a command such as CLOSE."""
    return own_code(COMMAND_PREFIX, command)


def carton_type_code(carton_type: str) -> str:
    """The scan text of a carton type."""
    return own_code(CARTON_TYPE_PREFIX, carton_type)


def purchase_order_code(po_no: str) -> str:
    """The scan text of a purchase order."""
    return own_code(PURCHASE_ORDER_PREFIX, po_no)


def quantity_code(quantity: int) -> str:
    """The scan text that means so many units; people type `*12` for it."""
    return own_code(QUANTITY_PREFIX, str(quantity))


def lot_code(lot: str) -> str:
    """The scan text of a lot, for goods whose own code does not tell it."""
    return own_code(LOT_PREFIX, lot)


def expiry_code(expires_on: date) -> str:
    """The scan text of an expiry date, such as `EXP:2027-01-31`."""
    return own_code(EXPIRY_PREFIX, expires_on.isoformat())


def serial_code(serial: str) -> str:
    """The scan text of a serial, for units whose own code does not tell it."""
    return own_code(SERIAL_PREFIX, serial)
