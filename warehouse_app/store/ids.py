"""Keys made by the client."""

import os
import time


def new_key() -> str:
    """A UUID of version 7 (RFC 9562) as 32 hex digits: sorted by the millisecond in which it was made."""
    bits = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
    return f"{bits:032x}"
