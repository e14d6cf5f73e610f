"""What the names that books, facts and packets keep say to people, in the language in use.

Books, files and `--json` keep the plain words, so that programs can rely on them. What is not listed here, such as a
reason that somebody typed, is shown as it is.
"""

import re
from collections.abc import Mapping
from string import Formatter

from warehouse_app.language import mark, tr

STATES: Mapping[str, str] = {
    # Orders.
    "new": mark("new"),
    "reserved": mark("reserved"),
    "partial": mark("partial"),
    "short": mark("short"),
    "released": mark("released"),
    "picking": mark("picking"),
    "picked": mark("picked"),
    "packing": mark("packing"),
    "packed": mark("packed"),
    "shipped": mark("shipped"),
    "cancelled": mark("cancelled"),
    "held": mark("held"),
    # Locations of a count, and whatever else is begun and ended.
    "open": mark("open"),
    "counted": mark("counted"),
    "recount": mark("recount"),
    "approved": mark("approved"),
    "done": mark("done"),
    # Campaigns.
    "planned": mark("planned"),
    "running": mark("running"),
    "ended": mark("ended"),
    # Facts.
    "waiting": mark("waiting"),
    "applied": mark("applied"),
    "parked": mark("parked"),
}

EVENTS: Mapping[str, str] = {
    "imported": mark("imported"),
    "changed": mark("changed"),
    "held": mark("put on hold"),
    "released_hold": mark("taken off hold"),
    "released": mark("released in a wave"),
    "picked_short": mark("picked short"),
    "missing_at_packing": mark("missing at packing"),
    "damaged_at_packing": mark("damaged at packing"),
    "allocation_lost": mark("allocation lost"),
    "reservation_lost": mark("reservation lost"),
    "stock_held": mark("its stock was put on hold"),
    "worked_twice": mark("worked on at another station after it was taken over"),
    "replaced": mark("picked elsewhere instead"),
    "carton_closed": mark("carton closed"),
    "carton_reopened": mark("carton reopened"),
    "label_asked": mark("label asked for"),
    "label_scanned": mark("label scanned back"),
    "labelled": mark("label printed"),
    "reprinted": mark("label printed again"),
    "handed_over": mark("handed over"),
    "handover_stopped": mark("handover stopped"),
    "cancel_requested": mark("cancellation asked for"),
    "stopped": mark("stopped"),
    "quantity_changed": mark("quantity changed"),
    "service_changed": mark("service changed"),
    "priority_changed": mark("priority changed"),
    "ship_policy_changed": mark("ship policy changed"),
    "address_changed": mark("address changed"),
    "split": mark("split"),
    "split_off": mark("split off from another order"),
    "merged": mark("took over another order"),
    "merged_into": mark("merged into another order"),
    "unrelease_requested": mark("called back from the floor"),
    "unreleased": mark("taken back from the floor"),
}
"""What happened to an order, where the word is not that of a state."""

EVENTS_IN_FULL: Mapping[str, str] = {
    "quantity_changed": mark("quantity of line {line} changed from {before} to {after}"),
    "service_changed": mark("service changed from {before} to {after}"),
    "priority_changed": mark("priority changed from {before} to {after}"),
    "ship_policy_changed": mark("ship policy changed from {before} to {after}"),
    "split": mark("{units} units became order {new_order}"),
    "split_off": mark("split off from order {order}"),
    "merged": mark("took over order {order}"),
    "merged_into": mark("merged into order {order}"),
}
"""The same with what a history keeps of it."""

CAUSES: Mapping[str, str] = {
    # Facts.
    "received": mark("received"),
    "receipt_closed": mark("receipt closed"),
    "put_away": mark("put away"),
    "tote_opened": mark("tote opened"),
    "tote_confirmed": mark("tote confirmed"),
    "tote_closed": mark("tote closed"),
    "list_finished": mark("pick list finished"),
    "opened": mark("opened"),
    "carton_chosen": mark("carton chosen"),
    "weighed": mark("weighed"),
    "printed": mark("printed"),
    "location_counted": mark("location counted"),
    "undone": mark("undone"),
    "amendment_taken": mark("change taken"),
    "work_finished": mark("work finished"),
    # Decisions.
    "stock_import": mark("stock imported"),
    "order_import": mark("orders imported"),
    "reserve": mark("reserving"),
    "release_wave": mark("wave released"),
    "cancel_order": mark("order cancelled"),
    "finish_cancellations": mark("cancellation finished"),
    "hold_order": mark("put on hold"),
    "unhold_order": mark("taken off hold"),
    "change_order": mark("order changed"),
    "split_order": mark("order split"),
    "merge_orders": mark("orders merged"),
    "unrelease_order": mark("order taken back from the floor"),
    "add_hold": mark("stock put on hold"),
    "remove_hold": mark("stock taken off hold"),
    "count_approved": mark("count approved"),
    "late_fact": mark("late fact"),
    "brought_forward": mark("brought forward"),
    "move_stock": mark("moved by decision"),
    "adjust_stock": mark("adjusted by decision"),
    "fact_lost": mark("scan lost with a disk"),
    "unpostable": mark("scan that the database refused"),
}
"""Why a move was booked, where the word is not that of an order's event."""

