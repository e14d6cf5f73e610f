"""What the packing screen shows of a moment: frozen values for the shared widgets, in the language in use."""

from dataclasses import dataclass
from datetime import datetime

from warehouse_app.domain.catalogue import Catalogue, ProductCard
from warehouse_app.domain.packets import BoxType, PackPacket
from warehouse_app.domain.packing_state import CartonProgress, LineProgress, PackState
from warehouse_app.domain.packing_stops import told_of_hold
from warehouse_app.domain.session import FeedbackKind
from warehouse_app.domain.weighing import ScaleProblem
from warehouse_app.language import language_in_use, mark, tr, tr_n
from warehouse_app.operations.today import WaitingOrder
from warehouse_app.station.wording import error_text, feedback_text
from warehouse_app.station.work_list import AtHand
from warehouse_app.ui.icons import picture_kind
from warehouse_app.ui.packing.bench import Moment
from warehouse_app.ui.packing.carton_views import awaiting_label, carton_at_hand, cartons_in_all, label_step
from warehouse_app.ui.packing.preparing import Preparation
from warehouse_app.ui.packing.weighing import LiveWeight
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.times import URGENT_MINUTES, minutes_until, span_text
from warehouse_app.ui.widgets import (
    BannerView,
    BoxView,
    ChipView,
    CompareView,
    HeroView,
    LinesView,
    LineView,
    ProductView,
    ResultView,
    WeightView,
)

TOLERANCE_PERCENT, LEAST_TOLERANCE_G = 3, 15
FULL_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of answer looks: tone, shape, the words that can be read from afar, and those beside the code."""

    tone: Tone
    icon: str
    prompt: str = ""
    word: str = mark("Not counted")


TAKES_OVER = {
    FeedbackKind.WRONG_ITEM: Look(Tone.ERROR, "octagon-cross", mark("Wrong item, put it aside")),
    FeedbackKind.UNKNOWN: Look(Tone.ERROR, "octagon-cross", mark("Nobody knows this code")),
    FeedbackKind.TOO_MANY: Look(Tone.WARN, "triangle", mark("Too many, put it back")),
    FeedbackKind.WRONG_STATE: Look(Tone.WARN, "triangle", mark("Not now")),
    FeedbackKind.HELD: Look(Tone.STOP, "lock", mark("On hold, do not pack"), mark("Set it aside")),
    FeedbackKind.STOPPED: Look(Tone.STOP, "hand", mark("Stop, this order was cancelled"), mark("Set it aside")),
    FeedbackKind.OFFLINE: Look(Tone.WARN, "cloud-off", mark("No connection"), mark("Not fetched")),
    FeedbackKind.FETCHING: Look(Tone.NEUTRAL, "hourglass", word=mark("One moment")),
}
"""Answers that are the instruction of the moment themselves; after any other the session says what comes next."""

WRONG_LABEL = Look(Tone.ERROR, "octagon-cross", mark("Wrong label, do not stick it on"), mark("Not closed"))
"""While a carton waits for its label, what was scanned instead is no item."""

HALTED = Look(Tone.STOP, "octagon-cross", mark("Stop, nothing is counted any more"))
"""The station's disk takes nothing: that comes before any answer."""

RESULTS = {
    FeedbackKind.OK: Look(Tone.OK, "check-circle"),
    FeedbackKind.LAST: Look(Tone.OK, "check-circle"),
    FeedbackKind.DONE: Look(Tone.OK, "check-circle"),
    FeedbackKind.INFO: Look(Tone.PRIMARY, "info"),
    FeedbackKind.BOUNCE: Look(Tone.NEUTRAL, "info"),
    FeedbackKind.PROMPT: Look(Tone.NEUTRAL, "info"),
}


@dataclass(frozen=True, slots=True)
class Around:
    """What a moment is seen against: the products, the time, and the line and prompt that the session names."""

    catalogue: Catalogue
    now: datetime
    line: LineProgress | None = None


