"""What became of a carton's label, in a few words beside the carton."""

from warehouse_app.domain.packing_state import CartonProgress
from warehouse_app.language import tr
from warehouse_app.ui.packing.bench import Moment
from warehouse_app.ui.packing.carton_views import carton_at_hand
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.widgets import ChipView


def label_chip(moment: Moment) -> ChipView:
    """What became of the label of the carton at hand."""
    state = moment.state
    carton = carton_at_hand(state) if state else None
    if state is not None and state.stopped:
        return ChipView(tr("No label"), Tone.WARN, "hand")
    if carton is None or not (carton.closed or carton.label_asked):
        return ChipView(tr("The label prints at close"), icon="printer")
    return _trouble_chip(moment, carton) or _printed_chip(carton)


def _trouble_chip(moment: Moment, carton: CartonProgress) -> ChipView | None:
    """What the packer must know of this carton's label; None while all is well."""
    printing = moment.printing
    if printing.says(carton.carton, printing.refused):
        return ChipView(tr("Label NOT PRINTED"), Tone.ERROR, "octagon-cross")
    if printing.says(carton.carton, printing.doubtful):
        return ChipView(tr("Label maybe printed twice"), Tone.WARN, "triangle")
    if moment.print_problem and not carton.labels:
        return ChipView(tr("The label waits"), Tone.WARN, "triangle")
    return None


def _printed_chip(carton: CartonProgress) -> ChipView:
    if not carton.labels or carton.label_outdated:
        return ChipView(tr("The label is being made"), Tone.PRIMARY, "hourglass")
    if carton.label_asked:
        return ChipView(tr("Label printed: scan it"), Tone.PRIMARY, "scan")
    if carton.labels > 1:
        return ChipView(tr("Label printed {n} times", n=carton.labels), Tone.OK, "printer")
    return ChipView(tr("Label printed"), Tone.OK, "check")