DISCREPANCIES: Mapping[str, str] = {
    "received_short": mark("Less delivered than ordered"),
    "received_over": mark("More delivered than ordered"),
    "received_unordered": mark("Delivered and not ordered"),
    "missing_at_packing": mark("Missing in the tote"),
    "damaged_at_packing": mark("Damaged in the tote"),
    "tote_shared": mark("Tote shared by two orders"),
    "shipped_although_cancelled": mark("Handed over although cancelled"),
    "shipped_too_many": mark("More handed over than ordered"),
    "handed_over_twice": mark("Handed over twice"),
    "reopened_although_handed_over": mark("Opened again although handed over"),
    "counted_unplanned": mark("Counted without a plan"),
    "counted_again": mark("Counted twice"),
    "campaign_reduced": mark("Lost units taken from a campaign"),
    "serial_received_twice": mark("Serial received that is in the house already"),
    "serial_packed_twice": mark("Serial packed twice"),
    "serial_of_other_order": mark("Serial of another order"),
    "serial_has_left": mark("Serial seen that has left the house"),
    "cloned_station": mark("Two stations post under one name: one is a copy of the other"),
    "fact_lost": mark("A scan was lost with a station's disk"),
    "fact_altered": mark("A fact was posted again with other content"),
    "worked_twice": mark("Worked twice after a takeover"),
    "approved_without_station": mark("Count approved without waiting for a station"),
}

COMING_BACK = "coming_back"
"""Why an order that was called back is still on the floor."""

REASONS: Mapping[str, str] = {
    # Why an order or a carton waits.
    "review_quantity": mark("unusual quantity, to be reviewed"),
    "cancelled": mark("cancelled"),
    "held": mark("on hold"),
    "stock_held": mark("stock on hold"),
    "worked_twice": mark("packed twice"),
    "nothing to ship": mark("nothing to ship"),
    COMING_BACK: mark("called back from the floor, a station still has to put it aside"),
    # Why a location is counted.
    "asked": mark("asked for"),
    "count_first": mark("to be counted first"),
    "debt": mark("more was taken than booked"),
    "rotation": mark("its turn"),
    "picked_short": mark("picked short"),
}

THINGS: Mapping[str, str] = {
    "location": mark("location"),
    "tote": mark("tote"),
    "order": mark("order"),
    "carton": mark("carton"),
    "worker": mark("worker"),
    "command": mark("command"),
    "product": mark("product"),
}

STOPPED: Mapping[str, str] = {
    "newer_release": mark(
        "The books cannot read the facts of {station} ({what}): run the bookkeeper of a newer release."
    ),
    "gap": mark("The books wait for facts {what} of {station}: it posts them again as soon as it is connected."),
}
"""Why the books cannot go on with a station's facts."""

PROVED: Mapping[str, str] = {
    "on hand": mark("on hand"),
    "sum over all places": mark("sum over all places"),
    "sellable": mark("sellable"),
    "reserved": mark("reserved"),
    "allocated": mark("allocated"),
    "reserved of line": mark("reserved of line"),
    "allocated of line": mark("allocated of line"),
    "set aside": mark("set aside"),
    "drawn from campaign": mark("drawn from campaign"),
    "drawn for line": mark("drawn for line"),
    "line": mark("line"),
    "carton content": mark("carton content"),
    "snapshot": mark("snapshot of past stock"),
    "seal": mark("seal"),
    "units valued": mark("units valued"),
    "units of cost entries": mark("units of cost entries"),
    "value": mark("value"),
    "cost entries": mark("cost entries"),
    "period": mark("period"),
}
"""The numbers that `verify` proves."""

AGES: Mapping[str, str] = {"over 180": mark("over 180"), "unknown": mark("unknown")}

ZONES: Mapping[str, str] = {
    "storage": mark("storage"),
    "receiving": mark("receiving"),
    "packing": mark("packing benches"),
    "despatch": mark("despatch"),
    "tote": mark("tote"),
    "carton": mark("carton"),
    "quarantine": mark("quarantine"),
    "damaged": mark("damaged"),
    "unknown": mark("unknown"),
}
"""Kinds of places, which stand for a zone where there is none."""

COSTS: Mapping[str, str] = {
    "freight": mark("freight"),
    "duty": mark("duty"),
    "other": mark("other"),
    "value": mark("value"),
    "units": mark("units"),
    "weight": mark("weight"),
}
"""Kinds of costs that a delivery has besides its goods, and what they are spread by."""

