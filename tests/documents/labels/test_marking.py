"""What is said of a copy stands on every layout, where it covers no code and nothing else."""

import pytest

from warehouse_app.documents.labels.checking import check_label
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.filling import filled
from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.documents.labels.layouts import built_in, built_in_folder
from warehouse_app.documents.labels.marking import MAYBE_TWICE, REPRINT, marked
from warehouse_app.documents.labels.model import LabelBox, LabelText
from warehouse_app.documents.pen import Area

LAYOUTS = sorted(path.stem for path in built_in_folder().glob("*.toml"))


def apart(one: Area, other: Area) -> bool:
    return one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top


@pytest.mark.parametrize("message", [MAYBE_TWICE, REPRINT])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_has_room_to_say_what_a_copy_is(name: str, message: str) -> None:
    layout = built_in(name)
    label = filled(layout, KINDS[layout.kind].example)

    said = marked(label, message)

    box, *texts = said.items[len(label.items) :]
    assert isinstance(box, LabelBox)
    assert all(isinstance(text, LabelText) and text.light for text in texts)
    assert any("twice" in text.text or "Reprint" in text.text for text in texts if isinstance(text, LabelText))
    assert all(apart(box.area, code.area) for code in label.codes)
    assert 0 <= box.area.left <= box.area.right <= label.size_mm[0]
    assert 0 <= box.area.top <= box.area.bottom <= label.size_mm[1]
    check_label(said, Resolution.DPI_203)
