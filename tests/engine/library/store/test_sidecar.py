"""The file of facts beside every kept file."""

from dataclasses import replace
from datetime import UTC, datetime
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.library.store.sidecar import (
    Sidecar,
    SidecarError,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
)
from custom_components.bambu_virtual_printer.engine.values import (
    Mode,
    PrinterRef,
    ReceivedFile,
)
from tests.support.print_requests import REQUEST

SIDECAR = Sidecar(
    file=ReceivedFile(
        id="01M816A461TBZTPCMSB3AWXXFA",
        name="Cube Ünïcode.gcode.3mf",
        size_bytes=12345,
        sha256="ab" * 32,
        peer="192.0.2.7",
        received_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
        encrypted=True,
    ),
    file_name="Cube Ünïcode.gcode.3mf",
    printer=PrinterRef(id="p1", name="P1S", model="C12", mode=Mode.QUEUE),
    requests=(REQUEST,),
    annotations=Annotations(
        notes="two\nlines", tags=("gift", "PLA"), favourite=True, project="Xmas"
    ),
)


def test_everything_comes_back() -> None:
    assert Sidecar.decode(SIDECAR.encode()) == SIDECAR
    plain = Sidecar(
        file=SIDECAR.file, file_name=SIDECAR.file_name, printer=SIDECAR.printer
    )
    assert Sidecar.decode(plain.encode()) == plain


def test_fields_of_newer_versions_are_passed_over() -> None:
    data = json.loads(SIDECAR.encode())
    data["file"]["colour"] = "red"
    data["later"] = {}
    assert Sidecar.decode(json.dumps(data).encode()) == SIDECAR


def test_what_older_versions_did_not_write_has_its_default() -> None:
    data = json.loads(SIDECAR.encode())
    del data["requests"][0]["timelapse"], data["annotations"]["project"]
    sidecar = Sidecar.decode(json.dumps(data).encode())
    assert sidecar.requests == (replace(REQUEST, timelapse=None),)
    assert sidecar.annotations.project == ""


def test_the_one_request_of_older_versions_is_kept() -> None:
    data = json.loads(SIDECAR.encode())
    (data["request"],) = data.pop("requests")
    assert Sidecar.decode(json.dumps(data).encode()) == SIDECAR
    data["request"] = None
    assert Sidecar.decode(json.dumps(data).encode()).requests == ()


def test_a_file_name_cannot_lead_out_of_the_folder() -> None:
    data = json.loads(SIDECAR.encode()) | {"file_name": "../../evil.3mf"}
    assert Sidecar.decode(json.dumps(data).encode()).file_name == "evil.3mf"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("file",), None),
        (("file", "size_bytes"), "12"),
        (("file", "received_at"), "yesterday"),
        (("file", "received_at"), "2026-11-22T10:00:00"),
        (("file", "encrypted"), "yes"),
        (("printer", "mode"), "party"),
        (("printer", "name"), None),
        (("requests", 0, "plate"), "two"),
        (("requests", 0, "received_at"), 5),
        (("annotations", "tags"), "gift"),
        (("annotations",), 5),
        (("file_name",), 5),
    ],
)
def test_a_damaged_one_is_refused(place: tuple[str, ...], value: Any) -> None:
    data = json.loads(SIDECAR.encode())
    *parents, last = place
    inner = data
    for parent in parents:
        inner = inner[parent]
    inner[last] = value
    with pytest.raises(SidecarError):
        Sidecar.decode(json.dumps(data).encode())


@given(content=st.binary(max_size=200) | st.text().map(json.dumps).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with pytest.raises(SidecarError):
        Sidecar.decode(content)
