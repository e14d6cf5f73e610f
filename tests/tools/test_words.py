"""The translations: what `make check` does not look at."""

import re

import pytest

from tools.check_words import forms, places
from tools.words import TRANSLATED, catalogue_of

PERCENT_PLACE = re.compile(r"%(?:\(\w+\))?[rs]")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_says_every_value_of_the_english_text(language: str) -> None:
    for message in catalogue_of(language):
        wanted = set().union(*map(places, forms(message.id)))
        percent_places = PERCENT_PLACE.findall(forms(message.id)[0])

        for form in forms(message.string) if message.id else ():
            assert places(form) == wanted, message.id
            assert PERCENT_PLACE.findall(form) == percent_places, message.id
