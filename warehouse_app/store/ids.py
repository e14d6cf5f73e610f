"""Keys made by the client."""

import os
import time
from threading import Lock

_making = Lock()
_last = 0


def new_key() -> str:
    """A UUID of version 7 (RFC 9562) as 32 hex digits: sorted by the millisecond in which it was made.

    Keys of one process are sorted by their making, also within a millisecond: rows of one instant keep their order.
    """
    global _last  # noqa: PLW0603 - the order of keys is the process's
    bits = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
    with _making:
        _last = max(bits, _last + 1)
        return f"{_last:032x}"
