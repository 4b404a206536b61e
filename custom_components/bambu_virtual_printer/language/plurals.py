"""Which form of a text a language has for a number of things (Unicode CLDR, plural rules for whole numbers)."""

from typing import Literal

type Form = Literal["one", "few", "many", "other"]


def plural_form(language: str, count: int) -> Form:
    """Return the form for `count`. Languages without texts of their own are read in English, and so have its forms."""
    match language:
        case "fr" | "pt-BR":
            return "one" if count in {0, 1} else "other"
        case "pl":
            return _polish(count)
        case "zh-Hans":
            return "other"
    return "one" if count == 1 else "other"


def _polish(count: int) -> Form:
    if count == 1:
        return "one"
    if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14}:
        return "few"
    return "many"


def is_of_one(form: str, text: str) -> bool:
    """Tell whether a text is of exactly one thing: of the form for one, and without the number."""
    return form.endswith("_one") and "{count}" not in text
