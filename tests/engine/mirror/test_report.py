"""What slicers are told of a real printer: its own words under the virtual printer's name."""

from copy import deepcopy
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.job import (
    GcodeState,
    JobReport,
)
from custom_components.bambu_virtual_printer.engine.emulator.mqtt.reports import encode
from custom_components.bambu_virtual_printer.engine.machines.families import find_traits
from custom_components.bambu_virtual_printer.engine.mirror.values import OwnJob
from tests.support.json_values import JSON
from tests.support.machine_states import machine_state

from .showing import (
    CASES,
    OURS,
    REPLAYS,
    Case,
    address_number,
    identified,
    own_report,
    replayed,
    show,
)

EVERY_MODEL = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
P1S, H2D, P2S, X1C = (CASES[name] for name in ("P1S", "H2D", "P2S", "X1C"))
BUSY = {"RUNNING", "PAUSE", "PREPARE", "SLICING"}
PRINTS: dict[str, Any] = {
    "gcode_state": "RUNNING", "gcode_file": "/data/Metadata/plate_1.gcode", "subtask_name": "Gear", "mc_percent": 42,
    "mc_remaining_time": 17, "layer_num": 12, "total_layer_num": 75, "stg_cur": 0, "stg": [13, 3],
}  # fmt: skip


def read(case: Case, fields: dict[str, Any]) -> Any:
    """Read a report as our own reader of real printers' reports does."""
    return machine_state(fields, {}, find_traits(case.model))


@EVERY_MODEL
def test_spools_and_nozzles_are_those_of_the_real_printer(case: Case) -> None:
    real, shown = read(case, dict(case.status)), read(case, show(case))
    assert shown.ams == real.ams
    assert shown.external == real.external
    assert shown.nozzles == real.nozzles
    assert shown.active_spool == real.active_spool


@EVERY_MODEL
def test_temperatures_fans_and_lights_are_those_of_the_real_printer(case: Case) -> None:
    real, shown = read(case, dict(case.status)), read(case, show(case))
    assert shown.bed == real.bed
    assert shown.chamber == real.chamber
    if "lights_report" in case.status:
        assert shown.lights == real.lights
    fans = {key: case.status[key] for key in case.status if "fan" in key}
    assert show(case).items() >= fans.items()


@EVERY_MODEL
def test_every_key_a_virtual_printer_reports_is_there_and_nothing_is_changed_in_place(
    case: Case,
) -> None:
    before = deepcopy(dict(case.status))
    shown = show(case)
    assert next(iter(shown)) == "sequence_id"
    missing = own_report(case).keys() - shown.keys()
    # Newer firmware says these in `vir_slot` and in `device`.
    assert missing <= {"vt_tray", "chamber_temper", "bed_temper", "bed_target_temper"}
    assert not missing or {"vir_slot", "device"} & case.status.keys()
    assert case.status == before


@EVERY_MODEL
@pytest.mark.parametrize("state", [*sorted(BUSY), "IDLE", "FINISH", "FAILED", "ODD", 7])
def test_send_and_print_stay_possible_whatever_the_real_printer_does(
    case: Case, state: object
) -> None:
    shown = show(case, **PRINTS | {"gcode_state": state})
    assert shown["gcode_state"] not in BUSY
    assert shown["gcode_state"] in set(GcodeState)
    assert shown["print_error"] == 0
    assert shown["sdcard"] is True
    assert shown["home_flag"] >> 8 & 3 == 1
    assert -(2**31) <= shown["home_flag"] < 2**31
    if "aux" in shown:
        assert int(shown["aux"], 16) >> 12 & 3 == 1
    assert shown["force_upgrade"] is False
    assert shown["upgrade_state"]["force_upgrade"] is False
    assert shown.get("state", 0) == 0


@EVERY_MODEL
def test_progress_is_shown_while_it_prints(case: Case) -> None:
    shown = show(case, **PRINTS)
    for key, value in PRINTS.items():
        assert shown[key] == ("FINISH" if key == "gcode_state" else value)
    assert shown["gcode_file_prepare_percent"] == "100"


