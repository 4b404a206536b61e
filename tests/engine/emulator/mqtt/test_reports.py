from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.job import (
    GcodeState,
    JobReport,
)
from custom_components.bambu_virtual_printer.engine.emulator.mqtt.reports import (
    Controls,
    StatusReports,
    encode,
)
from custom_components.bambu_virtual_printer.engine.machines.families import find_traits
from custom_components.bambu_virtual_printer.engine.machines.values import StorageState
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
    Family,
    PrinterModel,
)
from tests.support.machine_states import machine_state

IDENTITY = Identity(
    name="Tests",
    model=MODELS["C12"],
    serial_suffix="391812345",
    access_code="12345678",
    bind_ip="192.168.1.50",
)

# Every key of an idle printer's report, with the JSON type clients expect.
KEYS: dict[str, type] = {
    "sequence_id": str,
    "command": str,
    "msg": int,
    "gcode_state": str,
    "gcode_file": str,
    "gcode_file_prepare_percent": str,
    "subtask_name": str,
    "mc_print_stage": str,
    "mc_percent": int,
    "mc_remaining_time": int,
    "layer_num": int,
    "total_layer_num": int,
    "stg": list,
    "stg_cur": int,
    "print_error": int,
    "print_type": str,
    "wifi_signal": str,
    "bed_temper": float,
    "bed_target_temper": float,
    "nozzle_temper": float,
    "nozzle_target_temper": float,
    "chamber_temper": float,
    "cooling_fan_speed": str,
    "big_fan1_speed": str,
    "big_fan2_speed": str,
    "heatbreak_fan_speed": str,
    "spd_lvl": int,
    "spd_mag": int,
    "home_flag": int,
    "hw_switch_state": int,
    "sdcard": bool,
    "storage": dict,
    "online": dict,
    "ams_status": int,
    "ams": dict,
    "vt_tray": dict,
    "upgrade_state": dict,
    "ipcam": dict,
    "xcam": dict,
    "lights_report": list,
    "nozzle_diameter": str,
    "nozzle_type": str,
    "net": dict,
    "upload": dict,
    "lifecycle": str,
    "mess_production_state": str,
    "force_upgrade": bool,
    "project_id": str,
    "profile_id": str,
    "task_id": str,
    "subtask_id": str,
    "queue_number": int,
    "queue_total": int,
    "queue_est": int,
    "queue_sts": int,
    "mc_print_line_number": str,
    "mc_print_sub_stage": int,
    "s_obj": list,
    "filam_bak": list,
    "fan_gear": int,
    "cali_version": int,
    "ams_rfid_status": int,
    "hms": list,
}


def status(
    identity: Identity = IDENTITY,
    job: JobReport = JobReport(),
    controls: Controls = Controls(),
) -> dict[str, Any]:
    report = json.loads(StatusReports(identity).next(job, controls))
    assert list(report) == ["print"]
    fields: dict[str, Any] = report["print"]
    return fields


def test_a_report_has_every_key_of_a_printer_with_its_type_and_no_other() -> None:
    assert {key: type(value) for key, value in status().items()} == KEYS


NEWER = {"fun", "cfg", "aux", "stat", "device"}
TWO_NOZZLES = [code for code, model in MODELS.items() if model.nozzles == 2]


@pytest.mark.parametrize("code", [code for code in MODELS if code not in TWO_NOZZLES])
def test_no_model_with_one_nozzle_speaks_the_newer_protocol(code: str) -> None:
    fields = status(replace(IDENTITY, model=MODELS[code]))
    assert not (NEWER | {"fun2"}) & set(fields)


@pytest.mark.parametrize("code", TWO_NOZZLES)
def test_models_with_two_nozzles_have_both_where_slicers_look_for_them(
    code: str,
) -> None:
    """Studio reads `device` only where all four of `cfg`, `fun`, `aux`, `stat` are there (Bambuddy #666)."""
    fields = status(replace(IDENTITY, model=MODELS[code]))
    assert fields.keys() >= NEWER
    state = machine_state(fields, {}, find_traits(code))
    assert [(n.id, n.diameter_mm, n.type) for n in state.nozzles] == [
        (0, 0.4, "HS01"),
        (1, 0.4, "HS01"),
    ]
    assert [spool.place.unit for spool in state.external] == [255, 254]
    assert state.asks_for_signatures is False
    assert state.storage.state is StorageState.NORMAL
    fun = int(fields["fun"], 16)
    assert not any(fun >> bit & 1 for bit in (1, 28, 29, 31))
    assert int(fields["cfg"], 16) >> 8 & 7 == fields["spd_lvl"]


