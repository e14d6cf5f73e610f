r"""The escapes in which scans are written down: `\x1d` for GS, `\r`, `\n`, `\t`, and `\\` for one backslash."""

import re

_ESCAPES = {r"\x1d": "\x1d", r"\r": "\r", r"\n": "\n", r"\t": "\t", r"\\": "\\"}
_ESCAPE = re.compile(r"\\(?:x1[dD]|[rnt\\])")


def unescape_scan_text(text: str) -> str:
    """Turn the escapes into what they stand for; any other backslash is itself."""
    return _ESCAPE.sub(lambda match: _ESCAPES[match[0].lower()], text)


def escape_scan_text(text: str) -> str:
    """Write a scan on one line so that `unescape_scan_text` gives it back."""
    escaped = text.replace("\\", r"\\")
    for escape, character in _ESCAPES.items():
        if character != "\\":
            escaped = escaped.replace(character, escape)
    return escaped
