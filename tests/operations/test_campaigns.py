import io
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.warehouse import TinyWarehouse, at
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.facts import PutAway
from warehouse_app.operations.campaigns import (
    BadCampaign,
    BadName,
    Campaign,
    CampaignChange,
    CampaignDoesNotFit,
    CampaignKnown,
    CampaignOver,
    CampaignRequest,
    add_campaign,
    change_campaign,
    end_campaign,
    keep_campaigns,
    list_campaigns,
)
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.offers import Promise, available_to_promise, remove_buffer, set_buffer
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Row

CUPS = 34


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


def request(name: str = "SALE", quantity: int = 10, until: str = "12:00", **more: object) -> CampaignRequest:
    return replace(CampaignRequest(name, "CUP", quantity, at(until), channel="csv"), **more)  # type: ignore[arg-type]


def add(house: TinyWarehouse, wanted: CampaignRequest) -> Campaign:
    return house.database.write(add_campaign, wanted, "W-02")


def change(house: TinyWarehouse, wanted: CampaignChange) -> Campaign:
    [changed] = house.database.write(change_campaign, "SALE", wanted, "W-02")
    return changed


def only(house: TinyWarehouse, clock: str) -> Campaign:
    """The one campaign as it is at this time, which the bookkeeper has noticed."""
    house.clock = clock
    keep_campaigns(house.database)
    [found] = house.database.read(list_campaigns, ended=True)
    return found


def stock_of_cups(house: TinyWarehouse) -> Row:
    table = tables.product_stock
    found = house.database.read(lambda tx: tx.row(select(table).where(table.c.sku == "CUP")))
    assert found is not None
    return found


def cups(house: TinyWarehouse, channel: str) -> Promise:
    [promise] = house.database.read(available_to_promise, "cup", channel)
    return promise


def test_units_set_aside_are_offered_to_their_channel_only(house: TinyWarehouse) -> None:
    add(house, request(channel="csv/web"))

    web, outlet, anyone = (cups(house, channel) for channel in ("csv/web", "csv/outlet", ""))

    assert (web.campaigns, web.available) == (0, CUPS)
    assert (outlet.campaigns, outlet.available) == (10, CUPS - 10)
    assert (anyone.campaigns, anyone.available) == (10, CUPS - 10)
    assert stock_of_cups(house)["set_aside"] == 10
    assert house.differences() == ()


def test_what_does_not_fit_is_refused_with_what_is_free(house: TinyWarehouse) -> None:
    add(house, request("OTHER", 30))

    with pytest.raises(CampaignDoesNotFit, match="4 units of CUP are free"):
        add(house, request(quantity=10))

    partly = add(house, request(quantity=10, partly=True))
    assert (partly.remaining, partly.missing) == (4, 6)
    assert house.differences() == ()


def test_campaign_gives_its_units_back_at_its_time(house: TinyWarehouse) -> None:
    add(house, request(until="12:00"))

    before, after = only(house, "11:59"), only(house, "12:00")

    assert (before.state, before.remaining) == ("running", 10)
    assert (after.state, after.remaining, after.released) == ("ended", 0, 10)
    assert stock_of_cups(house)["set_aside"] == 0
    assert house.differences() == ()


def test_planned_campaign_keeps_nothing_before_its_time_and_then_what_is_there(house: TinyWarehouse) -> None:
    add(house, request(quantity=40, starts_at=at("10:00")))
    house.clock = "09:00"
    add(house, request("SOONER", 30, until="11:00"))
    house.database.write(end_campaign, "SOONER", None, "W-02")
    add(house, request("EARLY", 30, until="11:00"))

    house.clock = "10:00"
    keep_campaigns(house.database)
    [_, sale] = house.database.read(list_campaigns, ended=False)

    assert (sale.state, sale.remaining, sale.missing) == ("running", 4, 36)
    assert house.differences() == ()


def test_campaign_that_nobody_looked_at_for_a_day_ends_without_having_begun(house: TinyWarehouse) -> None:
    add(house, request(starts_at=at("09:00"), until="10:00"))

    found = only(house, "11:00")

    assert (found.state, found.remaining, found.missing) == ("ended", 0, 10)
    assert house.differences() == ()


