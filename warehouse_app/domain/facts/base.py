"""What a fact is: something that has happened on the floor, in a form that is kept for ever.

A fact is a frozen dataclass of plain values with a kind and a version. A version once released is never changed: a
new shape is a new class with a higher version, and the old one goes on applying.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

PAYLOAD_LIMIT = 16_384
"""The largest payload of a fact in bytes; more than any scanner can send in one frame."""


class Fact:
    """Base of every kind of fact."""

    __slots__ = ()
    kind: ClassVar[str]
    version: ClassVar[int]


class UnknownFact(ValueError):
    """A kind or version that this release does not know: written by a newer one."""


FactType = TypeVar("FactType", bound=type[Fact])
_known: dict[tuple[str, int], type[Fact]] = {}


def fact(kind: str, version: int = 1) -> Any:  # noqa: ANN401 - a class decorator keeps the class it is given
    """Register a dataclass as this kind and version of fact."""

    def register(cls: FactType) -> FactType:
        cls.kind, cls.version = kind, version
        _known[kind, version] = cls
        return cls

    return register


_ENCODER = json.JSONEncoder(separators=(",", ":"))


def encode(fact: Fact) -> str:
    """The fact's payload: ASCII JSON, so that nothing a scanner sends can be refused by a database."""
    return _ENCODER.encode(asdict(fact))  # type: ignore[call-overload]


def decode(kind: str, version: int, payload: str) -> Fact:
    """The fact of this kind and version. Raises UnknownFact when a newer release wrote it."""
    cls = _known.get((kind, version))
    if cls is None:
        raise UnknownFact(f"{kind} version {version}")
    return cls(**json.loads(payload))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as the journal keeps it: who, where, when, for which work, and its place in the station's order.

    `sequence` counts from 1 without gaps in one incarnation of the station's journal. `work` names what the station
    had claimed (`pack:553000`), `epoch` the claim under which it worked.
    """

    fact_id: str
    station: str
    incarnation: str
    sequence: int
    worker: str
    happened_at: datetime
    work: str
    epoch: int
    fact: Fact
