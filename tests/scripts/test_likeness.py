"""Pictures that are compared with those that were kept."""

from pathlib import Path

from PIL import Image, ImageDraw
import pytest

from scripts.likeness import differences, different_part, keep


def picture(
    folder: Path, name: str, *, at: int = 100, text: str = "2 minutes ago"
) -> Path:
    """Draw a card with a picture and a text."""
    image = Image.new("RGB", (1280, 800), "#fafafa")
    draw = ImageDraw.Draw(image)
    draw.rectangle((at, 100, at + 400, 400), fill="#ffffff", outline="#e0e0e0")
    draw.rectangle((at + 20, 120, at + 220, 320), fill="#c12e1f")
    draw.text((at + 20, 350), text, fill="#212121")
    path = folder / f"{name}.png"
    image.save(path)
    return path


def test_another_text_looks_the_same(tmp_path: Path) -> None:
    keep([picture(tmp_path, "inbox")], tmp_path / "kept")
    shown = picture(tmp_path, "inbox", text="yesterday at noon")
    assert differences([shown], tmp_path / "kept") == []


def test_what_has_moved_looks_different(tmp_path: Path) -> None:
    keep([picture(tmp_path, "inbox")], tmp_path / "kept")
    [told] = differences([picture(tmp_path, "inbox", at=400)], tmp_path / "kept")
    assert told.startswith("inbox: ")
    assert "looks different" in told


@pytest.mark.parametrize("color", ["#000000", "#fafafa"])
def test_other_colours_look_different(tmp_path: Path, color: str) -> None:
    one = picture(tmp_path, "one")
    other = tmp_path / "other.png"
    with Image.open(one) as image:
        ImageDraw.Draw(image).rectangle((100, 100, 520, 420), fill=color)
        image.save(other)
    assert different_part(one, other) > 0.04


def test_another_shape_is_different(tmp_path: Path) -> None:
    one, other = picture(tmp_path, "one"), tmp_path / "other.png"
    with Image.open(one) as image:
        image.crop((0, 0, 1280, 700)).save(other)
    assert different_part(one, other) == 1.0


def test_what_is_new_is_told_and_what_is_gone_is_not_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    keep([picture(tmp_path, "inbox"), picture(tmp_path, "queue")], kept)
    assert differences([picture(tmp_path, "stats")], kept) == [
        "stats: no picture of it was kept"
    ]
    keep([picture(tmp_path, "inbox")], kept)
    assert [path.name for path in kept.iterdir()] == ["inbox.webp"]
