"""A serial device at the other end of a pseudo terminal; it can be pulled out and put in again."""

import os
import tty
from pathlib import Path


class Plug:
    """A port under a path that stays the same, as udev keeps it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._device = self._program = -1
        self.put_in()

    def put_in(self) -> None:
        """Connect the device."""
        self._device, self._program = os.openpty()
        tty.setraw(self._program)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._program))

    def pull_out(self) -> None:
        """The cable is out: readers get an error, and the path is gone."""
        self.path.unlink(missing_ok=True)
        os.close(self._device)
        os.close(self._program)

    def send(self, data: bytes) -> None:
        """The device sends; waits until all of it is taken."""
        while data:
            data = data[os.write(self._device, data) :]

    def receive(self, most: int = 100) -> bytes:
        """What the program sent to the device."""
        return os.read(self._device, most)
