"""The form a language has for a number of things."""

import pytest

from custom_components.bambu_virtual_printer.language.plurals import plural_form


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {0: "other", 1: "one", 2: "other", 21: "other"}),
        ("de", {0: "other", 1: "one", 2: "other"}),
        ("fr", {0: "one", 1: "one", 2: "other"}),
        ("pt-BR", {0: "one", 1: "one", 2: "other"}),
        (
            "pl",
            {0: "many", 1: "one", 2: "few", 5: "many", 12: "many", 22: "few"}
            | {21: "many", 104: "few", 112: "many"},
        ),
        ("zh-Hans", {0: "other", 1: "other", 2: "other"}),
        # Without texts of its own, a language is read in English.
        ("ja", {0: "other", 1: "one", 2: "other"}),
    ],
)
def test_a_number_has_the_form_of_the_language(
    language: str, forms: dict[int, str]
) -> None:
    assert {count: plural_form(language, count) for count in forms} == forms