VALUE_LINES: Mapping[str, str] = {
    "opening": mark("opening value"),
    "receipt": mark("receipts"),
    "shipment": mark("shipments"),
    "return": mark("returns"),
    "adjustment": mark("adjustments"),
    "cost_change": mark("changes of cost"),
    "landed": mark("landed costs"),
    "expensed": mark("expensed with units that had left"),
    "first_valued": mark("valued for the first time"),
    "receipts": mark("receipts"),
    "shipments": mark("shipments"),
    "returns": mark("returns"),
    "adjustments": mark("adjustments"),
    "cost_changes": mark("changes of cost"),
    "closing": mark("closing value"),
    "check": mark("check (must be 0)"),
}
"""Kinds of cost entries, and the lines of a roll-forward."""

SHORT = mark("{sku}: {wanted} wanted, {available} available")
SHORT_AFTER: Mapping[str, str] = {
    "promise": mark("{sku}: {wanted} wanted, {available} left after order {order}, which was promised for earlier"),
    "priority": mark("{sku}: {wanted} wanted, {available} left after order {order}, which has a higher priority"),
    "tier": mark("{sku}: {wanted} wanted, {available} left after order {order}, whose customer comes first"),
    "age": mark("{sku}: {wanted} wanted, {available} left after order {order}, which is older"),
    "number": mark("{sku}: {wanted} wanted, {available} left after order {order}, which has the lower number"),
}
"""Why another order got the last units, by the part of the ranks that decided it, the most important part first."""

SET_ASIDE = mark("{reason}; {kept} are set aside for {campaign}")
KEPT = mark("{reason}; overdue, so what comes in is kept for it")
ON_HOLD = mark("on hold: {reason}")
MERGED_INTO = mark("merged into order {order}")
STOCK_GIVEN_BACK = mark("{sku}: {quantity} given back, {reason}")
STOCK_ON_HOLD = mark("stock on hold: {names} ({reason})")
STOCK_MOVED = mark("stock moved away: {reason}")
STOCK_ADJUSTED = mark("stock adjusted: {reason}")
REASON_TEMPLATES = (
    KEPT, SET_ASIDE, *SHORT_AFTER.values(), SHORT, ON_HOLD, MERGED_INTO, STOCK_GIVEN_BACK, STOCK_ON_HOLD, STOCK_MOVED,
    STOCK_ADJUSTED,
)  # fmt: skip
"""Reasons are kept as English text, made from these templates, and recognised by them."""


def state_name(state: str) -> str:
    """The state of an order, of a counted location or of a fact."""
    return tr(STATES.get(state, state))


def event_name(event: str) -> str:
    """An entry in an order's history."""
    return tr(EVENTS.get(event) or STATES.get(event, event))


def event_text(event: str, detail: Mapping[str, object]) -> str:
    """An entry in an order's history with what it is about, as far as that is kept."""
    template = EVENTS_IN_FULL.get(event, "")
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    return tr(template, **detail) if names and all(name in detail for name in names) else event_name(event)


def cause_name(cause: str) -> str:
    """A kind of fact, or the decision behind a move."""
    return tr(CAUSES[cause]) if cause in CAUSES else event_name(cause)


def discrepancy_name(kind: str) -> str:
    """A contradiction between facts and books."""
    return tr(DISCREPANCIES.get(kind, kind))


def stopped_text(station: str, reason: str, what: str) -> str:
    """Why the books cannot go on with a station's facts, and what to do."""
    return tr(STOPPED[reason], station=station, what=what)


def thing_name(thing: str) -> str:
    """What a code stands for."""
    return tr(THINGS.get(thing, thing))


def proved_name(number: str) -> str:
    """A number that the ledger proves."""
    return tr(PROVED.get(number, number))


def value_line_name(line: str) -> str:
    """A kind of cost entry, or a line of a roll-forward."""
    return tr(VALUE_LINES.get(line, line))


def cost_name(cost: str) -> str:
    """A cost of a delivery, or what it is spread by."""
    return tr(COSTS.get(cost, cost))


def age_name(age: str) -> str:
    """How long units have lain, in days."""
    return tr(AGES.get(age, age))


def zone_name(zone: str) -> str:
    """A zone, or the kind of the places outside all zones."""
    return tr(ZONES.get(zone, zone))


def reason_text(reason: str) -> str:
    """Why an order waits or a location is counted: a word, a text of one of our templates, or what somebody typed."""
    for template in REASON_TEMPLATES:
        found = _pattern(template).fullmatch(reason)
        if found:
            values = found.groupdict()
            if "reason" in values:
                values["reason"] = reason_text(values["reason"])
            return tr(template, **values)
    return tr(REASONS.get(reason, reason))


def _pattern(template: str) -> re.Pattern[str]:
    parts = Formatter().parse(template)
    return re.compile("".join(re.escape(text) + (f"(?P<{name}>.*)" if name else "") for text, name, _, _ in parts))
