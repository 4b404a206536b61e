"""Which commands of slicers reach the real printer."""

import pytest

from custom_components.bambu_virtual_printer.engine.mirror.routes import Route, route


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("system", "ledctrl"),
        ("camera", "ipcam_record_set"),
        ("camera", "ipcam_timelapse"),
        ("print", "ams_filament_setting"),
        ("print", "ams_get_rfid"),
        ("print", "extrusion_cali_get"),
        ("print", "extrusion_cali_sel"),
    ],
)
@pytest.mark.parametrize("allows_control", [True, False])
def test_light_camera_and_spools_always_reach_it(
    kind: str, command: str, allows_control: bool
) -> None:
    assert route(kind, command, allows_control=allows_control) is Route.TARGET


@pytest.mark.parametrize(
    "command",
    [
        "stop",
        "pause",
        "resume",
        "gcode_line",
        "print_speed",
        "calibration",
        "unheard_of",
    ],
)
def test_what_acts_on_a_print_takes_the_owners_leave(command: str) -> None:
    assert route("print", command, allows_control=False) is Route.REFUSED
    assert route("print", command, allows_control=True) is Route.TARGET


@pytest.mark.parametrize(
    ("kind", "command"),
    [("upgrade", "start"), ("xcam", "xcam_control_set"), ("system", "reboot")],
)
def test_updates_and_whatever_is_unknown_go_nowhere_without_leave(
    kind: str, command: str
) -> None:
    assert route(kind, command, allows_control=False) is Route.OWN
    assert route(kind, command, allows_control=True) is Route.TARGET


@pytest.mark.parametrize(
    ("kind", "command", "goes_to"),
    [
        ("print", "ams_filament_setting", Route.TARGET),
        ("print", "ams_get_rfid", Route.TARGET),
        ("print", "extrusion_cali_get", Route.OWN),
        ("print", "extrusion_cali_sel", Route.REFUSED),
        ("print", "stop", Route.REFUSED),
        ("system", "ledctrl", Route.REFUSED),
        ("system", "get_accessories", Route.OWN),
        ("print", "project_file", Route.OWN),
        ("camera", "ipcam_record_set", Route.OWN),
    ],
)
@pytest.mark.parametrize("allows_control", [True, False])
def test_of_several_printers_one_gets_what_is_about_a_spool(
    kind: str, command: str, goes_to: Route, allows_control: bool
) -> None:
    assert route(kind, command, allows_control=allows_control, is_pool=True) is goes_to


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("print", "project_file"),
        ("print", "gcode_file"),
        ("print", "push_status"),
        ("pushing", "pushall"),
        ("info", "get_version"),
        ("security", "app_cert_install"),
        ("system", "get_access_code"),
        ("system", "get_accessories"),
        ("camera", "ipcam_get_media_info"),
    ],
)
def test_jobs_reports_and_codes_are_the_virtual_printers_own(
    kind: str, command: str
) -> None:
    assert route(kind, command, allows_control=True) is Route.OWN
