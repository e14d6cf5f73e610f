"""What a bench could work now without the shared database: how much it is, when it is due, how long it lasts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse_app.domain.facts import CartonClosed, ListFinished, LocationCounted
from warehouse_app.domain.packets import Packet, PackPacket, PickPacket
from warehouse_app.station.bench import Bench

PACE_OVER = timedelta(hours=1)
_ENDS = {"pack": CartonClosed.kind, "pick": ListFinished.kind, "count": LocationCounted.kind}


@dataclass(frozen=True, slots=True)
class AtHand:
    """Claimed work that is not begun: how much, when the first and the last of it is due.

    `lasts_until` is when it is done at the pace of this station's last hour; None when nothing was done in it.
    """

    count: int
    first_due: datetime | None = None
    last_due: datetime | None = None
    lasts_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One work at hand, with the code that begins it."""

    work: str
    scan_text: str
    due: datetime | None
    units: int


def at_hand(bench: Bench) -> AtHand:
    """What could be worked now."""
    rows = work_at_hand(bench)
    due = sorted(row.due for row in rows if row.due is not None)
    return AtHand(len(rows), due[0] if due else None, due[-1] if due else None, _lasts_until(bench, len(rows)))


def work_at_hand(bench: Bench) -> list[WorkRow]:
    """Each of it, the most urgent first."""
    codes = [one.scan_text for one in bench.session.at_hand()]
    packets = [state.packet for state in bench.session.not_begun()]
    packets.sort(key=lambda packet: packet.ship_by if isinstance(packet, PackPacket) else "")
    return [
        WorkRow(packet.work, code, _due(packet), _units(packet)) for packet, code in zip(packets, codes, strict=False)
    ]


def _due(packet: Packet) -> datetime | None:
    return datetime.fromisoformat(packet.ship_by) if isinstance(packet, PackPacket) else None


def _units(packet: Packet) -> int:
    if isinstance(packet, PackPacket):
        return sum(part.quantity for part in packet.units)
    return sum(stop.quantity for stop in packet.stops) if isinstance(packet, PickPacket) else 0


def _lasts_until(bench: Bench, count: int) -> datetime | None:
    """By the works that this station ended within the last hour, as its journal has them."""
    since = (bench.now() - PACE_OVER).astimezone(UTC).isoformat(timespec="microseconds")
    query = "SELECT count(DISTINCT work) FROM journal WHERE kind = ? AND happened_at >= ?"
    done = bench.file.connection.execute(query, (_ENDS.get(bench.session.task, ""), since)).fetchone()[0]
    return bench.now() + PACE_OVER * count / done if done and count else None
