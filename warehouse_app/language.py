"""The words people read, in English and Chinese.

English text is its own key. `tr` translates into the language in use, `mark` only makes a text known to the
catalogue, for templates that are kept as data and translated where they are shown.
"""

import gettext
from functools import cache

from warehouse_app.resources import resource_path

LANGUAGES = ("en", "zh")


class Translator:
    """Translates into one fixed language; papers use two at once."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def tr(self, message: str, **values: object) -> str:
        """The text in this language, with its named places filled."""
        translated = self._catalogue.gettext(message) if message else ""
        return translated.format(**values) if values else translated

    def tr_n(self, singular: str, plural: str, n: int, **values: object) -> str:
        """The text for n things; the templates may use {n}."""
        return self._catalogue.ngettext(singular, plural, n).format(n=n, **values)


class _Language:
    """The one language of this process, chosen at start or by the person at the screen."""

    translator: Translator


def use_language(language: str) -> None:
    """Choose the language of this process: one of LANGUAGES. Raises ValueError for any other."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _Language.translator = Translator(language)


def language_in_use() -> str:
    """The language that `tr` answers in."""
    return _Language.translator.language


def tr(message: str, **values: object) -> str:
    """The text in the language in use, with its named places filled."""
    return _Language.translator.tr(message, **values)


def tr_n(singular: str, plural: str, n: int, **values: object) -> str:
    """The text for n things in the language in use."""
    return _Language.translator.tr_n(singular, plural, n, **values)


def mark(message: str) -> str:
    """Put a text into the catalogue without translating it here."""
    return message


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    folder = str(resource_path("locale"))
    return gettext.translation("warehouse_app", folder, languages=[language], fallback=True)


use_language("en")
