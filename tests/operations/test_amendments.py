"""Changes to claimed work reach the station that holds it, once each."""

from warehouse_app.operations.claiming import Holder, amendments_above, give_back, hold
from warehouse_app.operations.warehouses import set_up_warehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

WORK = "pick:PL-1"


def amend(tx: Transaction, number: int) -> None:
    tx.add(tables.amendment, [{"work": WORK, "number": number, "content": "{}", "recorded_at": tx.recorded_at}])


def test_change_from_before_the_claim_is_not_sent_for_the_packet_has_it(database: Database) -> None:
    set_up_warehouse(database, {})
    database.write(hold, WORK, Holder("CART-1", "W-1"))
    database.write(amend, 1)
    database.write(give_back, [WORK], "CART-1")

    database.write(hold, WORK, Holder("CART-2", "W-2"))
    database.write(amend, 2)

    assert [one.number for one in database.read(amendments_above, [(WORK, 0)])] == [2]
    assert database.read(amendments_above, [(WORK, 2)]) == []
