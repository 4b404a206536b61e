"""Text and numbers out of untrusted files."""

import math

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.library.values import sanitize

ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.lists(st.integers())
)


@given(value=ANYTHING, max_chars=st.integers(1, 50))
def test_text_is_one_bounded_line_that_any_database_takes(
    value: object, max_chars: int
) -> None:
    for clean in (
        sanitize.clean_text(value, max_chars=max_chars),
        sanitize.unescaped_text(value, max_chars=max_chars),
    ):
        assert len(clean) <= max_chars
        assert clean == clean.strip()
        assert "\n" not in clean
        assert "\0" not in clean
        clean.encode()


@given(value=ANYTHING)
def test_numbers_are_finite_and_within_bounds(value: object) -> None:
    number = sanitize.number(value, minimum=-5, maximum=1e6)
    assert number is None or (math.isfinite(number) and -5 <= number <= 1e6)
    whole = sanitize.to_int(value, maximum=100)
    assert whole is None or 0 <= whole <= 100


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1958", 1958.0),
        (" 10.18 ", 10.18),
        (7, 7.0),
        ("nan", None),
        ("inf", None),
        ("-1", None),
        ("1e400", None),
        ("9" * 5000, None),
        ("", None),
        (None, None),
        (True, None),
        ([1], None),
        ("0x10", None),
    ],
)
def test_a_number_is_read_or_refused(value: object, expected: float | None) -> None:
    assert sanitize.number(value, maximum=1e9) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tom & Jerry", "Tom & Jerry"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp;amp; Jerry", "Tom & Jerry"),
        ("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>"),
        ("  two\r\n lines\t", "two lines"),
        ("evil\u202e3mf", "evil3mf"),
        ("\u200eleft\u061c \u2067right\u2069", "left right"),
        ("می\u200cخواهم 👩\u200d🚀", "می\u200cخواهم 👩\u200d🚀"),
        ("\u200d \u200c", ""),
        ("bolts&notches, cut&copy", "bolts&notches, cut&copy"),
        ("Black&amp;regular", "Black&regular"),
        ("base&section; 2&times;4 &#169; &#xa9; &copy;", "base&section; 2×4 © © ©"),
        ("&#38;amp;&AMP;lt;", "&<"),
        ("&amp;#38;#x26;copy;", "©"),
        ("bro\ud800ken", "broken"),
        (5, ""),
    ],
)
def test_titles_are_unescaped_until_nothing_changes(
    value: object, expected: str
) -> None:
    assert sanitize.unescaped_text(value) == expected


def test_the_work_of_unescaping_does_not_grow_with_the_layers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = 0

    class Counting:
        def sub(self, *args: str) -> str:
            nonlocal looks
            looks += 1
            return ampersands.sub(*args)

    ampersands = sanitize._AMPERSANDS
    monkeypatch.setattr(sanitize, "_AMPERSANDS", Counting())
    assert sanitize.unescaped_text("Tom &" + "amp;" * 1000 + " Jerry") == "Tom & Jerry"
    assert sanitize.unescaped_text("&" + "#38;lt;" * 500)
    assert looks <= 2 * sanitize.MAX_UNESCAPE_ROUNDS


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("#2850E0", "#2850E0"),
        ("#00ae42ff", "#00AE42"),
        ("2850E0", ""),
        ("#28", ""),
        ("red", ""),
        (None, ""),
    ],
)
def test_colours_lose_their_alpha(value: object, expected: str) -> None:
    assert sanitize.color(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ünïcode_Box", "unicode box"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
        ("PETG 240℃ Bambu™ № 5", "petg 240°c bambutm no 5"),
    ],
)
def test_folding_leaves_what_people_type(value: str, expected: str) -> None:
    assert sanitize.fold_case(value) == expected


def test_folding_leaves_nothing_to_fold() -> None:
    for number in range(0x110000):
        folded = sanitize.fold_case(chr(number))
        assert sanitize.fold_case(folded) == folded == folded.casefold()
