"""The parser of forms: any split of any body gives the same parts, and nothing it is fed makes it fail otherwise."""

from collections.abc import Iterable
from contextlib import suppress

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.doors.multipart import (
    MAX_HEADER_BYTES,
    MAX_PARTS,
    MultipartError,
    MultipartParser,
    PartBegun,
    PartData,
    PartEnded,
    boundary_of,
)

BOUNDARY = b"----form"
# Pieces that look like the beginning of a boundary, and like it.
_TRICKY = st.lists(
    st.sampled_from(
        [b"\r", b"\n", b"\r\n", b"-", b"--", b"\r\n--", b"\r\n------for", b"form", b"x"]
    )
    | st.binary(max_size=20),
    max_size=12,
).map(b"".join)


def body_of(parts: Iterable[tuple[str, str | None, bytes]]) -> bytes:
    body = b""
    for name, file_name, content in parts:
        disposition = f'form-data; name="{name}"'
        if file_name is not None:
            disposition += f'; filename="{file_name}"'
        body += b"--" + BOUNDARY + b"\r\nContent-Disposition: " + disposition.encode()
        body += b"\r\n\r\n" + content + b"\r\n"
    return body + b"--" + BOUNDARY + b"--\r\n"


def parse(chunks: Iterable[bytes]) -> list[tuple[str, str | None, bytes]]:
    parser = MultipartParser(BOUNDARY)
    parts: list[tuple[str, str | None, bytes]] = []
    begun: PartBegun | None = None
    content = b""
    for chunk in chunks:
        for event in parser.feed(chunk):
            match event:
                case PartBegun():
                    assert begun is None
                    begun, content = event, b""
                case PartData(data=data):
                    content += data
                case PartEnded():
                    assert begun is not None
                    parts.append((begun.name, begun.file_name, content))
                    begun = None
    parser.finish()
    return parts


@given(
    st.lists(
        st.tuples(
            st.text("abcdefgh_", min_size=1, max_size=8),
            st.none() | st.text("abc .3mfé", min_size=1, max_size=12),
            _TRICKY.filter(lambda content: b"\r\n--" + BOUNDARY not in content),
        ),
        max_size=5,
    ),
    st.lists(st.integers(1, 40), min_size=1, max_size=30),
    st.binary(max_size=30).filter(lambda preamble: BOUNDARY not in preamble),
)
def test_any_split_of_a_form_gives_its_parts(
    parts: list[tuple[str, str | None, bytes]], sizes: list[int], epilogue: bytes
) -> None:
    # A part may not end with what makes its delimiter ambiguous: none does, since the delimiter is searched first.
    body = body_of(parts) + epilogue
    chunks: list[bytes] = []
    at = 0
    while at < len(body):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(body[at : at + size])
        at += size
    if not parts:
        # A form without parts is but its last delimiter.
        assert parse(chunks) == []
        return
    assert parse(chunks) == parts


@settings(max_examples=300)
@given(st.lists(_TRICKY, max_size=6))
def test_no_bytes_raise_anything_but_a_multipart_error(chunks: list[bytes]) -> None:
    with suppress(MultipartError):
        parse([b"--" + BOUNDARY, *chunks])


def test_a_form_that_ends_early_is_an_error() -> None:
    body = body_of([("file", "a.gcode", b"G28")])
    for cut in range(len(body) - 3):
        with pytest.raises(MultipartError):
            parse([body[:cut]])


def test_headers_parts_and_what_stands_before_them_are_bounded() -> None:
    with pytest.raises(MultipartError, match="too long"):
        parse([b"--" + BOUNDARY + b"\r\nX: " + b"x" * (MAX_HEADER_BYTES + 1)])
    with pytest.raises(MultipartError, match=str(MAX_PARTS)):
        parse([body_of([("a", None, b"")] * (MAX_PARTS + 1))])
    with pytest.raises(MultipartError, match="begin"):
        parse([b"x" * 4096] * 20)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('form-data; name="file"; filename="Cube.gcode"', "Cube.gcode"),
        ("form-data; filename=Cube.gcode; name=file", "Cube.gcode"),
        # curl before 7.81, and after it; browsers.
        (r'form-data; name="file"; filename="a\"b\\c.gcode"', 'a"b\\c.gcode'),
        ('form-data; name="file"; filename="a%22b.gcode"', 'a"b.gcode'),
        ('form-data; name="file"; filename="Würfel; 1.gcode"', "Würfel; 1.gcode"),
    ],
)
def test_names_are_read_as_clients_write_them(disposition: str, name: str) -> None:
    head = b"--" + BOUNDARY + b"\r\nContent-Disposition: " + disposition.encode()
    rest = b"\r\n\r\nG28\r\n--" + BOUNDARY + b"--"
    assert parse([head + rest]) == [("file", name, b"G28")]


@pytest.mark.parametrize(
    "headers",
    [
        b"",
        b"Content-Type: text/plain",
        b"Content-Disposition: attachment; name=file",
        b"Content-Disposition: form-data; name=file\r\nContent-Transfer-Encoding: base64",
    ],
)
def test_parts_that_cannot_be_read_are_errors(headers: bytes) -> None:
    with pytest.raises(MultipartError):
        parse([b"--" + BOUNDARY + b"\r\n" + headers + b"\r\n\r\nx"])


@pytest.mark.parametrize(
    ("header", "boundary"),
    [
        (
            "multipart/form-data; boundary=------------------------ab12",
            b"-" * 24 + b"ab12",
        ),
        ('Multipart/Form-Data; charset=utf-8; boundary="a b"', b"a b"),
    ],
)
def test_the_boundary_is_read(header: str, boundary: bytes) -> None:
    assert boundary_of(header) == boundary


@pytest.mark.parametrize(
    "header",
    [
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/mixed; boundary=a",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 71,
    ],
)
def test_a_request_that_is_no_form_is_an_error(header: str) -> None:
    with pytest.raises(MultipartError):
        boundary_of(header)
