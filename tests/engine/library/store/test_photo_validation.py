"""What counts as a picture: whole JPEG, PNG and WebP files of a reasonable size, and nothing else."""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
import re
import struct
import zlib

from hypothesis import HealthCheck, given, settings, strategies as st
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
import pytest

from custom_components.bambu_virtual_printer.engine.library.store import (
    photo_validation as picture_module,
)
from custom_components.bambu_virtual_printer.engine.library.store.photo_validation import (
    MAX_PIXELS,
    MAX_SCANS,
    suffix_of,
)
from custom_components.bambu_virtual_printer.engine.library.values import jpeg_scans
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    InvalidChangeError,
)
from custom_components.bambu_virtual_printer.engine.library.values.jpeg_scans import (
    MAX_SEGMENTS,
    count_scans,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from tests.support.pictures import FORMATS, PICTURES, picture


def png_of(width: int, height: int) -> bytes:
    """Return a small file that says it is a picture of this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 + width // 8))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", rows),
            chunk(b"IEND", b""),
        )
    )


type Check = Callable[[bytes], str]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return a function that says what suffix a file of these bytes should have."""

    def _check(data: bytes) -> str:
        path = tmp_path / "photo.part"
        path.write_bytes(data)
        return suffix_of(path)

    return _check


@pytest.mark.parametrize("kind", FORMATS)
def test_the_content_says_what_a_picture_is_whatever_its_name(
    check: Check, kind: str
) -> None:
    assert check(PICTURES[kind]) == FORMATS[kind]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"progressive": True}),
        ("WEBP", {"lossless": True}),
        ("MPO", {"save_all": True, "append_images": [Image.new("RGB", (64, 64))]}),
    ],
)
def test_what_phones_and_cameras_write_is_taken(
    check: Check, kind: str, options: dict[str, object]
) -> None:
    assert check(picture(kind, **options)) in FORMATS.values()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_pngs_of_every_depth_are_taken(check: Check, mode: str) -> None:
    buffer = BytesIO()
    Image.new(mode, (8, 8)).save(buffer, "PNG")
    assert check(buffer.getvalue()) == ".png"


@pytest.mark.parametrize("data", [b"", b"G28\n", b"\xff\xd8", b"<svg/>" * 100])
def test_what_is_no_picture_is_refused(check: Check, data: bytes) -> None:
    with pytest.raises(InvalidChangeError, match="not a JPEG|damaged or incomplete"):
        check(data)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_kinds_of_pictures_are_refused(check: Check, kind: str) -> None:
    with pytest.raises(InvalidChangeError, match="not a JPEG, PNG or WebP picture"):
        check(picture(kind, side=16))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_cut_short_anywhere_is_refused(check: Check, kind: str) -> None:
    data = PICTURES[kind]
    # A PNG that lacks no more than its last checksum shows all of its picture.
    for length in (*range(0, len(data) - 5, 97), len(data) - 5):
        with pytest.raises(InvalidChangeError):
            check(data[:length])


def test_a_damaged_png_is_refused(check: Check) -> None:
    data = bytearray(PICTURES["PNG"])
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(InvalidChangeError, match="damaged"):
        check(bytes(data))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("width", "height"), [(MAX_PIXELS // 8, 9), (10_000, 10_000), (30_000, 30_000)]
)
def test_a_bomb_is_refused_before_it_goes_off(
    check: Check, width: int, height: int
) -> None:
    with pytest.raises(InvalidChangeError, match="more than 50 megapixels"):
        check(png_of(width, height))


def with_scans(count: int, side: int = 64) -> bytes:
    """Return a progressive JPEG whose last scan comes so many times more."""
    data = picture("JPEG", side, progressive=True)
    last = data.rindex(b"\xff\xda")
    scan = data[last:-2]
    return data[:-2] + scan * count + data[-2:]


def scans_of(data: bytes) -> int:
    return len(re.findall(rb"\xff\xda", data))


def test_a_jpeg_of_many_scans_is_refused_before_it_is_decoded(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = with_scans(MAX_SCANS)
    assert scans_of(data) > MAX_SCANS

    def decode(*_: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(JpegImageFile, "load", decode)
    with pytest.raises(InvalidChangeError, match="too many scans"):
        check(data)


def test_the_larger_a_jpeg_is_the_fewer_scans_it_may_have(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = with_scans(10)
    assert check(data) == ".jpg"
    monkeypatch.setattr(picture_module, "MAX_SCANNED_PIXELS", 64 * 64 * 15)
    with pytest.raises(InvalidChangeError, match="too many scans"):
        check(data)


def test_a_jpeg_of_endless_segments_is_refused(check: Check) -> None:
    comments = b"\xff\xfe\0\2" * (MAX_SEGMENTS + 1)
    with pytest.raises(InvalidChangeError, match="too many scans"):
        check(PICTURES["JPEG"][:2] + comments + PICTURES["JPEG"][2:])


@pytest.mark.parametrize("size", [1, 2, 7, 64, 64 * 1024])
def test_scans_are_counted_wherever_blocks_end(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(jpeg_scans, "_BLOCK_BYTES", size)
    plain = picture("JPEG", restart_marker_blocks=1)
    assert count_scans(BytesIO(plain), at_most=99) == 1
    # A thumbnail in the metadata and what follows the picture are none of its scans.
    metadata = b"\xff\xe1" + (len(plain) + 2).to_bytes(2) + plain
    progressive = with_scans(5, side=16)
    data = progressive[:2] + metadata + progressive[2:] + plain
    assert count_scans(BytesIO(data), at_most=99) == scans_of(progressive)
    assert count_scans(BytesIO(data), at_most=3) is None
    assert count_scans(BytesIO(b""), at_most=3) == 0


@given(data=st.binary(max_size=4000))
def test_scans_of_anything_can_be_counted(data: bytes) -> None:
    count_scans(BytesIO(b"\xff\xd8" + data), at_most=8)


def test_fifty_megapixels_are_taken(check: Check) -> None:
    assert check(png_of(MAX_PIXELS // 8, 8)) == ".png"


def test_a_webp_that_says_it_is_huge_is_refused(check: Check) -> None:
    data = bytearray(picture("WEBP", exif=b"Exif\0\0MM\0*"))
    assert data[12:16] == b"VP8X"
    data[24:30] = b"\xff\x3f\x00" * 2
    with pytest.raises(InvalidChangeError):
        check(bytes(data))


def test_a_disk_that_does_not_read_is_not_blamed_on_the_picture(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read") as raised:
        suffix_of(tmp_path / "none")
    assert not isinstance(raised.value, InvalidChangeError)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="Linux only")
def test_an_error_of_the_disk_in_the_middle_is_told_as_one() -> None:
    # The first page of a process cannot be read.
    with pytest.raises(StorageError, match="the disk failed") as raised:
        suffix_of(Path("/proc/self/mem"))
    assert not isinstance(raised.value, InvalidChangeError)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from(sorted(FORMATS)),
    changes=st.lists(
        st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=8)), max_size=6
    ),
    tail=st.binary(max_size=64),
)
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_damage_of_any_kind_is_told_in_words_or_does_not_matter(
    check: Check, kind: str, changes: list[tuple[int, bytes]], tail: bytes
) -> None:
    data = bytearray(PICTURES[kind])
    for offset, junk in changes:
        start = offset % len(data)
        data[start : start + len(junk)] = junk
    # Anything else that were raised would be a traceback for whoever sent it.
    with suppress(InvalidChangeError):
        assert check(bytes(data) + tail) in FORMATS.values()
