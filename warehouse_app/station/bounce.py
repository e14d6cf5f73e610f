"""Scans that nobody meant: the second of a trigger that bounces, and what a scanner's memory sends after a bad one."""

import time


class BounceGuard:
    """Knows whether a scan is the same as the one before it within a time. 0 switches the guard off."""

    def __init__(self, within_ms: int = 250) -> None:
        self._within_s = within_ms / 1000
        self._last = ""
        self._last_at = float("-inf")

    def bounces(self, scan_text: str, at: float | None = None) -> bool:
        """Whether this scan is a bounce; `at` is its time in seconds of any steady clock."""
        now = time.monotonic() if at is None else at
        bounced = scan_text == self._last and 0 <= now - self._last_at < self._within_s
        self._last, self._last_at = scan_text, now
        return bounced


class BurstGuard:
    """Holds back what follows a bad scan at once.

    A cordless scanner that comes back empties its memory: whoever scanned it could not see that one was wrong, and what
    was meant for the next unit must not count for another. A pause longer than any such burst has ends it.
    """

    def __init__(self, within_ms: int = 200) -> None:
        self._within_s = within_ms / 1000
        self._broken = False
        self._last_at = float("-inf")
        self.held_back = 0
        """Scans of this burst that did not count."""

    def holds_back(self, at: float | None = None) -> bool:
        """Whether this scan does not count; `at` is its time in seconds of any steady clock."""
        now = time.monotonic() if at is None else at
        held = self._broken and now - self._last_at < self._within_s
        self._last_at = now
        self._broken = held
        self.held_back = self.held_back + 1 if held else 0
        return held

    def answered(self, *, bad: bool) -> None:
        """What the last scan that counted was answered with."""
        self._broken = self._broken or bad
