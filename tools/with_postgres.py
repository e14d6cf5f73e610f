"""Runs a command with a PostgreSQL server of its own: python -m tools.with_postgres COMMAND...

The server writes as safely as one that is in use and is gone when the command ends. The command finds its URL in
WAREHOUSE_BENCH_POSTGRES; without PostgreSQL on this machine it runs all the same, without that variable.
"""

import os
import signal
import subprocess
import sys

from tools.postgres import NoServer, PostgresServer

VARIABLE = "WAREHOUSE_BENCH_POSTGRES"


def main() -> int:
    """Give the command's own status."""
    command = sys.argv[1:]
    if not command:
        print("usage: python -m tools.with_postgres COMMAND...", file=sys.stderr)
        return 2
    try:
        server = PostgresServer(durable=True)
    except NoServer as error:
        print(f"without PostgreSQL: {error}", file=sys.stderr)
        return _run(command, {})
    with server:
        return _run(command, {VARIABLE: server.url()})


def _run(command: list[str], variables: dict[str, str]) -> int:
    # Ctrl+C reaches the command too, which ends in its own way; the server is stopped after it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(command, env={**os.environ, **variables}, preexec_fn=_listen_again)  # noqa: PLW1509
    return process.wait()


def _listen_again() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    sys.exit(main())
