"""Changes that come for an order at a bench: it is stopped, held, readdressed, or its units come and go."""

from collections.abc import Mapping
from typing import Any

from warehouse_app.domain.facts import WorkFinished, WorkStopped
from warehouse_app.domain.packing_serials import SerialSession
from warehouse_app.domain.packing_stops import told_of_change
from warehouse_app.domain.session import Feedback, FeedbackKind, Outcome, feedback
from warehouse_app.language import mark


class AmendedPacking(SerialSession):
    """What a packing session answers to amendments, for the order at hand as for those that are not begun."""

    def amend(self, work: str, number: int, content: Mapping[str, Any]) -> Outcome:
        """A stop request ends the order, a hold puts it aside; a new address may want new labels."""
        outcome = super().amend(work, number, content)
        if content["what"] == "change_address":
            return self._readdressed(work, outcome)
        if content["what"] in ("add_units", "drop_units"):
            return self._with_other_units(work, outcome, content)
        state = self.states[work]
        if content["what"] != "stop":
            card = self.catalogue.card(str(content.get("sku", "")))
            told = told_of_change(state, content, card) or outcome.feedback
            if work != self.current and told.kind is FeedbackKind.HELD:
                # It lies aside already: what the packer does now goes on.
                told = outcome.feedback
            return Outcome(told, outcome.facts, work)
        order_no = state.packet.order_no
        facts = (*outcome.facts, WorkStopped(order_no, number, str(content.get("reason", ""))), WorkFinished(work))
        if not self.is_begun(work):
            message = mark("Order {order} was cancelled before it was begun. Set its totes aside for put-back.")
            return Outcome(feedback(FeedbackKind.INFO, message, order=order_no), facts, work)
        message = mark("Stop: order {order} was cancelled. Set carton and tote aside for put-back.")
        return Outcome(feedback(FeedbackKind.STOPPED, message, order=order_no), facts, work)

    def _readdressed(self, work: str, outcome: Outcome) -> Outcome:
        state = self.states[work]
        order_no = state.packet.order_no
        if any(carton.closed or carton.label_asked for carton in state.cartons):
            message = mark("Order {order} goes to another address. Destroy its label and print it again.")
            return Outcome(feedback(FeedbackKind.STOPPED, message, order=order_no), outcome.facts, work)
        message = mark("Order {order} goes to another address. Its label will show it.")
        return Outcome(feedback(FeedbackKind.INFO, message, order=order_no), outcome.facts, work)

    def _with_other_units(self, work: str, outcome: Outcome, content: Mapping[str, Any]) -> Outcome:
        """Units come in another tote, or were packed at another bench."""
        state, card = self.states[work], self.catalogue.card(str(content["sku"]))
        values = {
            "order": state.packet.order_no, "quantity": content["quantity"], "product": card, "tote": content["tote"]
        }  # fmt: skip
        message = mark("{quantity} × {product} of order {order} come in tote {tote}.")
        if content["what"] == "drop_units":
            message = mark("{quantity} × {product} of order {order} are packed elsewhere. Do not wait for them.")
        told = Feedback(FeedbackKind.INFO, message, values, card)
        if content["what"] == "add_units" and state.finished and state.opened:
            # What is closed is let go; the units that are on their way begin the order again.
            return Outcome(told, (*outcome.facts, WorkFinished(work)), work)
        return Outcome(told, outcome.facts, work)
