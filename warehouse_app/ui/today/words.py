"""The words of the first page: states, reasons and discrepancies as the books name them, in the language in use."""

from collections.abc import Mapping

from warehouse_app.domain.wording import discrepancy_name, reason_text, stopped_text
from warehouse_app.language import language_in_use, mark, tr, tr_n
from warehouse_app.operations.today import OpenOrder, PickUp, Stages, Stuck, Today
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.times import day_text, minutes_until, moment_text, span_text
from warehouse_app.ui.today.rows import RowView
from warehouse_app.ui.widgets import BannerView, KPIView

AWAITS: Mapping[str, str] = {
    "new": mark("not reserved"),
    "reserved": mark("to be released"),
    "partial": mark("reserved in part"),
    "short": mark("short of stock"),
    "released": mark("to pick"),
    "picking": mark("being picked"),
    "picked": mark("to pack"),
    "packing": mark("being packed"),
    "packed": mark("to hand over"),
}
"""What an open order waits for, in its list."""

EXAMPLES = 3
"""Orders that are named of each kind that is stuck, the most urgent ones."""


def service_name(pick_up: PickUp) -> str:
    """A service in the language in use."""
    return pick_up.name_zh if language_in_use() == "zh" and pick_up.name_zh else pick_up.name


def stage_words(stages: Stages) -> str:
    """The stages of a pick-up in words, the nearest to the door first."""
    parts = (
        (stages.to_hand_over, tr("{n} to hand over", n=f"{stages.to_hand_over:,}")),
        (stages.to_pack, tr("{n} to pack", n=f"{stages.to_pack:,}")),
        (stages.to_pick, tr("{n} to pick", n=f"{stages.to_pick:,}")),
        (stages.to_release, tr("{n} to release", n=f"{stages.to_release:,}")),
    )
    return ", ".join(words for number, words in parts if number) or tr("nothing left")


def kpi_views(today: Today) -> tuple[KPIView, ...]:
    """The figures of the first row."""
    late = today.late[0] if today.late else None
    oldest = tr("the oldest by {time}", time=_late(late, today)) if late else tr("everything is in time")
    return (
        KPIView(
            tr("To pick"),
            f"{today.stages.to_pick:,}",
            tr_n("{n:,} unit", "{n:,} units", today.pick_units),
            icon="picking",
        ),
        KPIView(tr("To pack"), f"{today.stages.to_pack:,}", _waiting_words(today), icon="packing"),
        KPIView(tr("To hand over"), f"{today.stages.to_hand_over:,}", tr("packed and labelled"), icon="shipping"),
        KPIView(
            tr("Shipped today"),
            f"{today.shipped_today:,}",
            tr_n("{n:,} unit", "{n:,} units", today.shipped_units_today),
            Tone.OK if today.shipped_today else Tone.NEUTRAL,
            "truck",
        ),
        KPIView(
            tr("Late"),
            f"{today.late_count:,}",
            oldest,
            Tone.ERROR if today.late_count else Tone.OK,
            "triangle" if today.late_count else "check-circle",
        ),
    )


def late_rows(today: Today) -> tuple[RowView, ...]:
    """Orders that should have left, the oldest first."""
    return tuple(
        RowView(
            "clock", order.order_no, _order_words(order, today), tr("{time} late", time=_late(order, today)), Tone.ERROR
        )
        for order in today.late
    )


