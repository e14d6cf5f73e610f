import pytest
from PySide6.QtWidgets import QApplication

from warehouse_app.ui.theme import LIGHT, Look, use_look


@pytest.fixture
def desktop(qapp: QApplication) -> QApplication:
    """The application in its light look."""
    use_look(qapp, Look(LIGHT))
    return qapp
