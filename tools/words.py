"""Collects the program's words into its catalogues and compiles them: `make translations`.

Only string literals inside `tr`, `tr_n` and `mark` are found. New words come in untranslated, words no longer used
are dropped, and nothing is guessed from similar words.
"""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from warehouse_app import __version__
from warehouse_app.language import LANGUAGES
from warehouse_app.resources import resource_path

PACKAGE = Path(__file__).parent.parent / "warehouse_app"
KEYWORDS = {"tr": None, "tr_n": (1, 2), "mark": None}
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")


def words_in_use() -> Catalog:
    """Every text of the program, with the files that say it."""
    catalogue = Catalog(project="Warehouse App")
    for file, _line, message, comments, context in extract_from_dir(PACKAGE, [("**.py", "python")], keywords=KEYWORDS):
        place = (f"warehouse_app/{Path(file).as_posix()}", 0)
        catalogue.add(message, locations=[place], auto_comments=comments, context=context)
    return catalogue


def catalogue_file(language: str) -> Path:
    """The translator's file of a language; the compiled one lies beside it."""
    return resource_path(f"locale/{language}/LC_MESSAGES/warehouse_app.po")


def catalogue_of(language: str) -> Catalog:
    """What has been translated so far."""
    file = catalogue_file(language)
    if not file.exists():
        return _new_catalogue(language)
    with file.open("rb") as source:
        return read_po(source, locale=language, domain="warehouse_app", abort_invalid=True)


def compiled(catalogue: Catalog) -> bytes:
    """The bytes that gettext reads; the same catalogue always gives the same bytes."""
    target = BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def _new_catalogue(language: str) -> Catalog:
    return Catalog(
        locale=language,
        domain="warehouse_app",
        project="Warehouse App",
        header_comment="# The words of Warehouse App.",
        version=__version__,
        msgid_bugs_address="none",
        revision_date=datetime.now(UTC),
        last_translator="the Warehouse App maintainers",
        language_team=language,
        fuzzy=False,
    )


def _update(language: str, words: Catalog) -> None:
    catalogue = catalogue_of(language)
    catalogue.update(words, no_fuzzy_matching=True, update_creation_date=False)
    file = catalogue_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalogue, width=100, sort_output=True, ignore_obsolete=True, include_lineno=False)
    file.with_suffix(".mo").write_bytes(compiled(catalogue_of(language)))
    open_words = sum(1 for message in catalogue if message.id and not message.string)
    print(f"{language}: {len(catalogue)} words, {open_words} not translated")


def main() -> None:
    """Update and compile the catalogue of each language that is translated to."""
    words = words_in_use()
    for language in TRANSLATED:
        _update(language, words)


if __name__ == "__main__":
    main()
