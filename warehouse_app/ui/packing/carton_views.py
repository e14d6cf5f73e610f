"""What is shown of cartons: which one is at hand, of how many, and which waits for its label to be scanned."""

from warehouse_app.domain.packing_state import CartonProgress, PackState
from warehouse_app.language import tr
from warehouse_app.ui.theme import Tone


def awaiting_label(state: PackState | None) -> CartonProgress | None:
    """The carton that is closed by scanning its label next; none while the order is on hold or stopped."""
    return None if state is None or state.paused or state.stopped else state.awaiting_label


def carton_at_hand(state: PackState) -> CartonProgress:
    """The open carton, the one just closed when the order is done, else the one that would be begun."""
    if state.awaiting_label is not None:
        return state.awaiting_label
    if state.finished and state.cartons:
        return state.cartons[-1]
    try:
        return state.next_carton()
    except IndexError:
        return state.cartons[-1]


def cartons_in_all(state: PackState, carton: CartonProgress) -> int:
    """As many as are there once everything is packed, before that as many as are planned."""
    filled = [one.number for one in state.cartons if one.units]
    if state.complete and filled:
        return max(filled)
    open_still = int(carton.label_asked)
    return max(carton.number + open_still, state.packet.first_carton_number + len(state.packet.suggested) - 1)


def label_step(state: PackState, carton: CartonProgress) -> tuple[str, str, Tone, str]:
    """Which carton the label belongs on, and what to do without it."""
    sub = tr(
        "Only its own label closes carton {number} of order {order}. No label: F10 prints it again, F8 opens the box.",
        number=carton.number,
        order=state.packet.order_no,
    )
    return tr("Stick the label on, then scan it"), sub, Tone.PRIMARY, "scan"
