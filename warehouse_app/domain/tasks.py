"""The tasks that a bench can do, and the session of each."""

from collections.abc import Mapping

from warehouse_app.domain.catalogue import Catalogue
from warehouse_app.domain.counting import CountSession
from warehouse_app.domain.despatch import ShipSession
from warehouse_app.domain.packing import PackSession
from warehouse_app.domain.picking import PickSession
from warehouse_app.domain.putaway import PutawaySession
from warehouse_app.domain.receiving import ReceiveSession
from warehouse_app.domain.session import Session

SESSIONS: Mapping[str, type[Session]] = {  # type: ignore[type-arg]
    "receive": ReceiveSession,
    "putaway": PutawaySession,
    "pick": PickSession,
    "pack": PackSession,
    "ship": ShipSession,
    "count": CountSession,
}


def session_for(task: str, catalogue: Catalogue) -> Session:  # type: ignore[type-arg]
    """A new session for a task. Raises KeyError for a task that does not exist."""
    return SESSIONS[task](catalogue)
