"""Words on paper: English with Chinese beside it."""

from dataclasses import dataclass

from warehouse_app.language import Translator

_ENGLISH = Translator("en")
_CHINESE = Translator("zh")


@dataclass(frozen=True, slots=True)
class Both:
    """One text in two languages; the Chinese is empty where it would only repeat the English."""

    english: str
    chinese: str

    def inline(self) -> str:
        """Both texts on one line."""
        return f"{self.english} {self.chinese}".rstrip()


def both(message: str, **values: object) -> Both:
    """The two languages of a marked text, with its named places filled."""
    return _without_repetition(_ENGLISH.tr(message, **values), _CHINESE.tr(message, **values))


def product_names(name: str, name_zh: str) -> Both:
    """The two names that a product carries itself."""
    return _without_repetition(name, name_zh)


def _without_repetition(english: str, chinese: str) -> Both:
    return Both(english, "" if chinese.strip() == english.strip() else chinese)