def test_the_memory_card_is_there() -> None:
    fields = status()
    assert fields["sdcard"] is True
    assert fields["home_flag"] >> 8 & 3 == 1
    assert fields["storage"]["free"] > 0


def test_a_report_is_full_and_free_of_errors() -> None:
    fields = status()
    assert fields["command"] == "push_status"
    assert fields["msg"] == 0
    assert fields["print_error"] == 0


@pytest.mark.parametrize(
    ("bind_ip", "advertise_ip", "number"),
    [
        ("192.168.1.50", None, 838969536),
        ("10.0.0.1", "192.168.255.16", 285190336),
        ("10.0.0.1", "192.168.255.133", 2248124608),
    ],
)
def test_uploads_are_sent_to_the_printers_own_address(
    bind_ip: str, advertise_ip: str | None, number: int
) -> None:
    identity = replace(IDENTITY, bind_ip=bind_ip, advertise_ip=advertise_ip)
    assert status(identity)["net"] == {
        "conf": 0,
        "info": [{"ip": number, "mask": 16777215}],
    }


def test_the_job_is_reported() -> None:
    job = JobReport(
        gcode_state=GcodeState.FINISH,
        gcode_file="Würfel.gcode.3mf",
        subtask_name="Würfel",
        prepare_percent="100",
    )
    fields = status(job=job)
    assert fields["gcode_state"] == "FINISH"
    assert fields["gcode_file"] == "Würfel.gcode.3mf"
    assert fields["subtask_name"] == "Würfel"
    assert fields["gcode_file_prepare_percent"] == "100"


@pytest.mark.parametrize(("level", "percent"), [(1, 50), (2, 100), (3, 124), (4, 166)])
def test_light_and_speed_are_reported(level: int, percent: int) -> None:
    fields = status(controls=Controls(light_mode="off", speed_level=level))
    assert fields["lights_report"] == [{"node": "chamber_light", "mode": "off"}]
    assert (fields["spd_lvl"], fields["spd_mag"]) == (level, percent)


def test_reports_are_numbered_one_by_one_across_changes_of_state() -> None:
    reports = StatusReports(IDENTITY)
    states = [
        JobReport(),
        JobReport(),
        JobReport(gcode_state=GcodeState.PREPARE, gcode_file='"sequence_id": "'),
        JobReport(),
    ]
    found = [
        json.loads(reports.next(job, Controls()))["print"]["sequence_id"]
        for job in states
    ]
    assert found == ["1", "2", "3", "4"]


def test_a_report_is_the_same_whether_rendered_or_spliced() -> None:
    reports = StatusReports(IDENTITY)
    reports.next(JobReport(), Controls())
    spliced = reports.next(JobReport(), Controls())
    expected = {"print": status() | {"sequence_id": "2"}}
    assert spliced == json.dumps(expected, indent=4).encode()


def test_reports_are_utf_8_indented_by_four() -> None:
    report = StatusReports(IDENTITY).next(
        JobReport(subtask_name="Würfel \ud800 \N{SNOWMAN}"), Controls()
    )
    text = report.decode("utf-8")
    assert text.startswith('{\n    "print": {\n        "sequence_id": "1",\n')
    assert "Würfel ? \N{SNOWMAN}" in text


def test_what_json_cannot_say_is_not_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode({"print": {"value": float("nan")}})


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.code)
@pytest.mark.parametrize("state", GcodeState)
def test_no_model_ever_seems_to_print(model: PrinterModel, state: GcodeState) -> None:
    """255 on P1 and A1, -1 on the others (firmware captures); clients take 0 for printing."""
    reports = StatusReports(replace(IDENTITY, model=model))
    report = json.loads(reports.next(JobReport(gcode_state=state), Controls()))["print"]
    old = model.family in {Family.P1, Family.A1}
    assert report["stg_cur"] == (255 if old else -1)
    assert report["mc_print_stage"] == "1"
    preparing = state is GcodeState.PREPARE
    assert report["print_type"] == ("local" if preparing else "idle")
