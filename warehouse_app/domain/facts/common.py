"""Facts that any task can have."""

from dataclasses import dataclass

from warehouse_app.domain.facts.base import Fact, decode, fact


@fact("undone")
@dataclass(frozen=True, slots=True)
class Undone(Fact):
    """The worker took the last act back. The undone fact travels along, so that it is reversed without a look-up."""

    fact_id: str
    original_kind: str
    original_version: int
    original_payload: str

    @property
    def original(self) -> Fact:
        """The fact that was taken back."""
        return decode(self.original_kind, self.original_version, self.original_payload)


@fact("amendment_taken")
@dataclass(frozen=True, slots=True)
class AmendmentTaken(Fact):
    """The station took a numbered change to work it holds. `content` is the amendment as ASCII JSON."""

    work: str
    number: int
    content: str


@fact("work_finished")
@dataclass(frozen=True, slots=True)
class WorkFinished(Fact):
    """The station is done with work that it had claimed and needs its packet no longer."""

    work: str


@fact("unpostable")
@dataclass(frozen=True, slots=True)
class Unpostable(Fact):
    """Stands for a fact that a database refused as it was; `reason` is what it said. A person looks at it."""

    original_kind: str
    original_version: int
    original_payload: str
    worker: str
    work: str
    reason: str

    @property
    def original(self) -> Fact:
        """The fact that was refused."""
        return decode(self.original_kind, self.original_version, self.original_payload)


@fact("fact_lost")
@dataclass(frozen=True, slots=True)
class FactLost(Fact):
    """Nobody has the fact of this number any more: the disk it was on is damaged, and a supervisor has said so."""

    said_by: str
