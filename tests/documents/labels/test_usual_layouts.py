from pathlib import Path

import pytest

from warehouse_app.documents.labels.layouts import DEFAULTS, LayoutLibrary
from warehouse_app.domain.errors import NotFound


def test_a_station_chooses_the_layout_of_a_kind(tmp_path: Path) -> None:
    library = LayoutLibrary(tmp_path)
    library.copy("location-70x35", "our-places")

    library.use("our-places")

    assert LayoutLibrary(tmp_path).usual("location") == "our-places"
    assert LayoutLibrary(tmp_path).usual("tote") == DEFAULTS["tote"]
    with pytest.raises(NotFound):
        library.use("nothing")


def test_a_choice_that_is_gone_or_spoilt_is_none(tmp_path: Path) -> None:
    library = LayoutLibrary(tmp_path)
    path = library.copy("location-70x35", "our-places")
    library.use("our-places")

    path.unlink()
    assert library.usual("location") == DEFAULTS["location"]

    for spoilt in ("{", "[]", '{"location": 1}'):
        (tmp_path / "usual.json").write_text(spoilt)
        assert library.usual("location") == DEFAULTS["location"]
