from contextlib import suppress
from datetime import UTC, datetime
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.mqtt.commands import (
    _ANSWERS,
    ECHO_LIMIT_BYTES,
    Answer,
    Context,
    LightSwitched,
    NotACommandError,
    SpeedChosen,
    StatusWanted,
    answer,
    requests,
)
from custom_components.bambu_virtual_printer.engine.emulator.mqtt.modules import modules
from custom_components.bambu_virtual_printer.engine.emulator.mqtt.reports import encode
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.values import PrintRequest

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CONTEXT = Context(
    model=MODELS["C12"],
    serial="01P00A391812345",
    access_code="s3cr3tAC",
    peer="192.0.2.7",
    now=NOW,
)

# What Bambu Studio, Orca, ha-bambulab and the client libraries were seen to send.
SENT: list[tuple[str, str, dict[str, Any]]] = [
    ("info", "get_version", {}),
    ("print", "project_file", {"param": "Metadata/plate_2.gcode", "file": "a.3mf"}),
    ("print", "gcode_file", {"param": "a.gcode"}),
    ("print", "stop", {"param": ""}),
    ("print", "pause", {"param": ""}),
    ("print", "resume", {"param": ""}),
    ("print", "print_speed", {"param": "3"}),
    ("print", "gcode_line", {"param": "M106 P1 S255 \n", "user_id": "0"}),
    ("print", "ams_change_filament", {"target": 255, "curr_temp": 0, "tar_temp": 0}),
    ("print", "ams_filament_setting", {"ams_id": 0, "tray_color": "FF0000FF"}),
    ("print", "ams_user_setting", {"ams_id": -1, "startup_read_option": True}),
    ("print", "ams_control", {"param": "resume"}),
    ("print", "ams_get_rfid", {"ams_id": 0, "slot_id": 1}),
    ("print", "ams_filament_drying", {"ams_id": 0, "mode": 1, "temp": 55}),
    ("print", "auto_stop_ams_dry", {}),
    ("print", "ams_reset", {}),
    ("print", "unload_filament", {}),
    ("print", "calibration", {"option": 6}),
    ("print", "print_option", {"auto_recovery": True}),
    ("print", "skip_objects", {"obj_list": [1, 2], "timestamp": 1.5}),
    ("print", "set_airduct", {"modeId": 0}),
    ("print", "select_extruder", {"extruder_index": 0}),
    ("print", "clean_print_error", {"print_error": 0, "subtask_id": "0"}),
    ("print", "set_nozzle", {"nozzle_diameter": "0.4"}),
    ("print", "set_ctt", {"ctt_val": 40}),
    ("print", "extrusion_cali_get", {"filament_id": "", "nozzle_diameter": "0.4"}),
    ("print", "extrusion_cali_get_result", {"nozzle_diameter": "0.4"}),
    ("print", "extrusion_cali_set", {"filaments": [{"k_value": "0.02"}]}),
    ("print", "extrusion_cali_sel", {"tray_id": 254, "cali_idx": -1}),
    ("print", "extrusion_cali_del", {"filament_id": "GFA00"}),
    ("print", "extrusion_cali", {"filaments": []}),
    ("print", "flowrate_cali", {"tray_id": 0}),
    ("print", "flowrate_get_result", {"nozzle_diameter": "0.4"}),
    ("print", "get_auto_nozzle_mapping", {"version": 1}),
    ("system", "get_access_code", {}),
    ("system", "ledctrl", {"led_node": "chamber_light", "led_mode": "off"}),
    ("system", "get_accessories", {"accessory_type": "none"}),
    ("system", "set_accessories", {"nozzle_diameter": 0.4}),
    ("upgrade", "get_history", {}),
    ("upgrade", "start", {"url": "https://example.invalid", "module": "ota"}),
    ("upgrade", "upgrade_confirm", {"src_id": 1}),
    ("upgrade", "consistency_confirm", {"src_id": 1}),
    ("camera", "ipcam_record_set", {"control": "enable"}),
    ("camera", "ipcam_timelapse", {"control": "disable"}),
    ("camera", "ipcam_resolution_set", {"resolution": "720p"}),
    (
        "camera",
        "ipcam_get_media_info",
        {"sub_command": "is_timelapse_storage_enough", "total_layer": 50},
    ),
    ("xcam", "xcam_control_set", {"module_name": "spaghetti_detector"}),
    ("security", "app_cert_list", {}),
    ("security", "app_cert_install", {"app_cert": "-----BEGIN", "crl": ["x"]}),
]
# What a printer without a nozzle neither does nor pretends to.
REFUSED = {
    ("upgrade", "start"),
    ("upgrade", "upgrade_confirm"),
    ("upgrade", "consistency_confirm"),
}
# Answered with something of their own; everything else repeats the request.
NOT_REPEATED = {
    ("info", "get_version"),
    ("print", "project_file"),
    ("print", "gcode_file"),
    ("security", "app_cert_install"),
}