def hero_view(moment: Moment, around: Around) -> HeroView:
    """The one instruction of the moment."""
    look = _take_over(moment)
    count, count_text = _counter(moment)
    if moment.fetching:
        waits = tr("What is scanned meanwhile is answered in its turn.")
        return HeroView(feedback_text(moment.told), waits, Tone.NEUTRAL, "hourglass", result=_result(moment))
    if look is not None:
        sub, result = feedback_text(moment.told), _result(moment)
        return HeroView(tr(look.prompt), sub, look.tone, look.icon, count, count_text, result)
    prompt, sub, tone, icon = _next_step(moment, around)
    return HeroView(prompt, sub, tone, icon, count, count_text, _result(moment))


def _take_over(moment: Moment) -> Look | None:
    """How an answer looks that is the instruction of the moment itself; None for all others."""
    if moment.halted:
        return HALTED
    wrong = moment.told.kind is FeedbackKind.WRONG_ITEM
    return WRONG_LABEL if wrong and awaiting_label(moment.state) else TAKES_OVER.get(moment.told.kind)


def title_chips(packet: PackPacket) -> tuple[ChipView, ...]:
    """What is told of the order in the top bar."""
    chinese = language_in_use() == "zh" and packet.service_name_zh
    chips = [ChipView(packet.service_name_zh if chinese else packet.service_name, Tone.PRIMARY)]
    if packet.carrier_name:
        chips.append(ChipView(packet.carrier_name, icon="truck"))
    place = ", ".join(part for part in (packet.ship_to.city, packet.ship_to.country) if part)
    if place:
        chips.append(ChipView(place, icon="globe"))
    return tuple(chips)


def at_hand_chips(moment: Moment) -> tuple[ChipView, ...]:
    """How many orders could be packed if the network went away now."""
    count = len(moment.at_hand)
    words = tr("{n} at hand", n=count) if moment.state is None else tr("{n} more at hand", n=count)
    return (ChipView(words, Tone.OK, "check-circle"),) if count else ()


def preparation_banner(shown: Preparation, now: datetime) -> BannerView | None:
    """How far the preparation for offline work is, and in the end what it came to."""
    if shown.running:
        words = tr("{done} of {wanted} orders", done=shown.done, wanted=shown.wanted) if shown.wanted else ""
        return BannerView(tr("Preparing for offline work"), words, Tone.PRIMARY, "hourglass")
    if shown.at_hand is None:
        return None
    words = _at_hand_text(shown.at_hand, now)
    if shown.problem is not None:
        return BannerView(tr("Not all could be claimed"), f"{words} {error_text(shown.problem)}", Tone.WARN, "triangle")
    if shown.given_back is not None:
        title = tr_n("{n} order was given back", "{n} orders were given back", shown.given_back)
        return BannerView(title, words, Tone.PRIMARY, "info")
    return BannerView(tr("Ready for offline work"), words, Tone.OK, "check-circle")


def _at_hand_text(found: AtHand, now: datetime) -> str:
    if not found.count:
        return tr("Nothing is at hand.")
    words = tr_n("{n} order is at hand.", "{n} orders are at hand.", found.count)
    if found.lasts_until is not None:
        span = span_text(max(0, minutes_until(found.lasts_until, now)))
        return words + " " + tr("At the pace of the last hour they last for {span}.", span=span)
    if found.last_due is not None and found.last_due > now:
        span = span_text(minutes_until(found.last_due, now))
        return words + " " + tr("The last of them is due in {span}.", span=span)
    return words


def lines_view(state: PackState, around: Around) -> LinesView:
    """The order's lines; the one at hand is marked."""
    lines = tuple(_line_view(state, line, around) for line in state.lines.values() if line.quantity)
    done = sum(line.is_done for line in lines)
    begun = sum(0 < line.done < line.total for line in lines)
    summary = tr("{done} done, {begun} begun, {open} open", done=done, begun=begun, open=len(lines) - done - begun)
    return LinesView(tr("Order lines"), summary, lines)


