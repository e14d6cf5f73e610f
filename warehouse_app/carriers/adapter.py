"""What the program asks of every carrier."""

from datetime import datetime
from typing import Protocol

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.tracking import TrackingEvent
from warehouse_app.language import mark


class CarrierFailed(WarehouseError):
    """The carrier did not answer, or not so that it can be understood; it is asked again later."""

    message = mark("{carrier} did not answer: {reason}.")


class TrackingAdapter(Protocol):
    """One carrier's tracking."""

    @property
    def vocabulary(self) -> str:
        """Whose event codes this carrier uses: the first column of resources/tracking/status_map.csv."""

    def events(self, tracking_no: str, since: datetime) -> tuple[TrackingEvent, ...]:
        """What is reported of a parcel that was handed over at `since`, in the order of the reports.

        The order need not be that of the events, and events that were given before may be given again.
        Raises CarrierFailed; every other error is a bug.
        """
