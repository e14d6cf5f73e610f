"""A trigger that bounces sends the same code twice; the second one does not count."""

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