def stuck_rows(today: Today) -> tuple[RowView, ...]:
    """What does not move by itself, each kind with what to do and its most urgent examples."""
    stuck = today.stuck
    rows = [
        *_kind(
            RowView("hand", tr("Cancelled at a station"), tr("it is told to stop; then units are put back"),
                    f"{stuck.stop_count:,}", Tone.ERROR),
            stuck.stop_requests,
        ),
        *_parked_row(stuck),
        *_stopped_rows(stuck),
        *_kind(
            RowView("lock", tr("On hold"), tr("check, then: warehouse-app orders unhold NO"), f"{stuck.held_count:,}",
                    Tone.WARN),
            stuck.held,
        ),
        *_kind(
            RowView("triangle", tr("Stock is missing"), tr("they leave in part, or wait for stock"),
                    f"{stuck.short_count:,}", Tone.WARN),
            stuck.short,
        ),
    ]  # fmt: skip
    if stuck.owing:
        words = tr("count them; see: warehouse-app stock --owed")
        rows.append(RowView("search", tr("More was taken than booked"), words, f"{stuck.owing:,}", Tone.WARN))
    for kind, number in stuck.discrepancies:
        words = tr("floor and books differ; to be settled")
        rows.append(RowView("search", discrepancy_name(kind), words, f"{number:,}", Tone.WARN))
    return tuple(rows)


def count_rows(today: Today) -> tuple[RowView, ...]:
    """The newest count in figures."""
    last = today.last_count
    if last is None:
        return ()
    counted = tr("{n} of {total} locations", n=f"{last.counted:,}", total=f"{last.locations:,}")
    variance = tr_n("{n:,} unit found more or less", "{n:,} units found more or less", last.units_off)
    off = Tone.WARN if last.with_variance else Tone.OK
    return (
        RowView("count", tr("Counted"), counted, f"{_percent(last.counted, last.locations)} %"),
        RowView("triangle" if last.with_variance else "check-circle", tr("With a variance"), variance,
                f"{last.with_variance:,}", off),
        RowView("user", tr("Approved"), tr("of the counted locations"), f"{last.approved:,}"),
    )  # fmt: skip


def count_day(today: Today) -> str:
    """The day of the newest count."""
    return day_text(today.last_count.business_day) if today.last_count else ""


def hint(today: Today) -> BannerView | None:
    """What to do next while orders wait for a decision that only a command makes."""
    if today.unreserved:
        words = tr("Run: warehouse-app reserve, then warehouse-app waves release")
        title = tr_n("{n:,} order is not reserved yet", "{n:,} orders are not reserved yet", today.unreserved)
        return BannerView(title, words, Tone.PRIMARY, "info")
    if today.releasable and not today.stages.to_pick and not today.stages.to_pack:
        words = tr("Run: warehouse-app waves release")
        title = tr_n("{n:,} order waits for a wave", "{n:,} orders wait for a wave", today.releasable)
        return BannerView(title, words, Tone.PRIMARY, "info")
    return None


def _kind(head: RowView, orders: tuple[OpenOrder, ...]) -> list[RowView]:
    """The row of a kind with the orders that are named of it; nothing when there is none."""
    if not orders:
        return []
    return [
        head,
        *(
            RowView("", order.order_no, reason_text(order.why), tr_n("{n:,} unit", "{n:,} units", order.units))
            for order in orders[:EXAMPLES]
        ),
    ]


def _parked_row(stuck: Stuck) -> list[RowView]:
    if not stuck.parked_facts:
        return []
    words = tr("run: warehouse-app bookkeeper reapply")
    return [RowView("octagon-cross", tr("Facts the books cannot take"), words, f"{stuck.parked_facts:,}", Tone.ERROR)]


def _stopped_rows(stuck: Stuck) -> list[RowView]:
    return [
        RowView(
            "octagon-cross", tr("Facts of {station} wait", station=one.station),
            stopped_text(one.station, one.reason, one.what), f"{one.waiting:,}", Tone.ERROR,
        )
        for one in stuck.stopped
    ]  # fmt: skip


def _order_words(order: OpenOrder, today: Today) -> str:
    parts = (
        tr(AWAITS[order.state]),
        tr_n("{n:,} unit", "{n:,} units", order.units),
        tr("due {when}", when=moment_text(order.ship_by, today.now, today.timezone)),
    )
    return " · ".join(parts)


def _waiting_words(today: Today) -> str:
    return tr("in totes, ready for a bench") if today.stages.to_pack else tr("no tote waits")


def _late(order: OpenOrder, today: Today) -> str:
    return span_text(-minutes_until(order.ship_by, today.now))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
