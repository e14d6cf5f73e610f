from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.x_keys import window_manager_runs
from warehouse_app.ui.theme import LIGHT, Look, use_look


@pytest.fixture
def desktop(qapp: QApplication) -> QApplication:
    """The application in its light look."""
    use_look(qapp, Look(LIGHT))
    return qapp


@pytest.fixture(scope="session")
def window_manager() -> Iterator[None]:
    """One for all windows of an X server: a second one in its place would not know the windows at once."""
    with window_manager_runs():
        yield
