"""Where a URL leads, and that nobody sends a warehouse's data to a computer that has not proved who it is."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.pq import Conninfo
from sqlalchemy.engine import URL, make_url

from warehouse_app.domain.errors import ServerUnproven, ServiceInUrl, StoreUnavailable

PORT = "5432"
SEVERAL_HOSTS = re.compile(
    r"(?P<scheme>[^:/]+://)(?P<user>[^:/@]*(?::[^@]*)?@)?(?P<hosts>[^/?@]*,[^/?@]*)(?P<rest>[/?].*)?", re.DOTALL
)
HOST = re.compile(r"(?:\[(?P<numbers>[^\]]*)\]|(?P<name>[^:\[\]]+))(?::(?P<port>\d*))?")


@dataclass(frozen=True, slots=True)
class Place:
    """One server that a URL names: the host's name, the address it is reached by when that is given, and the port."""

    host: str
    address: str
    port: str

    @property
    def on_this_machine(self) -> bool:
        """Whether nothing sent there leaves this computer."""
        where = self.address or self.host
        if not where or where.startswith(("/", "@")) or where.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(where).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        name = self.host or self.address or "localhost"
        return f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}"


def url_of_several(text: str) -> URL | None:
    """The URL of a database on one of several servers, name:port,name:port; None when it names at most one.

    Raises StoreUnavailable for a host or port that is none.
    """
    found = SEVERAL_HOSTS.fullmatch(text)
    if found is None:
        return None
    hosts = [HOST.fullmatch(one) for one in found["hosts"].split(",")]
    if not all(hosts):
        raise StoreUnavailable(reason="not a database URL")
    names = [one["numbers"] or one["name"] for one in hosts if one]
    ports = [one["port"] or PORT for one in hosts if one]
    alone = make_url(f"{found['scheme']}{found['user'] or ''}{found['rest'] or ''}")
    return alone.update_query_dict({"host": ",".join(names), "port": ",".join(ports)})


def require_proof(asked: Mapping[str, object]) -> Sequence[Place]:
    """The servers that these connection settings lead to.

    What the settings leave out comes from the environment and its service file, as for every program of PostgreSQL's.
    Raises ServerUnproven when one is another computer and its certificate is not asked for, and ServiceInUrl.
    """
    if "service" in asked:
        raise ServiceInUrl(service=asked["service"])
    settings = {**_defaults(), **{name: str(value) for name, value in asked.items()}}
    places = _places(settings)
    for place in places:
        if not place.on_this_machine and settings.get("sslmode") != "verify-full":
            raise ServerUnproven(server=place, sslmode=settings.get("sslmode", ""))
    return places


def _defaults() -> dict[str, str]:
    found = {option.keyword.decode(): option.val or option.compiled for option in Conninfo.get_defaults()}
    return {name: value.decode(errors="replace") for name, value in found.items() if value}


def _places(settings: Mapping[str, str]) -> Sequence[Place]:
    hosts, addresses, ports = (settings.get(name, "").split(",") for name in ("host", "hostaddr", "port"))
    count = max(len(hosts), len(addresses))
    return [
        Place(_of(hosts, number).strip(), _of(addresses, number).strip(), _of(ports, number) or PORT)
        for number in range(count)
    ]


def _of(parts: Sequence[str], number: int) -> str:
    """One port stands for all hosts; of everything else each has its own."""
    return parts[number] if number < len(parts) else parts[0] if len(parts) == 1 else ""