def test_change_gives_back_or_takes_more_and_fills_up_what_is_missing(house: TinyWarehouse) -> None:
    add(house, request(quantity=40, partly=True))

    smaller = change(house, CampaignChange(quantity=5))
    larger = change(house, CampaignChange(quantity=20, ends_at=at("15:00")))

    assert (smaller.remaining, smaller.missing) == (5, 0)
    assert (larger.remaining, larger.ends_at) == (20, at("15:00"))
    with pytest.raises(CampaignDoesNotFit):
        change(house, CampaignChange(quantity=35))
    assert only(house, "12:00").state == "running"
    assert house.differences() == ()


def test_campaign_that_has_ended_stays_as_it_was(house: TinyWarehouse) -> None:
    add(house, request())
    house.database.write(end_campaign, "SALE", "CUP", "W-02")

    with pytest.raises(CampaignOver):
        change(house, CampaignChange(quantity=5))
    with pytest.raises(CampaignOver):
        house.database.write(end_campaign, "SALE", None, "W-02")
    with pytest.raises(CampaignOver):
        add(house, request())


def test_values_that_make_no_campaign_are_refused(house: TinyWarehouse) -> None:
    add(house, request())

    for wrong in (request("X", 0), request("X", -1), request("X", 2**63), request("X", until="07:00")):
        with pytest.raises(BadCampaign):
            add(house, wrong)
    for name in ("", " X", "X\x00", "\ud800", "X" * 10_000):
        with pytest.raises(BadName):
            add(house, request(name))
    with pytest.raises(CampaignKnown):
        add(house, request())
    with pytest.raises(NotFound):
        add(house, request("X", sku="NOPE"))
    with pytest.raises(NotFound):
        add(house, request("X", owner="NOBODY"))
    assert len(house.database.read(list_campaigns, ended=True)) == 1


def test_loss_is_taken_from_the_newest_campaign_first_and_said_to_a_person(house: TinyWarehouse) -> None:
    house.release("1", "CUP", 4)
    add(house, request("OLD", 10))
    house.clock = "09:00"
    add(house, request("NEW", 10))

    house.happen("09:30", "W-03", [PutAway("", "CUP", "", 14, "B01", "LOSS")])
    house.happen("09:31", "W-03", [PutAway("", "CUP", "", 6, "B01", "LOSS")])
    house.happen("09:32", "W-03", [PutAway("", "CUP", "", 6, "A01", "LOSS")])

    old, new = house.database.read(list_campaigns, ended=False)[::-1]
    told = house.database.read(lambda tx: tx.rows(select(tables.discrepancy)))
    assert (old.remaining, new.remaining) == (4, 0)
    assert [(row["kind"], row["detail"], row["quantity"]) for row in told][-2:] == [
        ("campaign_reduced", "NEW", 6),
        ("campaign_reduced", "OLD", 6),
    ]
    assert stock_of_cups(house)["reserved"] == 4
    assert house.differences() == ()


def test_buffer_of_the_product_and_of_the_shop_go_first(house: TinyWarehouse) -> None:
    for channel, sku, units in (("csv", "", 1), ("csv/web", "", 2), ("csv", "CUP", 3)):
        house.database.write(set_buffer, channel, sku, units)

    with_own = cups(house, "csv/web").buffer
    house.database.write(remove_buffer, "csv", "cup")
    of_shop = cups(house, "csv/web").buffer
    rows = house.database.read(available_to_promise, "CUP", None)

    assert (with_own, of_shop) == (3, 2)
    assert [(row.channel, row.buffer, row.available) for row in rows] == [
        ("", 0, CUPS), ("csv", 1, CUPS - 1), ("csv/web", 2, CUPS - 2),
    ]  # fmt: skip


def test_bundle_is_offered_as_far_as_its_parts_go(house: TinyWarehouse) -> None:
    parts = [{"bundle": "TEA-SET", "part": "CUP", "quantity": 6}, {"bundle": "TEA-SET", "part": "POT", "quantity": 1}]
    import_products(house.database, io.BytesIO(b"sku,name,unit_cost,currency\nTEA-SET,Tea set,0,GBP\n"))
    house.database.write(lambda tx: tx.add(tables.bundle_part, parts))
    add(house, request(quantity=20))

    [anyone] = house.database.read(available_to_promise, "tea-set", "")
    [channel] = house.database.read(available_to_promise, "tea-set", "csv")

    assert (anyone.on_hand, anyone.available) == (5, 2)
    assert channel.available == 5
    with pytest.raises(BadCampaign, match="bundle"):
        add(house, request("X", sku="TEA-SET"))
