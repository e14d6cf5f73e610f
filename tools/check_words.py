"""Checks that every word of the program is translated: `python -m tools.check_words`, part of `make check`."""

import sys
from collections.abc import Iterator, Sequence
from string import Formatter

from babel.messages.catalog import Catalog, Message

from tools.words import TRANSLATED, catalogue_file, catalogue_of, compiled, words_in_use


def places(text: str) -> set[str]:
    """The named places of a template: {done} and {total} of "{done} of {total} packed"."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms(text: str | Sequence[str] | None) -> list[str]:
    """A text, or singular and plural, as a list."""
    return list(text) if text and not isinstance(text, str) else [str(text or "")]


def faults_of_message(message: Message, translation: Message | None) -> Iterator[str]:
    """What is wrong with one word's translation."""
    translated = forms(translation.string if translation else None)
    if translation is None or not all(translated):
        yield f"not translated: {message.id!r}"
        return
    if translation.fuzzy:
        yield f"marked fuzzy: {message.id!r}"
    wanted = set().union(*map(places, forms(message.id)))
    if any(not places(form) <= wanted for form in translated):
        yield f"names a place that is not in the English text: {message.id!r}"


def faults_of_language(language: str, words: Catalog) -> Iterator[str]:
    """What is wrong with one language."""
    catalogue = catalogue_of(language)
    for message in words:
        if message.id:
            yield from faults_of_message(message, catalogue.get(message.id, message.context))
    binary = catalogue_file(language).with_suffix(".mo")
    if not binary.exists() or binary.read_bytes() != compiled(catalogue):
        yield "the compiled catalogue is older than the words"


def main() -> int:
    """Print the faults of every language; the exit status says whether there are any."""
    words = words_in_use()
    faults = [f"{language}: {fault}" for language in TRANSLATED for fault in faults_of_language(language, words)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(f"error: {len(faults)} words need a translator; `make translations` collects them", file=sys.stderr)
    else:
        print(f"{len(words)} words, all translated")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
