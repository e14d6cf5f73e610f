"""What many writers did and how it went, counted while they write and told as a table."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from warehouse_app.cli.benchmarks.figures import percentile

COLUMNS = ("| act | times | decisions | facts | p50 ms | p95 ms | p99 ms | most ms |", f"|---|{7 * '---:|'}")


@dataclass(frozen=True, slots=True)
class Happened:
    """What an act came to: decisions about orders, stock and work that were made, and facts that were posted."""

    decisions: int = 0
    facts: int = 0

    def __add__(self, other: "Happened") -> "Happened":
        return Happened(self.decisions + other.decisions, self.facts + other.facts)

    def __sub__(self, other: "Happened") -> "Happened":
        return Happened(self.decisions - other.decisions, self.facts - other.facts)

    @property
    def operations(self) -> int:
        return self.decisions + self.facts


NOTHING = Happened()


class Tally:
    """Counts what happens; what an act came to is what the count has grown by."""

    def __init__(self) -> None:
        self.happened = NOTHING

    def decided(self, decisions: int = 1) -> None:
        self.happened += Happened(decisions=decisions)

    def posted(self, facts: int) -> None:
        self.happened += Happened(facts=facts)


@dataclass
class Report:
    """Acts by their name: what they came to and how long each took in seconds; refusals and errors by theirs."""

    happened: dict[str, Happened] = field(default_factory=lambda: defaultdict(Happened))
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    lasted_s: float = 0.0
    differences: int = 0
    oversold: int = 0

    @property
    def whole(self) -> Happened:
        return sum(self.happened.values(), NOTHING)

    @property
    def acts(self) -> int:
        return sum(map(len, self.seconds.values()))

    def add(self, other: "Report") -> None:
        """Take another writer's report in."""
        for name, times in other.seconds.items():
            self.seconds[name] += times
            self.happened[name] += other.happened[name]
        self.refused += other.refused
        self.errors += other.errors

    @property
    def did(self) -> str:
        """What was done, in one line."""
        whole = self.whole
        return (
            f"{whole.operations:,} operations ({whole.decisions:,} decisions, {whole.facts:,} facts) by {self.acts:,}"
            f" acts in {self.lasted_s:,.0f} s: {whole.operations / self.lasted_s:,.0f}/s"
        )

    @property
    def outcome(self) -> str:
        """What came of it, in one line."""
        return f"{self.oversold} oversold, {self.differences} differences, {sum(self.errors.values())} errors"

    def lines(self) -> list[str]:
        """The report as a table for people."""
        every = [one for times in self.seconds.values() for one in times]
        rows = [_row(name, self.happened[name], times) for name, times in sorted(self.seconds.items())]
        refused = f"{sum(self.refused.values()):,} acts refused for a reason"
        return [f"{self.did}; {self.outcome}; {refused}", "", *COLUMNS, *rows, _row("all", self.whole, every)]


def _row(name: str, happened: Happened, times: list[float]) -> str:
    took = [f"{percentile(times, part) * 1000:,.1f}" for part in (0.5, 0.95, 0.99, 1.0)]
    return " | ".join((f"| {name}", f"{len(times):,}", f"{happened.decisions:,}", f"{happened.facts:,}", *took)) + " |"