def ask(message: Any) -> list[Answer]:
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    return [answer(request, CONTEXT) for request in requests(payload)]


def reply(kind: str, command: str, **params: Any) -> dict[str, Any]:
    """Return the content of the one reply to one command."""
    (answer,) = ask({kind: {"command": command, "sequence_id": "20001"} | params})
    assert answer.reply is not None
    assert list(answer.reply) == [kind]
    content: dict[str, Any] = answer.reply[kind]
    return content


def test_the_list_of_commands_has_every_special_one() -> None:
    sent = {(kind, command) for kind, command, _params in SENT}
    assert set(_ANSWERS) - sent == {("pushing", "pushall"), ("pushing", "start")}


@pytest.mark.parametrize("sequence_id", ["20001", 20001, 0, ""])
@pytest.mark.parametrize(
    ("kind", "command", "params"), SENT, ids=[".".join(sent[:2]) for sent in SENT]
)
def test_every_command_is_answered(
    kind: str, command: str, params: dict[str, Any], sequence_id: str | int
) -> None:
    content = reply(kind, command, sequence_id=sequence_id, **params)
    assert list(content)[:2] == ["command", "sequence_id"]
    assert content["command"] == command
    assert content["sequence_id"] == sequence_id
    assert type(content["sequence_id"]) is type(sequence_id)
    if (kind, command) in REFUSED:
        assert content["result"] == "fail"
        assert content["reason"]
    else:
        assert content["result"].lower() == "success"
        assert content.get("reason", "") == ""
    if (kind, command) not in NOT_REPEATED:
        assert params.items() <= content.items()


@pytest.mark.parametrize("command", ["pushall", "start"])
def test_a_status_report_is_the_answer_to_pushing(command: str) -> None:
    assert ask({"pushing": {"command": command, "sequence_id": "0"}}) == [
        Answer(effect=StatusWanted())
    ]


def test_unknown_commands_of_known_kinds_are_acknowledged() -> None:
    assert reply("print", "set_something_new", value=[1, {"a": None}]) == {
        "command": "set_something_new",
        "sequence_id": "20001",
        "value": [1, {"a": None}],
        "result": "success",
        "reason": "",
    }
    assert reply("pushing", "stop")["result"] == "success"


def test_a_reply_without_a_number_to_a_command_without_one() -> None:
    (answer,) = ask({"upgrade": {"command": "get_history"}})
    assert answer.reply == {
        "upgrade": {
            "command": "get_history",
            "firmware_optional": [],
            "result": "success",
            "reason": "",
        }
    }


def test_our_result_wins_over_one_that_was_sent_along() -> None:
    content = reply("print", "pause", result="fail", reason="because")
    assert (content["result"], content["reason"]) == ("success", "")


def test_the_version_names_the_clients_serial() -> None:
    assert reply("info", "get_version") == {
        "command": "get_version",
        "sequence_id": "20001",
        "module": modules(MODELS["C12"], "01P00A391812345"),
        "result": "success",
        "reason": "",
    }


def test_several_commands_in_one_payload_are_answered_in_order() -> None:
    found = ask(
        {
            "header": {"sign_ver": "v1.0", "command": "not one"},
            "pushing": {"command": "pushall"},
            "info": {"command": "get_version", "sequence_id": "1"},
            "user_id": "123",
            "something": {"command": "new"},
            "upgrade": {"command": "get_history", "sequence_id": 2},
        }
    )
    assert found[0] == Answer(effect=StatusWanted())
    assert [list(answer.reply or {}) for answer in found] == [
        [],
        ["info"],
        ["upgrade"],
    ]


