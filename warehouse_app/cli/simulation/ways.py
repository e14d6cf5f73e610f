"""How a server is reached: by itself, and by a faulty way to it."""

import socket
from collections.abc import Callable
from urllib.parse import quote, urlencode

from psycopg.conninfo import conninfo_to_dict

from warehouse_app.cli.simulation.rows import plain_url

USUAL_PORT = 5432


def dialler(url: str) -> Callable[[], socket.socket]:
    """Makes connections to the server of this URL, by its socket or by the network."""
    parts = conninfo_to_dict(plain_url(url))
    host, port = (
        str(parts.get("host") or "localhost").split(",")[0],
        int(str(parts.get("port") or USUAL_PORT).split(",")[0]),
    )

    def dial() -> socket.socket:
        if not host.startswith("/"):
            return socket.create_connection((str(parts.get("hostaddr") or host), port), timeout=5)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.connect(f"{host}/.s.PGSQL.{port}")
        return made

    return dial


def url_by_way(url: str, port: int) -> str:
    """The same database by a port on the loopback. The server's name stays, so that its certificate still fits."""
    parts = {name: str(value) for name, value in conninfo_to_dict(plain_url(url)).items() if value is not None}
    host = parts.pop("host", "localhost").split(",")[0]
    for name in ("port", "hostaddr"):
        parts.pop(name, None)
    user, password, database = (quote(parts.pop(name, ""), safe="") for name in ("user", "password", "dbname"))
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    if host.startswith("/"):
        host = "127.0.0.1"
    else:
        parts["hostaddr"] = "127.0.0.1"
    query = f"?{urlencode(parts, quote_via=quote)}" if parts else ""
    return f"postgresql://{login}{host}:{port}/{database}{query}"
