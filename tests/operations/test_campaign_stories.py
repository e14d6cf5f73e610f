"""Whatever is set aside, ordered, cancelled, lost or over in whatever order: nothing is sold twice, and all adds up."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.warehouse import ORDER_HEADER, TinyWarehouse, at
from warehouse_app.books.verify import verify
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import StockChanged, StoreUnavailable, WarehouseError
from warehouse_app.domain.facts import PutAway
from warehouse_app.operations.campaigns import (
    CampaignChange,
    CampaignRequest,
    add_campaign,
    change_campaign,
    end_campaign,
    keep_campaigns,
)
from warehouse_app.operations.cancelling import cancel_order
from warehouse_app.operations.holds import add_hold
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.offers import available_to_promise
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

names = st.sampled_from(("A", "B"))
few = st.integers(1, 20)
shops = st.sampled_from(("web", "outlet"))
steps = st.one_of(
    st.tuples(
        st.just("set_aside"), names, few, st.sampled_from(("", "csv", "csv/web")), st.integers(0, 40),
        st.integers(1, 60), st.booleans(),
    ),
    st.tuples(st.just("change"), names, few, st.booleans()),
    st.tuples(st.just("end"), names),
    st.tuples(st.just("order"), few, shops),
    st.tuples(st.just("order"), few, shops),
    st.tuples(st.just("reserve")),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.integers(1, 45)),
    st.tuples(st.just("lose"), st.sampled_from(("A01", "A02", "B01")), few),
    st.tuples(st.just("hold"), st.sampled_from(("A01", "A02"))),
)  # fmt: skip


@dataclass
class House:
    """The tiny warehouse on a morning, and what a story does in it."""

    tiny: TinyWarehouse
    now: datetime
    orders: int = 0
    ended: int = 0

    @property
    def database(self) -> Database:
        return self.tiny.database

    def set_aside(self, name: str, quantity: int, channel: str, starts: int, lasts: int, partly: bool) -> None:  # noqa: FBT001
        starts_at = self.now + timedelta(minutes=starts)
        request = CampaignRequest(
            f"{name}{self.ended}", "CUP", quantity, starts_at + timedelta(minutes=lasts), starts_at, channel,
            partly=partly,
        )  # fmt: skip
        self.database.write(add_campaign, request, "W-02")

    def change(self, name: str, quantity: int, partly: bool) -> None:  # noqa: FBT001
        wanted = CampaignChange(quantity=quantity, partly=partly)
        self.database.write(change_campaign, f"{name}{self.ended}", wanted, "W-02")

    def end(self, name: str) -> None:
        self.database.write(end_campaign, f"{name}{self.ended}", None, "W-02")
        self.ended += 1

    def order(self, quantity: int, shop: str) -> None:
        self.orders += 1
        row = f"{self.orders},1,{at('07:00').isoformat()},next_day,CUP,{quantity},Ann,1 Lane,Leeds,GB\n"
        import_orders(self.database, "csv", shop, [io.BytesIO((ORDER_HEADER + row).encode())], readers=READERS)

    def reserve(self) -> None:
        reserve_open_orders(self.database)

    def cancel(self, number: int) -> None:
        self.database.write(cancel_order, str(number), "changed her mind", "W-02")

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        keep_campaigns(self.database)

    def lose(self, shelf: str, quantity: int) -> None:
        self.tiny.happen(f"{self.now:%H:%M}", "W-03", [PutAway("", "CUP", "", quantity, shelf, "LOSS")])

    def hold(self, shelf: str) -> None:
        self.database.write(add_hold, "recall", "W-02", location=shelf)


@pytest.fixture(scope="module")
def template(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("campaigns") / "template.db"
    shutil.copy(migrated_file, path)
    database = Database(open_database(str(path)))
    TinyWarehouse(database)
    database.close()
    return path


@pytest.fixture(scope="module")
def empty_house(template: Path) -> Iterator[House]:
    """One engine for all stories, for compiling its statements takes longest."""
    database = Database(open_database(str(template.with_name("story.db"))))
    tiny = TinyWarehouse.__new__(TinyWarehouse)
    tiny.database, tiny._sequences = database, {}  # noqa: SLF001 - it is furnished already
    house = House(tiny, at("08:00"))
    database.clock = lambda: house.now
    yield house
    database.close()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(story=st.lists(steps, min_size=2, max_size=14))
def test_any_story_of_campaigns_leaves_books_that_tie(
    empty_house: House, template: Path, story: list[tuple[object, ...]]
) -> None:
    house = start_over(empty_house, template)

    for what, *values in story:
        tell(house, str(what), values)
        assert promised_and_kept(house)

    assert house.database.read(verify).differences == ()
    house.now += timedelta(days=1)
    keep_campaigns(house.database)
    assert set_aside_units(house) == 0
    assert house.database.read(verify).differences == ()


def tell(house: House, what: str, values: list[object]) -> None:
    """Let this happen; a person may be refused, but never because the database had to refuse it."""
    try:
        getattr(house, what)(*values)
    except (StockChanged, StoreUnavailable):
        raise
    except WarehouseError:
        return


def start_over(house: House, template: Path) -> House:
    house.database.close()
    story = template.with_name("story.db")
    for suffix in ("-wal", "-shm"):
        story.with_name(story.name + suffix).unlink(missing_ok=True)
    shutil.copy(template, story)
    house.tiny._sequences.clear()  # noqa: SLF001 - stations begin afresh with the house
    house.now, house.orders, house.ended = at("08:00"), 0, 0
    return house


def promised_and_kept(house: House) -> bool:
    """Nothing is promised twice, what is kept is what campaigns have, and no channel is offered more than is free."""
    stock = tables.product_stock
    rows = house.database.read(lambda tx: tx.rows(select(stock).where(stock.c.sku == "CUP")))
    assert all(row["reserved"] + row["set_aside"] <= row["sellable"] for row in rows)
    offers = house.database.read(available_to_promise, "CUP", None)
    assert all(one.available <= one.sellable - one.reserved for one in offers)
    return sum(int(row["set_aside"]) for row in rows) == set_aside_units(house)


def set_aside_units(house: House) -> int:
    table = tables.campaign
    return int(house.database.read(lambda tx: tx.value(select(func.coalesce(func.sum(table.c.remaining), 0)))))
