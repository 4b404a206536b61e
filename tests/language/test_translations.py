"""The other languages have every text that English has, with the same placeholders, links and code."""

from collections import Counter
from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import pytest

from custom_components.bambu_virtual_printer import const
from custom_components.bambu_virtual_printer.language.plurals import plural_form
from homeassistant.generated.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
FOLDER = Path(const.__file__).parent / "translations"
PANEL = ROOT / "frontend/src/translations"

# Texts that are equal to English: names and units in any language, words in those that are listed.
SAME = json.loads(
    (Path(__file__).parent / "same_as_english.json").read_text(encoding="utf-8")
)
LETTER = re.compile(r"[^\W\d_]")
PLACEHOLDER = re.compile(r"{\w*}")
HTML_TAG = re.compile(r"</?[a-zA-Z]")
# The frontend reads texts as ICU messages, in which an apostrophe before these begins a quotation.
QUOTATION = re.compile(r"'[{}<>#|]")
# What is the same in every language: fenced blocks, code, link targets and addresses.
KEPT = re.compile(r"```.*?```|`[^`]+`|\]\([^)]*\)|https?://[^\s)]+", re.DOTALL)
MARKUP = re.compile(r"```|\*\*|\*|\n *- |\n *\d+\. |\n")
# `strftime` writes names of days and months, and the half of the day, in the language of the process.
NAMED = re.compile(r"%[aAbBcpxX]")


def texts_of(path: Path) -> dict[str, str]:
    """Read a file of translations, by the dotted names of the texts."""
    return dict(leaves(json.loads(path.read_text(encoding="utf-8"))))


def leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


ENGLISH = texts_of(FOLDER / "en.json")
COUNTED = {
    key.removesuffix("_other")
    for key in ENGLISH
    if key.endswith("_other") and f"{key.removesuffix('_other')}_one" in ENGLISH
}
LANGUAGES_HERE = sorted(path.stem for path in FOLDER.glob("*.json"))
TRANSLATED = [language for language in LANGUAGES_HERE if language != "en"]


def forms(language: str) -> set[str]:
    """Return the forms a language has for numbers of things, with the one to fall back on."""
    return {"other", *(plural_form(language, count) for count in range(200))}


def model_of(key: str) -> str:
    """Return the English text of which a text is the translation."""
    return ENGLISH[key if key in ENGLISH else f"{key.rpartition('_')[0]}_other"]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.fixture(params=TRANSLATED)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def texts(language: str) -> dict[str, str]:
    return texts_of(FOLDER / f"{language}.json")


def test_languages_are_named_as_home_assistant_names_them_and_are_the_panels() -> None:
    panel = {path.stem for path in PANEL.glob("*.json")}
    assert set(LANGUAGES_HERE) <= LANGUAGES & panel


def test_a_language_has_every_text_and_no_other(
    language: str, texts: dict[str, str]
) -> None:
    counted = {f"{base}_{form}" for base in COUNTED for form in ("one", "other")}
    wanted = (ENGLISH.keys() - counted) | {
        f"{base}_{form}" for base in COUNTED for form in forms(language)
    }
    assert sorted(wanted - texts.keys()) == [], "missing"
    assert sorted(texts.keys() - wanted) == [], "not in English"


def test_a_language_fills_in_the_same_values(texts: dict[str, str]) -> None:
    wrong = {
        key: text
        for key, text in texts.items()
        if placeholders(text) != placeholders(model_of(key))
    }
    assert wrong == {}


def test_a_language_keeps_links_code_and_markup(texts: dict[str, str]) -> None:
    wrong = {
        key: text
        for key, text in texts.items()
        for kept in (KEPT, MARKUP)
        if Counter(kept.findall(text)) != Counter(kept.findall(model_of(key)))
    }
    assert wrong == {}


def test_a_language_is_not_english(language: str, texts: dict[str, str]) -> None:
    equal = {
        text
        for key, text in texts.items()
        if text == model_of(key) and LETTER.search(PLACEHOLDER.sub("", text))
    }
    listed = set(SAME["words"].get(language, ()))
    assert sorted(equal - {*SAME["names"], *SAME["units"]} - listed) == []
    assert sorted(listed - equal) == [], "listed, but translated"


def test_only_english_texts_are_listed_as_the_same() -> None:
    listed = {*SAME["names"], *SAME["units"]}.union(*SAME["words"].values())
    assert listed <= set(ENGLISH.values())


@pytest.mark.parametrize("name", LANGUAGES_HERE)
def test_texts_are_plain_and_whole(name: str) -> None:
    wrong = {
        key: text
        for key, text in texts_of(FOLDER / f"{name}.json").items()
        if not text.strip() or HTML_TAG.search(text) or QUOTATION.search(text)
    }
    # The mark between thousands may be a space.
    assert wrong.keys() <= {"common.thousands_mark"}


@pytest.mark.parametrize("name", [name for name in LANGUAGES_HERE if name != "zh-Hans"])
def test_what_forms_count_is_right_for_one(name: str) -> None:
    """Home Assistant chooses no form of a word by a number there."""
    wrong = {
        key: text
        for key, text in texts_of(FOLDER / f"{name}.json").items()
        if key.startswith("options.error.")
        and "{count}" in text
        and not re.search(r":\s?{count}\.", text)
    }
    assert wrong == {}


def test_dates_are_written_without_english_names(texts: dict[str, str]) -> None:
    formats = ("date", "date_this_year", "time")
    assert [name for name in formats if NAMED.search(texts[f"common.{name}"])] == []
