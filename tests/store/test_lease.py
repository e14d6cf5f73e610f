"""Who stands by takes a lease over when its holder's stands still, however far the clocks of both are apart."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.warehouse import TinyWarehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.lease import GONE_AFTER_S, RENEW_S, Lease

SERVICE = "bookkeeper"


class Computer:
    """A computer with a clock of its own that wants to run the service."""

    def __init__(self, url: str, off: timedelta = timedelta(0)) -> None:
        self.uptime_s = 0.0
        self.database = Database(open_database(url), clock=self.time_of_day)
        self._off = off
        self.lease = Lease(self.database, SERVICE, lambda: self.uptime_s)

    def time_of_day(self) -> datetime:
        return datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(seconds=self.uptime_s) + self._off

    def after(self, seconds: float) -> bool:
        """Whether the service is this computer's when it looks again after so long."""
        self.uptime_s += seconds
        return self.lease.is_ours()


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


@pytest.mark.parametrize("off", [timedelta(0), timedelta(hours=-3), timedelta(hours=3)], ids=["same", "back", "ahead"])
def test_who_stands_by_takes_over_when_the_holder_is_silent(house: TinyWarehouse, off: timedelta) -> None:
    one, two = Computer(house.url), Computer(house.url, off)

    live = [(one.after(RENEW_S), two.after(RENEW_S)) for _ in range(10)]
    silent = [two.after(RENEW_S) for _ in range(int(GONE_AFTER_S / RENEW_S))]
    awake = [(one.after(10), two.after(RENEW_S)) for _ in range(3)]

    assert live == [(True, False)] * 10
    assert silent == [False] * (len(silent) - 1) + [True]
    assert awake == [(False, True)] * 3
    for computer in (one, two):
        computer.database.close()


def test_lease_that_is_given_back_is_free_at_once(house: TinyWarehouse) -> None:
    one, two = Computer(house.url), Computer(house.url)
    before = (one.after(1), two.after(1))

    one.lease.give_back()

    assert before == (True, False)
    assert two.after(RENEW_S)
    for computer in (one, two):
        computer.database.close()


def test_holder_goes_on_when_a_backup_with_its_own_lease_comes_back(house: TinyWarehouse) -> None:
    keeper = Computer(house.url)
    assert keeper.after(1)
    lease = house.database.read(lambda tx: dict(tx.rows(select(tables.service_lease))[0]))
    keeper.lease.give_back()

    house.database.write(lambda tx: tx.put(tables.service_lease, [{**lease, "seen_at": tx.now}]))

    assert [keeper.after(RENEW_S) for _ in range(12)] == [True] * 12
    keeper.database.close()


def test_of_two_who_stand_by_one_takes_over(house: TinyWarehouse) -> None:
    gone, *others = (Computer(house.url) for _ in range(3))
    assert gone.after(1)
    assert not any(other.after(1) for other in others)

    taken = [[other.after(RENEW_S) for other in others] for _ in range(12)]

    assert taken[-1].count(True) == 1
    assert all(both.count(True) <= 1 for both in taken)
    for computer in (gone, *others):
        computer.database.close()


def test_holder_that_died_on_this_computer_is_not_waited_for(house: TinyWarehouse) -> None:
    two = Computer(house.url)
    host = two.lease.holder.partition(":")[0]
    lease = {"service": SERVICE, "holder": f"{host}:999999999#00", "seen_at": two.time_of_day()}
    house.database.write(lambda tx: tx.add(tables.service_lease, [lease]))

    assert two.after(0)
    assert house.database.read(lambda tx: tx.value(select(tables.service_lease.c.holder))) == two.lease.holder
    two.database.close()
