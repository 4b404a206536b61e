"""What reports say of the file tunnel and of the camera."""

from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.job import JobReport
from custom_components.bambu_virtual_printer.engine.emulator.mqtt.reports import (
    Controls,
    StatusReports,
)
from custom_components.bambu_virtual_printer.engine.mirror.served import Served
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.values import JsonObject

from .showing import CASES, Case, target

P2S, H2D = CASES["P2S"], CASES["H2D"]
TUNNEL = Served(files=True, prints_from_memory=True)
WITH_TUNNEL = {"X1C", "X1", "P2S", "H2D", "H2D Pro", "H2C", "H2C dual", "H2S", "X2D"}


def report(case: Case, served: Served, **changes: Any) -> dict[str, Any]:
    seen = target(case)
    seen = replace(seen, status=dict(seen.status) | changes)
    reports = StatusReports(case.identity, lambda: served)
    fields: dict[str, Any] = json.loads(reports.next(JobReport(), Controls(), seen))
    return fields["print"]  # type: ignore[no-any-return]


def bit(value: str, number: int) -> bool:
    return bool(int(value, 16) >> number & 1)


def test_the_tunnel_is_told_where_it_is_served() -> None:
    changes = {"fun": "7FFFFFFF", "fun2": "0", "ipcam": {"brtc_service": "enable"}}
    shown = report(P2S, TUNNEL, **changes)
    assert bit(shown["fun"], 31)
    assert not bit(shown["fun"], 29)
    assert bit(shown["fun2"], 0)
    assert not bit(shown["fun2"], 17)
    assert shown["ipcam"]["file"]["local"] == "local"
    assert shown["ipcam"]["brtc_service"] == "enable"


def test_the_tunnel_is_not_told_where_it_is_not_served() -> None:
    changes = {"fun": "FFFFFFFF", "fun2": "FFFF", "ipcam": {"brtc_service": "enable"}}
    shown = report(P2S, Served(), **changes)
    assert not bit(shown["fun"], 31)
    assert not bit(shown["fun2"], 0)
    assert "file" not in shown["ipcam"]
    assert shown["ipcam"]["brtc_service"] == "disable"


def test_prints_from_memory_are_told_only_of_models_that_do() -> None:
    shown = report(H2D, Served(files=True), fun="0", fun2="FE")
    assert bit(shown["fun"], 31)
    assert not bit(shown["fun2"], 0)


def test_a_model_that_speaks_the_older_protocol_has_no_new_fields() -> None:
    shown = report(P2S, TUNNEL)
    without = report(P2S, Served())
    assert shown.keys() == without.keys()
    assert list(shown)[0] == "sequence_id"


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_the_models_that_have_a_tunnel(model: Any) -> None:
    assert model.file_tunnel == (model.name in WITH_TUNNEL)
    assert model.prints_from_memory == (model.name in {"P2S", "X2D"})
    assert not model.prints_from_memory or 6000 in model.extra_ports


URL = "rtsps://127.0.0.1:322/streaming/live/1"
A1_IPCAM: JsonObject = {"ipcam_dev": "0", "mode_bits": 3, "tutk_server": "disable"}
P2S_IPCAM: JsonObject = {
    "ipcam_dev": "1",
    "liveview": {"local": "none", "remote": "none"},
    "mode_bits": 2,
    "rtsp_url": "disable",
    "tutk_server": "disable",
}


@pytest.mark.parametrize("report", [{}, {"ipcam": None}, {"ipcam": A1_IPCAM}])
def test_nothing_is_said_of_what_is_not_served(report: JsonObject) -> None:
    assert Served().shown(report) == report


def test_pictures_are_said_to_be_there() -> None:
    report = Served(pictures=True).shown({"first": 1, "ipcam": A1_IPCAM, "last": 2})
    assert report == {"first": 1, "ipcam": A1_IPCAM | {"ipcam_dev": "1"}, "last": 2}
    assert list(report) == ["first", "ipcam", "last"]
    assert Served(pictures=True).shown({"ipcam": {}})["ipcam"] == {
        "ipcam_dev": "1",
        "mode_bits": 3,
        "tutk_server": "disable",
    }


def test_video_is_said_to_be_at_the_virtual_printer_s_address() -> None:
    (ipcam,) = Served(video_url=URL).shown({"ipcam": P2S_IPCAM}).values()
    assert ipcam == P2S_IPCAM | {
        "liveview": {"local": "rtsps", "remote": "none"},
        "rtsp_url": URL,
    }
    assert P2S_IPCAM["rtsp_url"] == "disable"
