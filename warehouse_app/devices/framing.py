"""Cuts what a serial port sends into frames, and keeps a broken or hostile device from flooding the program."""

import re
from collections.abc import Iterator

FRAME_LIMIT = 4_096
"""The longest scan there is has a tenth of this; what is longer is noise."""

FRAMES_A_SECOND = 200
"""More than any person scans, and than any scale needs."""

BURST = 2_000
"""A cordless scanner that comes back sends all that it has stored at once."""

QUIET_S = 1.0
_END = re.compile(rb"[\r\n]")


class Framer:
    """Frames are ended by CR or LF; empty ones do not count. Memory stays within one frame, whatever comes."""

    def __init__(self, limit: int = FRAME_LIMIT, frames_a_second: int = FRAMES_A_SECOND, burst: int = BURST) -> None:
        self._limit, self._frames_a_second, self._burst = limit, frames_a_second, burst
        self._rest = bytearray()
        self._too_long = False
        self._allowed, self._allowed_at = float(burst), 0.0
        self._flooded_until = float("-inf")

    def feed(self, data: bytes, at_s: float) -> Iterator[bytes]:
        """The frames that are complete now; `at_s` is of any steady clock."""
        start = 0
        for end in _ends(data):
            self._keep(data[start:end])
            frame, too_long = bytes(self._rest), self._too_long
            self._rest.clear()
            self._too_long = False
            start = end + 1
            if frame and not too_long and self._may_pass(at_s):
                yield frame
        self._keep(data[start:])

    def flooded(self, at_s: float) -> bool:
        """Whether frames are thrown away because there are too many."""
        return at_s < self._flooded_until

    def _keep(self, data: bytes) -> None:
        if len(self._rest) + len(data) > self._limit:
            self._too_long = True
            self._rest.clear()
        if not self._too_long:
            self._rest += data

    def _may_pass(self, at_s: float) -> bool:
        """What is allowed grows steadily up to a burst; a flood must end for a second before anything counts again.

        What is thrown away uses up what is allowed too: a flood that goes on is not let through once a second.
        """
        gained = max(0.0, at_s - self._allowed_at) * self._frames_a_second
        self._allowed, self._allowed_at = min(self._burst, self._allowed + gained), at_s
        if self._allowed < 1:
            self._flooded_until = at_s + QUIET_S
        else:
            self._allowed -= 1
        return not self.flooded(at_s)


def _ends(data: bytes) -> Iterator[int]:
    return (match.start() for match in _END.finditer(data))
