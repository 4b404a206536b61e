"""What strangers call themselves and their files, made fit to be shown."""

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.printable import printable, text
from tests.support.texts import DIRECTIONS


@pytest.mark.parametrize("control", DIRECTIONS)
def test_nothing_changes_the_direction_of_what_stands_around_it(control: str) -> None:
    assert text(f"bill{control}fm3.exe") == "billfm3.exe"
    assert printable(f"bill{control}fm3.exe") == "billfm3.exe"


@pytest.mark.parametrize("name", ["می\u200cخواهم", "क्\u200dष", "👩\u200d🚀 ready"])
def test_joiners_stay_between_letters(name: str) -> None:
    assert text(name) == printable(name) == name


def test_spaces_stay_in_names_of_files_and_are_one_in_text() -> None:
    assert printable("a  b.3mf") == "a  b.3mf"
    assert text("a  b") == "a b"


@given(value=st.text(st.characters(codec=None)), max_chars=st.integers(1, 50))
def test_what_is_shown_is_bounded_and_can_be_written(
    value: str, max_chars: int
) -> None:
    shown = printable(value, max_chars=max_chars)
    assert len(shown) <= max_chars
    assert shown == printable(shown, max_chars=max_chars)
    shown.encode()