@pytest.mark.parametrize("state", ["IDLE", "FINISH", "FAILED"])
def test_a_print_that_is_over_leaves_no_progress(state: str) -> None:
    shown = show(H2D, **PRINTS | {"gcode_state": state, "percent": 42, "state": 4})
    assert (shown["mc_percent"], shown["layer_num"], shown["percent"]) == (0, 0, 0)
    assert shown["gcode_state"] == "IDLE"
    assert shown["subtask_name"] == ""


def test_a_job_of_the_slicers_own_goes_before_the_real_printers() -> None:
    own = JobReport(
        gcode_state=GcodeState.PREPARE,
        gcode_file="mine.gcode.3mf",
        subtask_name="Mine",
        prepare_percent="37",
    )
    shown = show(P1S, job=OwnJob.UNDER_WAY, report=own, **PRINTS)
    assert shown["gcode_state"] == "PREPARE"
    assert shown["subtask_name"] == "Mine"
    assert shown["gcode_file"] == "mine.gcode.3mf"
    assert shown["gcode_file_prepare_percent"] == "37"
    assert (shown["mc_percent"], shown["layer_num"]) == (0, 0)
    assert shown["ams"]["ams"]


def test_the_end_of_an_own_job_keeps_its_name_while_progress_goes_on() -> None:
    own = JobReport(
        gcode_state=GcodeState.FINISH,
        gcode_file="Mine",
        subtask_name="Mine",
        prepare_percent="100",
    )
    shown = show(P1S, job=OwnJob.ENDED, report=own, **PRINTS)
    assert (shown["gcode_state"], shown["subtask_name"]) == ("FINISH", "Mine")
    assert (shown["mc_percent"], shown["layer_num"]) == (42, 12)


@EVERY_MODEL
def test_a_silent_printer_keeps_spools_and_nozzles_and_cools_down(case: Case) -> None:
    hot: dict[str, Any] = {
        "bed_temper": 70.0,
        "bed_target_temper": 70.0,
        "nozzle_temper": 220.0,
        "nozzle_target_temper": 220.0,
        "hms": [{"attr": 50336000, "code": 131074}],
        "fan_gear": 255,
    }
    shown = show(case, is_live=False, **PRINTS | hot)
    real, seen = read(case, dict(case.status)), read(case, shown)
    assert seen.ams == real.ams
    assert [(n.diameter_mm, n.type) for n in seen.nozzles] == [
        (n.diameter_mm, n.type) for n in real.nozzles
    ]
    assert all(
        n.temperature is None or n.temperature.current_c < 50 for n in seen.nozzles
    )
    assert seen.bed.current_c == 25
    assert seen.chamber is None or seen.chamber.current_c == 25
    assert shown["hms"] == []
    assert (shown["gcode_state"], shown["mc_percent"]) == ("IDLE", 0)


def test_what_is_not_served_is_said_to_be_absent() -> None:
    shown = show(
        P2S,
        fun="FFFFFFFFFFFFFFFF",
        fun2="FFFFFF",
        ipcam={
            "ipcam_dev": "1", "rtsp_url": "rtsps://x/", "tutk_server": "enable", "brtc_service": "enable",
            "file": {"local": "local"}, "liveview": {"local": "rtsps"}, "resolution": "1080p",
        },
    )  # fmt: skip
    fun, fun2 = int(shown["fun"], 16), int(shown["fun2"], 16)
    assert not any(fun >> bit & 1 for bit in (1, 28, 29, 31))
    assert fun >> 30 & 1 and fun >> 60 & 1
    assert not any(fun2 >> bit & 1 for bit in (0, 17))
    ipcam = shown["ipcam"]
    assert (
        ipcam["rtsp_url"] == ipcam["tutk_server"] == ipcam["brtc_service"] == "disable"
    )
    assert ipcam["file"]["local"] == ipcam["liveview"]["local"] == "none"
    assert (ipcam["ipcam_dev"], ipcam["resolution"]) == ("1", "1080p")