def product_view(card: ProductCard, *, open_quantity: int = 0) -> ProductView:
    """A product with what a packer must know of it."""
    chips = [ChipView(card.sku)]
    if card.weight_g:
        chips.append(ChipView(tr("{grams} g each", grams=card.weight_g), icon="weight"))
    if open_quantity:
        chips.append(ChipView(tr("{n} to go", n=open_quantity), Tone.PRIMARY))
    chips.extend(ChipView(warning, Tone.WARN, "triangle") for warning in warnings_of(card))
    return ProductView(card.label(language_in_use()), picture_kind(card.name), chips=tuple(chips))


def compare_view(moment: Moment) -> CompareView | None:
    """A wrong item beside the right one, when both are known."""
    wrong, right = moment.told.product, moment.told.expected_product
    if moment.told.kind is not FeedbackKind.WRONG_ITEM or wrong is None or right is None:
        return None
    remedy = tr("Put it into the put-away tote, then scan {name}.", name=right.label(language_in_use()))
    return CompareView(tr("Scanned"), product_view(wrong), tr("Expected"), product_view(right), remedy)


def box_view(state: PackState, around: Around, *, label: ChipView) -> BoxView | None:
    """The carton at hand and how full it will be after the last unit; None where the warehouse has no boxes."""
    carton = carton_at_hand(state)
    box = state.box_of(carton)
    if box is None:
        return None
    title = tr("Carton {number} of {total}", number=carton.number, total=cartons_in_all(state, carton))
    fill = fill_percent(state, carton, box, around.catalogue)
    text = tr("{percent} % full", percent=fill) if fill <= FULL_PERCENT else tr("too small for all of it")
    change = "" if carton.closed or carton.label_asked or state.stopped else tr("Change  F6")
    return BoxView(title, _box_name(box), box.length_mm, box.width_mm, box.height_mm, fill, text, change, label)


