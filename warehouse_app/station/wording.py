"""The words of feedback and errors in the language in use."""

from warehouse_app.domain.catalogue import ProductCard
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.session import Feedback
from warehouse_app.language import language_in_use, tr


def feedback_text(told: Feedback) -> str:
    """What the worker reads."""
    return tr(told.message, **{name: _shown(value) for name, value in told.values.items()})


def error_text(error: WarehouseError) -> str:
    """What went wrong, to what, and the remedy, on one line."""
    text = tr(error.message, **{name: _shown(value) for name, value in error.values.items()})
    return " ".join(text.split())


def _shown(value: object) -> object:
    if isinstance(value, ProductCard):
        return value.label(language_in_use())
    return tr(value) if isinstance(value, str) and value else value
