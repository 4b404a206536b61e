"""The drawings of slicers' dialogs."""

import pytest

from scripts.slicer_drawings import DRAWINGS, FOLDER, drawn


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_drawings_are_those_that_the_script_makes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == drawn(DRAWINGS[name])


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("orca-slicer-printer.svg", ["1", "2", "3"]),
        ("cura-printer.svg", ["2a", "2b", "2c", "3"]),
    ],
)
def test_what_is_to_be_entered_is_marked(name: str, marks: list[str]) -> None:
    fields = [field for dialog in DRAWINGS[name] for field in dialog.fields]
    assert [field.mark for field in fields if field.mark] == marks
    assert all(f">{mark}</text>" in drawn(DRAWINGS[name]) for mark in marks)