@pytest.mark.parametrize("tail", [b"\0", b"\0\0", b" \r\n\0", b"\n"])
def test_terminators_and_white_space_at_the_end_do_not_matter(tail: bytes) -> None:
    assert ask(b'{"pushing":{"command":"pushall"}}' + tail) == [
        Answer(effect=StatusWanted())
    ]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0",
        b"{",
        b"null",
        b"[]",
        b"5",
        b'"x"',
        b'{"print":{"command":"pause"}} x',
        b'{"print":{"command":"pause","a":NaN}}',
        b'{"print":{"command":"pause","a":-Infinity}}',
        b'{"print":{"command":"pause","a":1e999}}',
        b'{"print":{"command":"pause","a":' + b"9" * 5000 + b"}}",
        b'{"print":{"command":"pause","a":"\xff"}}',
        '{"print":{"command":"pause"}}'.encode("utf-16"),
        b"[" * 500_000,
    ],
)
def test_what_is_not_a_json_object_is_no_command(payload: bytes) -> None:
    with pytest.raises(NotACommandError):
        ask(payload)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"print": None},
        {"print": ["pause"]},
        {"print": {}},
        {"print": {"command": 5}},
        {"print": {"command": None}},
        {"unknown": {"command": "pause"}},
    ],
)
def test_objects_without_a_command_have_no_answer(message: Any) -> None:
    assert ask(message) == []


# --- print -----------------------------------------------------------------------------------------------------------


def test_a_print_is_requested_and_acknowledged_under_the_slicers_names() -> None:
    (answer,) = ask(
        {
            "print": {
                "command": "project_file",
                "sequence_id": "1795324935357",
                "param": "Metadata/plate_3.gcode",
                "file": "Würfel.gcode.3mf",
                "subtask_name": "Mein Würfel",
                "url_enc": "AAAA",
                "use_ams": 0,
            }
        }
    )
    assert answer.effect == PrintRequest(
        file="Würfel.gcode.3mf",
        subtask_name="Mein Würfel",
        plate=3,
        peer="192.0.2.7",
        received_at=NOW,
        use_ams=False,
    )
    assert answer.reply == {
        "print": {
            "command": "project_file",
            "sequence_id": "1795324935357",
            "param": "Metadata/plate_3.gcode",
            "subtask_name": "Mein Würfel",
            "gcode_state": "PREPARE",
            "gcode_file": "Würfel.gcode.3mf",
            "gcode_file_prepare_percent": "0",
            "result": "SUCCESS",
            "msg": 0,
        }
    }


def test_an_acknowledgement_names_a_plate_even_if_the_request_did_not() -> None:
    content = reply("print", "project_file", file="a.3mf")
    assert content["param"] == "Metadata/plate_1.gcode"
    assert content["subtask_name"] == "a"


def test_a_print_of_nothing_is_refused() -> None:
    (answer,) = ask({"print": {"command": "project_file", "sequence_id": 4}})
    assert answer.effect is None
    assert answer.reply is not None
    assert answer.reply["print"]["sequence_id"] == 4
    assert answer.reply["print"]["result"] == "fail"
    assert answer.reply["print"]["reason"]


# --- what the printer pretends to do ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("param", "level"),
    [("1", 1), ("4", 4), (2, 2), ("0", None), ("5", None), (None, None), ([], None)],
)
def test_a_speed_that_exists_is_chosen(param: Any, level: int | None) -> None:
    (answer,) = ask({"print": {"command": "print_speed", "param": param}})
    assert answer.effect == (SpeedChosen(level=level) if level else None)


@pytest.mark.parametrize("mode", ["on", "off", "flashing"])
def test_the_chamber_light_is_switched(mode: str) -> None:
    (answer,) = ask(
        {
            "system": {
                "command": "ledctrl",
                "led_node": "chamber_light",
                "led_mode": mode,
            }
        }
    )
    assert answer.effect == LightSwitched(mode=mode)


