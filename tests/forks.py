"""Our own program, loaded once and forked for each process that a test starts, which saves loading it every time.

Each station is still a process of its own, which a test kills as the system would.
"""

import importlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from warehouse_app.app import main

ROOT = Path(__file__).parent.parent
PATIENCE_S = 60.0
STANDARD = (0, 1, 2)
LOADED = ("warehouse_app.channels.readers", "warehouse_app.cli.main", "warehouse_app.store.migrate")
"""What the program loads only when a command needs it."""


class Forks:
    """The loaded program; a context manager. A test asks it for processes one after the other."""

    def __enter__(self) -> Self:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(PATIENCE_S)
        with theirs:
            command = (sys.executable, "-m", "tests.forks", str(theirs.fileno()))
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=ROOT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._process.wait(PATIENCE_S)

    def start(self, *words: str) -> "Fork":
        """This program with these arguments in a process of its own, with pipes, not waited for."""
        (stdin, to_stdin), (from_stdout, stdout), (from_stderr, stderr) = (os.pipe() for _ in STANDARD)
        socket.send_fds(self._socket, [json.dumps(words).encode()], [stdin, stdout, stderr])
        process = json.loads(self._socket.recv(100))
        for end in (stdin, stdout, stderr):
            os.close(end)
        return Fork(self, process, (to_stdin, from_stdout, from_stderr))

    def wait(self, process: int) -> int:
        """How a process ended, as subprocess tells it."""
        self._socket.send(json.dumps(process).encode())
        return int(json.loads(self._socket.recv(100)))


class Fork:
    """A forked process with what the tests use of subprocess.Popen."""

    def __init__(self, forks: Forks, process: int, pipes: tuple[int, int, int]) -> None:
        self._forks, self.pid = forks, process
        self.stdin, self.stdout, self.stderr = (
            os.fdopen(pipe, mode) for pipe, mode in zip(pipes, ("wb", "rb", "rb"), strict=True)
        )
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode

    def kill(self) -> None:
        os.kill(self.pid, 9)

    def wait(self, timeout: float | None = None) -> int:
        """The timeout is that of the forks."""
        del timeout
        if self.returncode is None:
            self.returncode = self._forks.wait(self.pid)
        return self.returncode


def serve(requests: socket.socket) -> None:
    """Fork for every list of words that comes with three pipes; wait for every number that comes alone."""
    for name in LOADED:
        importlib.import_module(name)
    while True:
        text, pipes, _, _ = socket.recv_fds(requests, 10_000, len(STANDARD))
        if not text:
            return
        asked = json.loads(text)
        if isinstance(asked, int):
            _, status = os.waitpid(asked, 0)
            requests.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())
            continue
        process = os.fork()
        if process == 0:
            requests.close()
            for near, standard in zip(pipes, STANDARD, strict=True):
                os.dup2(near, standard)
                os.close(near)
            _become(asked)
        for near in pipes:
            os.close(near)
        requests.send(json.dumps(process).encode())


def _become(words: list[str]) -> NoReturn:
    """Be the program with these arguments."""
    status = 1
    try:
        status = main(words)
        sys.stdout.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