def test_bits_that_come_as_numbers_are_cleared_as_well() -> None:
    assert show(P2S, fun=0xFFFFFFFF)["fun"] == 0xFFFFFFFF & ~(
        1 << 1 | 1 << 28 | 1 << 29 | 1 << 31
    )


@EVERY_MODEL
def test_uploads_come_to_the_virtual_printer(case: Case) -> None:
    shown = show(case)
    assert shown["net"]["info"] == [{"ip": address_number(OURS), "mask": 16777215}]
    assert shown["upload"]["status"] == "idle"
    assert "url" not in shown


@EVERY_MODEL
def test_ids_and_errors_of_cloud_jobs_are_not_passed_on(case: Case) -> None:
    shown = show(
        case, task_id="700001112", job_id="700001113", model_id="US1", err="0300400C",
        mc_print_error_code="16396", print_error=0x0300400C, support_cloud_print_only=True,
    )  # fmt: skip
    text = json.dumps(shown)
    assert not any(told in text for told in ("70000111", "US1", "16396", "0300400C"))
    assert "support_cloud_print_only" not in shown


def test_an_emptied_slot_forgets_its_spool() -> None:
    ams = deepcopy(P1S.status["ams"])
    ams["tray_exist_bits"] = "8"
    ams["power_on_flag"] = False
    units = show(P1S, ams=ams)["ams"]["ams"]
    assert len(units) == 1 and len(units[0]["tray"]) == 4
    types = [tray["tray_type"] for tray in units[0]["tray"]]
    assert types == ["", "", "", "PETG"]
    assert not any(tray["state"] & 1 for tray in units[0]["tray"][:3])


def test_a_printer_that_is_just_starting_forgets_no_spool() -> None:
    ams = P1S.status["ams"] | {"tray_exist_bits": "0", "power_on_flag": False}
    assert show(P1S, ams=ams)["ams"]["ams"][0]["tray"][0]["tray_type"] == "PLA"


@pytest.mark.parametrize(
    ("name", "slots"), [("A2L", {(16, 1)}), ("H2D", {(0, 0), (0, 1), (128, 0)})]
)
def test_slots_of_every_kind_of_unit_are_known_by_their_bits(
    name: str, slots: set[tuple[int, int]]
) -> None:
    found = {
        (int(unit["id"]), int(tray["id"]))
        for unit in show(CASES[name])["ams"]["ams"]
        for tray in unit["tray"]
        if tray.get("tray_type")
    }
    assert found == slots


@pytest.mark.parametrize("status", [{}, {"mc_percent": 3}, {"gcode_state": "IDLE"}])
def test_a_printer_of_which_too_little_is_known_is_not_shown(
    status: dict[str, Any],
) -> None:
    case = Case(model="C12", status={})
    assert show(Case(model="C12", status={}))["ams"]["ams"] == []
    shown = show(Case(model="C12", status=status))
    assert shown == own_report(case)


@pytest.mark.parametrize("name", REPLAYS)
def test_a_recorded_print_is_followed_to_its_end(name: str) -> None:
    percents, printing = set(), 0
    for case, status, shown in replayed(name):
        assert shown["gcode_state"] not in BUSY
        if "gcode_state" not in status:
            continue
        if status["gcode_state"] in BUSY:
            printing += 1
            assert shown["mc_percent"] == status.get("mc_percent", 0)
            assert shown["layer_num"] == status.get("layer_num", 0)
            percents.add(shown["mc_percent"])
        real, seen = read(case, status), read(case, shown)
        assert seen.ams == real.ams
        if "nozzle_type" in status:
            assert seen.nozzles == real.nozzles
    assert printing
    # The P2S was stopped at once.
    assert len(percents) > 1 or name == "P2S"


@given(
    status=st.dictionaries(
        st.sampled_from(
            sorted({key for case in CASES.values() for key in identified(case.status)})
        ),
        JSON,
    ),
    is_live=st.booleans(),
)
def test_odd_values_do_no_harm(status: dict[str, Any], is_live: bool) -> None:
    shown = show(P2S, is_live=is_live, **status)
    assert json.loads(encode({"print": shown}))["print"].keys() == shown.keys()
    assert shown["gcode_state"] not in BUSY