@pytest.mark.parametrize(
    "params",
    [
        {"led_node": "work_light", "led_mode": "on"},
        {"led_node": "chamber_light", "led_mode": "disco"},
        {"led_node": "chamber_light", "led_mode": 1},
        {"led_node": "chamber_light"},
        {},
    ],
)
def test_other_lights_and_modes_are_acknowledged_only(params: dict[str, Any]) -> None:
    (answer,) = ask({"system": {"command": "ledctrl"} | params})
    assert answer.effect is None
    assert answer.reply is not None
    assert answer.reply["system"]["result"] == "success"


def test_the_access_code_is_told_to_who_knows_it_and_nowhere_else() -> None:
    assert reply("system", "get_access_code")["access_code"] == "s3cr3tAC"
    assert "s3cr3tAC" not in repr(CONTEXT)


def test_answers_that_carry_more_than_an_acknowledgement() -> None:
    assert (
        reply("print", "extrusion_cali_get", nozzle_diameter="0.4")["filaments"] == []
    )
    assert reply("print", "extrusion_cali_get_result")["filaments"] == []
    assert reply("print", "flowrate_get_result")["filaments"] == []
    assert reply("print", "get_auto_nozzle_mapping")["mapping"] == []
    assert reply("security", "app_cert_list")["cert_ids"] == []
    media = reply("camera", "ipcam_get_media_info", sub_command="x", storage="emmc")
    assert media["is_enough"] is True
    assert media["file_count"] == 0
    assert media["sub_command"] == "x"
    nozzle = reply("system", "get_accessories", accessory_type="none")
    assert nozzle["accessory_type"] == "none"
    assert nozzle["nozzle_type"] == "hardened_steel"
    assert nozzle["nozzle_diameter"] == 0.4


def test_certificates_are_not_sent_back() -> None:
    assert set(reply("security", "app_cert_install", app_cert="x")) == {
        "command",
        "sequence_id",
        "result",
        "reason",
    }


# --- what could hurt -------------------------------------------------------------------------------------------------


def test_a_long_command_is_answered_but_not_repeated() -> None:
    content = reply("print", "gcode_line", param="G1\n" * ECHO_LIMIT_BYTES)
    assert content == {
        "command": "gcode_line",
        "sequence_id": "20001",
        "result": "success",
        "reason": "",
    }
    (answer,) = ask(
        {
            "print": {
                "command": "project_file",
                "param": "Metadata/plate_2.gcode",
                "file": "a.3mf",
                "x": "x" * ECHO_LIMIT_BYTES,
            }
        }
    )
    assert answer.reply is not None
    assert answer.reply["print"]["param"] == "Metadata/plate_2.gcode"


@pytest.mark.parametrize("bracket", ["[]", "{}"])
def test_a_deep_command_is_answered_but_not_repeated(bracket: str) -> None:
    key = '"k":' if bracket == "{}" else ""
    deep = (bracket[0] + key) * 900 + "0" + bracket[1] * 900
    (answer,) = ask(
        f'{{"print":{{"command":"pause","flat":1,"deep":{deep}}}}}'.encode()
    )
    assert answer.reply is not None
    assert answer.reply["print"]["flat"] == 1
    assert "deep" not in answer.reply["print"]
    assert len(encode(answer.reply)) < 1000


def test_a_nested_number_is_not_repeated() -> None:
    (answer,) = ask(
        {"print": {"command": "pause", "sequence_id": [[[[[[[[[[]]]]]]]]]]}}
    )
    assert answer.reply == {
        "print": {"command": "pause", "result": "success", "reason": ""}
    }


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from([*sorted(_ANSWERS), ("print", "other"), ("xcam", "other")]),
    st.dictionaries(
        st.sampled_from(["param", "file", "led_node", "led_mode", "sequence_id", "x"]),
        JSON,
    ),
)
def test_any_parameters_get_a_reply_that_is_json(
    command: tuple[str, str], params: dict[str, Any]
) -> None:
    kind, name = command
    (answer,) = ask({kind: {"command": name} | params})
    assert answer.reply or answer.effect
    if answer.reply:
        again = json.loads(encode(answer.reply))
        assert again[kind]["command"] == name


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_commands_or_not(payload: bytes) -> None:
    with suppress(NotACommandError):
        [answer(request, CONTEXT) for request in requests(payload)]
