"""Names for people and names for disks."""

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.library.values.names import (
    MAX_NAME_BYTES,
    NameSource,
    display_name,
    safe_file_name,
    stem,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    Plate,
    SlicedFile,
)


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("Cube.gcode.3mf", "Cube"),
        ("Cube.3mf", "Cube"),
        ("Cube.gcode", "Cube"),
        ("Cube.3mf.3mf", "Cube"),
        ("Cube.GCODE.3MF.gcode.3mf", "Cube"),
        ("v1.2 box.gcode.3mf", "v1.2 box"),
        (".gcode.3mf", ".gcode.3mf"),
        (".3mf", ".3mf"),
        ("plain", "plain"),
    ],
)
def test_extensions_are_stripped_however_often_they_are_repeated(
    file_name: str, expected: str
) -> None:
    assert stem(file_name) == expected


def facts(*plates: int, title: str = "", sliced: bool = True) -> SlicedFile:
    return SlicedFile(
        plates=tuple(Plate(number=plate, printable=sliced) for plate in plates),
        title=title,
    )


@pytest.mark.parametrize(
    ("known", "source", "expected"),
    [
        (facts(1, title="Gift box"), NameSource.METADATA, "Gift box"),
        (facts(1, title="Gift box"), NameSource.FILENAME, "Cube"),
        (facts(1), NameSource.METADATA, "Cube"),
        (None, NameSource.METADATA, "Cube"),
        (facts(3, title="Gift box"), NameSource.METADATA, "Gift box - Plate 3"),
        (facts(3), NameSource.FILENAME, "Cube - Plate 3"),
        (facts(1, 2, 3, title="Gift box"), NameSource.METADATA, "Gift box"),
        (facts(3, title="Gift box plate_3"), NameSource.METADATA, "Gift box plate_3"),
        (facts(4, title="Box", sliced=False), NameSource.METADATA, "Box - Plate 4"),
    ],
)
def test_the_name_shown_is_the_title_or_the_files_own_with_a_late_plate_named(
    known: SlicedFile | None, source: NameSource, expected: str
) -> None:
    assert display_name("Cube.gcode.3mf", known, source) == expected


@given(name=st.text(st.characters(codec=None), max_size=400))
def test_a_name_on_disk_has_no_way_out_of_its_folder(name: str) -> None:
    safe = safe_file_name(name)
    assert "/" not in safe
    assert "\\" not in safe
    assert not safe.startswith(".")
    assert safe.endswith((".3mf", ".gcode"))
    assert len(safe.encode()) <= MAX_NAME_BYTES
    assert safe.isascii() or safe.encode().decode() == safe
    assert safe_file_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Cube Ünïcode 1.gcode.3mf", "Cube Ünïcode 1.gcode.3mf"),
        ("../../etc/passwd", "passwd.3mf"),
        ("..\\..\\boot.3mf", "boot.3mf"),
        ("..", "upload.3mf"),
        ("a:b?c*.3mf", "a_b_c_.3mf"),
        ("nul.3mf", "_nul.3mf"),
        ("COM1.gcode.3mf", "_COM1.gcode.3mf"),
        (".hidden.3mf", "hidden.3mf"),
        ("trailing. .3mf", "trailing.3mf"),
        ("Box.3MF", "Box.3mf"),
        ("U\u0308ber.3mf", "Über.3mf"),
        ("ä" * 200 + ".3mf", "ä" * 65 + ".3mf"),
    ],
)
def test_names_on_disk_suit_every_file_system(name: str, expected: str) -> None:
    assert safe_file_name(name) == expected
