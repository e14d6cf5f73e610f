"""What a keyboard-wedge scanner's keys mean: as the system says, or by where they lie on a US keyboard."""

import sys
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

GROUP_SEPARATOR = "\x1d"  # Scanners send GS1's separator as Ctrl+].

BOUNCE_MS = 250
BURST_MS = 200

_COMMAND_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
"""The number of the first key of each row, and what its keys say without and with Shift."""

_PLAIN = {first + place: character for first, plain, _ in _ROWS for place, character in enumerate(plain)}
_SHIFTED = {first + place: character for first, _, shifted in _ROWS for place, character in enumerate(shifted)}
_BRACKET_RIGHT = 27
_X11_OFFSET = 8


class KeyLayout(StrEnum):
    """Which characters a scanner's keys are taken for."""

    SYSTEM = "system"
    US = "us"


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """How this station's wedge scanner is set.

    With `prefix` only what begins with it is a scan, however slowly it comes. A repeat of a code within `bounce_ms` is
    a bounce; what follows a bad scan within `burst_ms` comes from the scanner's memory and does not count.
    """

    prefix: str = ""
    layout: KeyLayout = KeyLayout.SYSTEM
    bounce_ms: int = BOUNCE_MS
    burst_ms: int = BURST_MS


def character_of(event: QKeyEvent, layout: KeyLayout) -> str:
    """The character of a key that may be part of a code, empty for all others.

    With the US layout the key's place decides, so neither another country's keyboard nor Caps Lock changes a code.
    """
    if layout is KeyLayout.US:
        found = _by_place(event)
        if found is not None:
            return found
    text = event.text()
    if text == GROUP_SEPARATOR:
        return text
    if text and text.isprintable() and not event.modifiers() & _COMMAND_MODIFIERS:
        return text
    return ""


def _by_place(event: QKeyEvent) -> str | None:
    """The character at this place of a US keyboard; None for keys without one there, or from tests without places."""
    code = event.nativeScanCode()
    # X servers count from 8; both they and Windows number the keys as the first PC keyboards did.
    place = code - _X11_OFFSET if sys.platform not in ("win32", "darwin") else code
    if place not in _PLAIN:
        return None
    modifiers = event.modifiers()
    if modifiers & _COMMAND_MODIFIERS:
        only_control = modifiers & _COMMAND_MODIFIERS == Qt.KeyboardModifier.ControlModifier
        return GROUP_SEPARATOR if only_control and place == _BRACKET_RIGHT else ""
    shifted = modifiers & Qt.KeyboardModifier.ShiftModifier
    return (_SHIFTED if shifted else _PLAIN)[place]
