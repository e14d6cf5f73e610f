"""The names that books keep, in people's words."""

from collections.abc import Iterator

import pytest

from warehouse_app.domain.facts import Fact
from warehouse_app.domain.wording import (
    ON_HOLD,
    SHORT,
    SHORT_AFTER,
    cause_name,
    event_name,
    event_text,
    reason_text,
    state_name,
)
from warehouse_app.language import use_language


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    use_language("zh")
    yield
    use_language("en")


def test_a_recorded_shortage_is_recognised_and_said_in_the_language_in_use() -> None:
    alone = SHORT.format(sku="85123A", wanted=3, available=1)
    taken = SHORT_AFTER["age"].format(sku="85123A", wanted=3, available=1, order="553000")

    assert reason_text(alone) == "85123A：需 3 件，仅 1 件"
    assert reason_text(taken) == "85123A：需 3 件，订单 553000 下单更早，之后仅剩 1 件"


def test_a_hold_is_said_with_its_reason() -> None:
    assert reason_text(ON_HOLD.format(reason="review_quantity")) == "冻结：数量异常，待审核"
    assert reason_text(ON_HOLD.format(reason="ring the customer")) == "冻结：ring the customer"


def test_an_event_says_what_it_was_about_as_far_as_that_is_kept() -> None:
    use_language("en")

    changed = event_text("quantity_changed", {"line": 2, "sku": "CUP", "before": 5, "after": 3})

    assert changed == "quantity of line 2 changed from 5 to 3"
    assert event_text("merged_into", {}) == event_name("merged_into") == "merged into another order"
    assert event_text("imported", {"channel": "csv"}) == "imported"


def test_what_is_not_listed_is_shown_as_it_is() -> None:
    assert reason_text("ring the customer") == "ring the customer"
    assert state_name("teleported") == "teleported"


def test_a_cause_that_is_also_an_event_or_a_state_has_one_name() -> None:
    assert cause_name("picked_short") == event_name("picked_short") == "拣货缺货"
    assert cause_name("picked") == state_name("picked") == "已拣货"


def test_every_kind_of_fact_has_a_name() -> None:
    facts = (cls for cls in Fact.__subclasses__() if cls.__module__.startswith("warehouse_app.domain.facts"))
    kinds = {cls.kind for cls in facts if hasattr(cls, "kind")}

    assert "picked_short" in kinds
    assert [kind for kind in kinds if cause_name(kind) == kind] == []