def weight_view(state: PackState, around: Around, live: LiveWeight | None = None) -> WeightView:
    """The scale's weight beside what the carton should weigh; without a scale what it should weigh is all there is.

    What lies on the scale now is shown while the carton is open and has no weight of its own.
    """
    carton = carton_at_hand(state)
    expected = state.expected_weight_g(carton, around.catalogue)
    if live is not None and not carton.closed and not (live.held and carton.weight_g is not None):
        expected_text = tr("expected {grams} g so far", grams=f"{expected:,}")
        shown_g = None if live.problem else live.weight_g
        return WeightView(tr("On the scale"), shown_g, None, 0, expected_text, _live_chip(live))
    if carton.weight_g is None:
        title = tr("Weight, calculated") if carton.closed else tr("Expected so far")
        return WeightView(title, expected, None, 0, tr("box and goods, no scale"))
    tolerance = max(LEAST_TOLERANCE_G, expected * TOLERANCE_PERCENT // 100)
    return WeightView(
        tr("Weight"), carton.weight_g, expected, tolerance,
        tr("expected {grams} ± {tolerance} g", grams=f"{expected:,}", tolerance=tolerance),
        _weight_chip(carton.weight_g - expected, tolerance),
    )  # fmt: skip


def box_choices(state: PackState, catalogue: Catalogue) -> tuple[tuple[BoxType, int], ...]:
    """Up to four boxes with their fill: the one in use, the next smaller one, and larger ones."""
    carton = carton_at_hand(state)
    boxes = sorted(state.packet.boxes, key=_volume)
    names = [box.carton_type for box in boxes]
    chosen = state.box_of(carton)
    place = names.index(chosen.carton_type) if chosen is not None else 0
    first = max(0, min(place - 1, len(boxes) - 4))
    return tuple((box, fill_percent(state, carton, box, catalogue)) for box in boxes[first : first + 4])


def fill_percent(state: PackState, carton: CartonProgress, box: BoxType, catalogue: Catalogue) -> int:
    """How full this box is, by volume, with everything that is meant for the carton: by plan, else all that is left."""
    packet = state.packet
    place = carton.number - packet.first_carton_number
    planned = {one.carton_type: one for one in packet.boxes}
    if place < len(packet.suggested) and packet.suggested[place] in planned:
        volume = packet.suggested_fill[place] * _volume(planned[packet.suggested[place]])
    else:
        volume = 1000 * _content_ml(state, carton, catalogue)
    return round(100 * volume / max(1, _volume(box)))


def box_text(box: BoxType) -> str:
    """A box with its inner size."""
    return f"{_box_name(box)}   {box.length_mm} × {box.width_mm} × {box.height_mm}"


def waiting_text(order: WaitingOrder, now: datetime) -> tuple[str, Tone]:
    """How long it is to the pick-up of an order that waits."""
    left = minutes_until(order.ship_by, now)
    if left < 0:
        return tr("{time} late", time=span_text(-left)), Tone.ERROR
    return span_text(left), Tone.WARN if left < URGENT_MINUTES else Tone.NEUTRAL


def service_text(order: WaitingOrder) -> str:
    """The service's name in the language in use."""
    return order.service_name_zh if language_in_use() == "zh" and order.service_name_zh else order.service_name


def warnings_of(card: ProductCard) -> tuple[str, ...]:
    """What must be minded when this product is packed."""
    warnings = []
    if card.un_number:
        warnings.append(tr("{un}: hazard mark", un=card.un_number))
    if card.fragile:
        warnings.append(tr("Fragile"))
    if card.upright:
        warnings.append(tr("Upright"))
    if card.own_box:
        warnings.append(tr("Own box"))
    return tuple(warnings)


def close_reason(state: PackState) -> str:
    """Why the carton cannot be closed; empty when it can."""
    if state.paused:
        return tr("The order is on hold")
    if state.awaiting_label is not None:
        return tr("Scan the label of carton {number}", number=state.awaiting_label.number)
    left = state.units_total - state.units_packed
    if left:
        return tr_n("{n} unit is still to be packed", "{n} units are still to be packed", left)
    carton = state.open_carton
    return "" if carton is not None and carton.units else tr("The carton is empty")


def _next_step(moment: Moment, around: Around) -> tuple[str, str, Tone, str]:
    """Prompt, explanation, tone and icon of what comes next."""
    state = moment.state
    if moment.worker is None:
        sub = tr("Every scan has a person. Your badge signs you on.")
        if state is not None and not state.finished:
            sub = tr("Order {order} waits where it was left.", order=state.packet.order_no)
        return tr("Scan your badge"), sub, Tone.PRIMARY, "user"
    if state is None:
        sub = _most_urgent(moment.waiting[0]) if moment.waiting else _no_work()
        return tr("Scan a tote or an order"), sub, Tone.PRIMARY, "scan"
    return _step_of_order(state, around)


def _step_of_order(state: PackState, around: Around) -> tuple[str, str, Tone, str]:
    if state.paused:
        sub = feedback_text(told_of_hold(state, state.held))
        return tr("Order {order} is on hold", order=state.packet.order_no), sub, Tone.STOP, "hand"
    if state.finished:
        sub = tr("Stick the label on, then scan the next tote or order.")
        return tr("Order {order} is packed", order=state.packet.order_no), sub, Tone.OK, "check-circle"
    carton = awaiting_label(state)
    if carton is not None:
        return label_step(state, carton)
    if state.complete:
        number = carton_at_hand(state).number
        sub = tr("Close carton {number} with F12, or scan CLOSE.", number=number)
        return tr("All units are packed"), sub, Tone.OK, "check-circle"
    if state.is_full:
        sub = tr("Go on with F7, or scan NEXT-BOX.")
        return tr("Carton {number} is full by plan", number=carton_at_hand(state).number), sub, Tone.PRIMARY, "box"
    return tr("Scan the next item"), _item_text(around), Tone.PRIMARY, "scan"


def _most_urgent(order: WaitingOrder) -> str:
    if order.tote:
        return tr("The most urgent: tote {tote}, order {order}", tote=order.tote, order=order.order_no)
    return tr("The most urgent: order {order}", order=order.order_no)


def _no_work() -> str:
    return tr("No order waits here now. Picked totes show up as they come.")


def _item_text(around: Around) -> str:
    line = around.line
    if line is None:
        return ""
    name = around.catalogue.card(line.sku).label(language_in_use())
    return tr("{n} more {name}, or any open line", n=line.open_quantity, name=name)


def _counter(moment: Moment) -> tuple[str, str]:
    state = moment.state
    if state is None:
        return "", ""
    if state.stopped:
        return f"{state.units_packed:,}", tr("to put back")
    carton = awaiting_label(state)
    if carton is not None:
        total = cartons_in_all(state, carton)
        return f"{carton.number:,}", tr_n("of {n} carton", "of {n} cartons", total)
    return f"{state.units_packed:,}", tr("of {total} packed", total=f"{state.units_total:,}")


def _result(moment: Moment) -> ResultView | None:
    """What the last scan did. Nothing is said of a prompt that no scan led to."""
    told = moment.told
    if moment.bounced:
        return ResultView(tr("The same scan again: not counted."), "", moment.scan_text, Tone.NEUTRAL, "info")
    if told.kind in RESULTS:
        if not moment.scan_text and told.kind in (FeedbackKind.PROMPT, FeedbackKind.DONE):
            return None
        look = RESULTS[told.kind]
        return ResultView(feedback_text(told), "", moment.scan_text, look.tone, look.icon)
    look = _take_over(moment) or TAKES_OVER[told.kind]
    product = told.product
    about = f"{product.sku}  {product.label(language_in_use())}" if product else ""
    return ResultView(tr(look.word), about, moment.scan_text, look.tone, look.icon)


def _line_view(state: PackState, line: LineProgress, around: Around) -> LineView:
    card = around.catalogue.card(line.sku)
    return LineView(
        line_no=line.line_no,
        name=card.label(language_in_use()),
        sku=card.sku,
        done=line.packed,
        total=line.quantity,
        place=_tote_text(state, line),
        picture=picture_kind(card.name),
        warnings=warnings_of(card),
        current=around.line is not None and around.line.line_no == line.line_no,
    )


def _tote_text(state: PackState, line: LineProgress) -> str:
    """The tote that the next units of a line lie in, and how many more there are."""
    of_line = [left for left in state.left if left.units.line_no == line.line_no]
    still = [left for left in of_line if left.left] or of_line
    totes = list(dict.fromkeys(left.units.tote for left in still))
    return totes[0] if len(totes) == 1 else f"{totes[0]} +{len(totes) - 1}"


def _weight_chip(difference_g: int, tolerance_g: int) -> ChipView:
    if abs(difference_g) <= tolerance_g:
        return ChipView(tr("As expected"), Tone.OK, "check")
    text = tr("{grams} g light", grams=-difference_g) if difference_g < 0 else tr("{grams} g heavy", grams=difference_g)
    return ChipView(text, Tone.WARN, "triangle")


def _live_chip(live: LiveWeight) -> ChipView:
    problems = {
        ScaleProblem.TOO_HEAVY: tr("Too heavy"),
        ScaleProblem.TOO_LIGHT: tr("Below zero"),
        ScaleProblem.NOT_READY: tr("Not ready"),
    }
    if live.problem is not None:
        return ChipView(problems[live.problem], Tone.WARN, "triangle")
    if live.to_empty:
        return ChipView(tr("Empty the scale first"), Tone.WARN, "triangle")
    if live.held:
        return ChipView(tr("Held"), Tone.OK, "check")
    return ChipView(tr("Settling"), Tone.NEUTRAL, "hourglass") if live.weight_g else ChipView(tr("Empty"))


def _box_name(box: BoxType) -> str:
    return box.name_zh if language_in_use() == "zh" and box.name_zh else box.name


def _content_ml(state: PackState, carton: CartonProgress, catalogue: Catalogue) -> int:
    """What is in the carton and what is still open, in millilitres."""
    units = {line.line_no: line.open_quantity for line in state.lines.values()}
    for (line_no, _), quantity in carton.contents.items():
        units[line_no] += quantity
    return sum(catalogue.card(state.lines[line_no].sku).volume_ml * quantity for line_no, quantity in units.items())


def _volume(box: BoxType) -> int:
    return box.length_mm * box.width_mm * box.height_mm
