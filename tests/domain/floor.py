"""A bench without a disk: scans are decided, their facts are journalled in memory and applied."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from warehouse_app.domain.catalogue import Barcode, Catalogue, ProductCard
from warehouse_app.domain.facts import Fact, Recorded
from warehouse_app.domain.packets import Packet
from warehouse_app.domain.scan import parse_scan
from warehouse_app.domain.session import FeedbackKind, Outcome, Session

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
MUG, LAMP, TEA, BOWL = "MUG", "LAMP", "TEA", "BOWL"
MUG_CODE, MUG_CASE, TEA_CODE = "4006381333931", "10614141000002", "09506000134352"
CARDS = (
    ProductCard(MUG, "Mug", quantity_entry_above=5),
    ProductCard(LAMP, "Lamp", scan_each=True),
    ProductCard(TEA, "Tea", lot_rule="lot_expiry", shelf_life_days=100, quantity_entry_above=5),
    ProductCard(BOWL, "Bowl"),
)
CATALOGUE = Catalogue.of(
    CARDS,
    [Barcode(MUG_CODE, MUG, 1), Barcode(MUG_CASE, MUG, 12), Barcode(TEA_CODE, TEA, 1)],
)


class Floor:
    """Drives one session as a station does; the packets that wait are handed out when they are needed."""

    def __init__(self, session: Session[Any], *packets: Packet) -> None:
        self.session = session
        self.journal: list[Recorded] = []
        self.now = NOON
        for packet in packets:
            self.session.take(packet)
        if len(packets) == 1:
            self.session.current = packets[0].work

    def scan(self, text: str) -> Outcome:
        """Decide a scan, journal its facts and apply them."""
        return self.keep(self.session.decide(parse_scan(text, year=2026)))

    def scans(self, *texts: str) -> Outcome:
        """Several scans; the answer to the last."""
        return [self.scan(text) for text in texts][-1]

    def amend(self, work: str, number: int, **content: object) -> Outcome:
        """A change to work in hand arrives."""
        return self.keep(self.session.amend(work, number, content))

    def keep(self, outcome: Outcome) -> Outcome:
        """Journal and apply; the facts of one scan share its second."""
        self.now += timedelta(seconds=1)
        for fact in outcome.facts:
            sequence = len(self.journal) + 1
            recorded = Recorded(f"f{sequence}", "S1", "i1", sequence, "W-07", self.now, outcome.work, 1, fact)
            self.journal.append(recorded)
            self.session.apply(recorded)
        return outcome

    def facts(self, kind: type[Fact]) -> list[Any]:
        """The journalled facts of one kind."""
        return [recorded.fact for recorded in self.journal if isinstance(recorded.fact, kind)]

    @property
    def state(self) -> Any:  # noqa: ANN401 - every task has its own kind
        """The state of the work at hand."""
        assert self.session.state is not None
        return self.session.state

    @property
    def expected(self) -> list[str]:
        """The texts of the scans that would be right next."""
        return [expected.scan_text for expected in self.session.expected()]

    def weigh(self, weight_g: int) -> Outcome:
        """A stable weight comes from the scale."""
        return self.keep(self.session.weigh(weight_g))

    def follow(self, at_most: int = 200) -> list[Outcome]:
        """Always scan what is expected first, until nothing is; fails when that never ends."""
        outcomes: list[Outcome] = []
        while self.expected:
            assert len(outcomes) < at_most, "Following the expected scans never ends."
            outcomes.append(self.scan(self.expected[0]))
            kind = outcomes[-1].feedback.kind
            assert kind in (
                FeedbackKind.OK, FeedbackKind.LAST, FeedbackKind.DONE, FeedbackKind.INFO, FeedbackKind.PROMPT,
            ), outcomes[-1].feedback  # fmt: skip
        return outcomes

    def restarted(self, session: Session[Any], *packets: Packet) -> "Floor":
        """The same bench after a kill: a new session takes the packets and replays the journal."""
        floor = Floor(session, *packets)
        floor.journal, floor.now = list(self.journal), self.now
        for recorded in self.journal:
            session.apply(recorded)
        return floor


def text_of(outcome: Outcome) -> str:
    """The English words of an answer."""
    return outcome.feedback.message.format(**shown(outcome.feedback.values))


def shown(values: Any) -> dict[str, object]:  # noqa: ANN401 - whatever a feedback carries
    """Values with products by their names."""
    return {key: value.name if isinstance(value, ProductCard) else value for key, value in values.items()}


def kinds_of(outcomes: Iterable[Outcome]) -> list[FeedbackKind]:
    """The kinds of several answers."""
    return [outcome.feedback.kind for outcome in outcomes]
