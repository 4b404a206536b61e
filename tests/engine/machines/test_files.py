from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.machines.files import (
    MAX_NAME_LENGTH,
    remote_name,
)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Benchy", "Benchy_K1.gcode.3mf"),
        ("my nice boat.gcode.3mf", "my_nice_boat_K1.gcode.3mf"),
        ("twice.gcode.3mf.gcode.3mf", "twice_K1.gcode.3mf"),
        ("Schlüssel #2 (groß).3mf", "Schlussel_2_(gro)_K1.gcode.3mf"),
        ("../../etc/passwd", "etc_passwd_K1.gcode.3mf"),
        ("船", "print_K1.gcode.3mf"),
        ("", "print_K1.gcode.3mf"),
        ("a?b&c=d%20e", "a_b_c_d_20e_K1.gcode.3mf"),
    ],
)
def test_names_are_safe_in_a_url_and_keep_what_a_person_reads(
    title: str, name: str
) -> None:
    assert remote_name(title, "K1") == name


@given(
    st.text('aZ09 ._-/\\é#?%&\n\0:*"<>|船', max_size=300),
    st.text("ABC123", min_size=1, max_size=26),
)
def test_every_title_makes_a_short_ascii_name_with_one_suffix(
    title: str, key: str
) -> None:
    name = remote_name(title, key)
    assert (
        name.isascii() and name.isprintable() and not set(name) & set(' "#%&*/:<>?\\|')
    )
    assert len(name) <= MAX_NAME_LENGTH
    assert name.endswith(f"_{key}.gcode.3mf") and name.count(".gcode.3mf") == 1
    assert not name.startswith((".", "_"))


def test_two_jobs_never_share_a_file() -> None:
    long = "x" * 300
    assert remote_name(long, "A") != remote_name(long, "B")


@pytest.mark.parametrize("key", ["", "a b", "x" * 27, "ü", "../x"])
def test_a_key_that_is_not_safe_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        remote_name("x", key)
