from collections.abc import Callable

import pytest

from warehouse_app.domain.errors import NotFound
from warehouse_app.operations.label_things import MOST_FOUND, carton_to_ship, find_things
from warehouse_app.store.database import Database

MakeDatabase = Callable[[str], Database]


def test_things_are_found_by_a_part_of_their_name(make_database: MakeDatabase) -> None:
    database = make_database("picked")

    places = database.read(find_things, "location", "a01")
    products = database.read(find_things, "product", "heart")

    assert len(places) == MOST_FOUND
    assert all(place.name.startswith("A01") for place in places)
    assert all("heart" in product.about.lower() for product in products)
    assert products


def test_a_wildcard_is_a_letter_like_any_other(make_database: MakeDatabase) -> None:
    database = make_database("picked")

    assert database.read(find_things, "location", "%") == ()
    assert database.read(find_things, "badge", "_") == ()


def test_nothing_is_found_where_nothing_is_closed(make_database: MakeDatabase) -> None:
    database = make_database("picked")

    assert database.read(find_things, "shipping", "") == ()
    with pytest.raises(NotFound):
        database.read(carton_to_ship, "095011010000000018")
