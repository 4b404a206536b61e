from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.protocol.project_file import (
    MAX_FILAMENTS,
    MAX_NAME_BYTES,
    print_request,
)
from custom_components.bambu_virtual_printer.engine.values import PrintRequest

NOW = datetime(2026, 11, 22, tzinfo=UTC)

# As the open network plugin sent it for a print over FTPS.
CAPTURED: dict[str, Any] = {
    "sequence_id": "1795324935357",
    "command": "project_file",
    "param": "Metadata/plate_1.gcode",
    "project_id": "0",
    "profile_id": "0",
    "task_id": "0",
    "subtask_id": "0",
    "subtask_name": "Cube Ünïcode 1",
    "file": "Cube Ünïcode 1.gcode.3mf",
    "url": "ftp://Cube Ünïcode 1.gcode.3mf",
    "md5": "927FEC3544552583A299A88CF1E647AD",
    "bed_type": "textured_plate",
    "bed_leveling": True,
    "flow_cali": False,
    "vibration_cali": True,
    "layer_inspect": True,
    "timelapse": False,
    "use_ams": True,
    "ams_mapping": [0, -1, -1, -1],
    "ams_mapping2": [
        {"ams_id": 0, "slot_id": 0},
        {"ams_id": 255, "slot_id": 255},
    ],
    "auto_bed_leveling": 1,
    "cfg": "0",
    "extrude_cali_flag": 0,
    "extrude_cali_manual_mode": 0,
    "nozzle_offset_cali": 0,
}


def request(**params: Any) -> PrintRequest | None:
    return print_request(params, peer="192.0.2.7", received_at=NOW)


def of_file(**params: Any) -> PrintRequest:
    found = request(file="a.3mf", **params)
    assert found is not None
    return found


def test_a_captured_request_is_understood() -> None:
    assert request(**CAPTURED) == PrintRequest(
        file="Cube Ünïcode 1.gcode.3mf",
        subtask_name="Cube Ünïcode 1",
        plate=1,
        peer="192.0.2.7",
        received_at=NOW,
        md5="927FEC3544552583A299A88CF1E647AD",
        bed_type="textured_plate",
        timelapse=False,
        vibration_cali=True,
        layer_inspect=True,
        use_ams=True,
        bed_leveling=1,
        flow_cali=0,
        nozzle_offset_cali=0,
        ams_mapping=(0, -1, -1, -1),
        ams_mapping2=(
            {"ams_id": 0, "slot_id": 0},
            {"ams_id": 255, "slot_id": 255},
        ),
    )


def test_a_file_name_is_enough_and_the_rest_stays_unset() -> None:
    assert request(file="a.3mf") == PrintRequest(
        file="a.3mf", subtask_name="a", plate=None, peer="192.0.2.7", received_at=NOW
    )


@pytest.mark.parametrize(
    ("params", "file", "subtask_name"),
    [
        ({"file": "a.gcode.3mf"}, "a.gcode.3mf", "a"),
        ({"file": "a.gcode.3mf", "subtask_name": "A b"}, "a.gcode.3mf", "A b"),
        ({"file": "a.3mf", "subtask_name": " a "}, "a.3mf", " a "),
        ({"file": "/sdcard/x/a.3mf", "subtask_name": ""}, "a.3mf", "a"),
        ({"file": "a.3mf.3MF"}, "a.3mf.3MF", "a"),
        ({"file": "a.b.3mf"}, "a.b.3mf", "a.b"),
        ({"file": ".3mf"}, ".3mf", ".3mf"),
        ({"file": "a.3mf\0"}, "a.3mf", "a"),
        (
            {"url": "ftp://Cube [1] #2?.gcode.3mf"},
            "Cube [1] #2?.gcode.3mf",
            "Cube [1] #2?",
        ),
        ({"url": "ftp:///a b.3mf"}, "a b.3mf", "a b"),
        ({"url": "ftp://50%25.3mf"}, "50%25.3mf", "50%25"),
        ({"url": "file:///sdcard/a.3mf"}, "a.3mf", "a"),
        ({"url": "file:///media/usb0/x/a.3mf"}, "a.3mf", "a"),
        ({"url": "brtc://emmc/a.3mf"}, "a.3mf", "a"),
        ({"url": "https://host/x/a%20b.3mf?at=1/2&k=v"}, "a b.3mf", "a b"),
        ({"url": "ftp://u.3mf", "file": "a.3mf"}, "a.3mf", "a"),
        ({"url": "https://host", "subtask_name": "n"}, "n.gcode.3mf", "n"),
        ({"url": "not an url", "subtask_name": "n"}, "n.gcode.3mf", "n"),
        ({"file": "", "subtask_name": "n"}, "n.gcode.3mf", "n"),
        ({"file": 5, "subtask_name": "n"}, "n.gcode.3mf", "n"),
        ({"file": "..", "subtask_name": "n"}, "n.gcode.3mf", "n"),
        ({"file": "dir/", "subtask_name": "n"}, "n.gcode.3mf", "n"),
        ({"subtask_name": "n.gcode.3mf"}, "n.gcode.3mf", "n.gcode.3mf"),
        ({"subtask_name": "n.3mf"}, "n.gcode.3mf", "n.3mf"),
        ({"file": "a.3mf", "subtask_name": "x" * (MAX_NAME_BYTES + 1)}, "a.3mf", "a"),
        ({"file": "bad \ud800.3mf"}, "bad ?.3mf", "bad ?"),
        (
            {"command": "gcode_file", "param": "/sdcard/x/a.gcode"},
            "a.gcode",
            "a",
        ),
        (
            {"command": "gcode_file", "param": "a.gcode", "subtask_name": "n"},
            "a.gcode",
            "n",
        ),
        (
            {"command": "gcode_file", "param": "a.gcode", "file": "b.3mf"},
            "b.3mf",
            "b",
        ),
    ],
)
def test_names_are_found_wherever_a_client_puts_them(
    params: dict[str, Any], file: str, subtask_name: str
) -> None:
    found = request(**params)
    assert found is not None
    assert (found.file, found.subtask_name) == (file, subtask_name)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"param": "Metadata/plate_1.gcode"},
        {"file": "", "url": "", "subtask_name": ""},
        {"file": "x" * (MAX_NAME_BYTES + 1)},
        {"file": ["a.3mf"], "url": {}, "subtask_name": None},
        {"url_enc": "c2VjcmV0"},
        {"command": "gcode_file", "param": "."},
    ],
)
def test_without_any_name_there_is_no_request(params: dict[str, Any]) -> None:
    assert request(**params) is None


@pytest.mark.parametrize(
    ("param", "plate"),
    [
        ("Metadata/plate_1.gcode", 1),
        ("Metadata/plate_12.gcode", 12),
        ("/data/Metadata/plate_3.gcode", 3),
        ("Metadata/plate_3.gcode\0", 3),
        ("Metadata/plate_0.gcode", None),
        ("Metadata/plate_-2.gcode", None),
        ("Metadata/plate_99999999999.gcode", None),
        ("Metadata/plate_x.gcode", None),
        ("", None),
        (7, None),
        (None, None),
    ],
)
def test_the_plate_is_read_from_the_name_of_its_gcode(
    param: Any, plate: int | None
) -> None:
    assert of_file(param=param).plate == plate


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("1", True),
        ("0", False),
        (1.0, True),
        (0.0, False),
        ("true", True),
        ("False", False),
        (" on ", True),
        ("OFF", False),
        ("yes", True),
        ("no", False),
        (2, None),
        (0.5, None),
        ("auto", None),
        ("maybe", None),
        ("", None),
        (None, None),
        ([], None),
    ],
)
@pytest.mark.parametrize(
    "option", ["timelapse", "vibration_cali", "layer_inspect", "use_ams"]
)
def test_switches_may_be_numbers_or_words(
    option: str, value: Any, expected: bool | None
) -> None:
    assert getattr(of_file(**{option: value}), option) is expected


@pytest.mark.parametrize(
    ("option", "companion"),
    [
        ("bed_leveling", "auto_bed_leveling"),
        ("flow_cali", "extrude_cali_flag"),
    ],
)
@pytest.mark.parametrize(
    ("switched", "chosen", "expected"),
    [
        (True, None, 1),
        (False, None, 0),
        (1, None, 1),
        (True, 0, 0),
        (False, 2, 2),
        (False, 1, 1),
        (True, 7, 1),
        (True, -1, 1),
        (None, 2, 2),
        (None, "2", 2),
        ("off", "auto", 2),
        ("on", None, 1),
        (1.0, None, 1),
        ("?", "?", None),
    ],
)
def test_the_three_valued_number_wins_over_the_switch(
    option: str,
    companion: str,
    switched: Any,
    chosen: Any,
    expected: int | None,
) -> None:
    found = of_file(**{option: switched, companion: chosen})
    assert getattr(found, option) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"bed_levelling": True}, 1),
        ({"bed_levelling": False}, 0),
        ({"bed_levelling": "2"}, 2),
        ({"bed_levelling": True, "bed_leveling": False}, 0),
        ({"bed_levelling": True, "auto_bed_leveling": 2}, 2),
        ({"bed_levelling": True, "bed_leveling": "?"}, 1),
    ],
)
def test_bed_levelling_is_read_in_british_spelling_too(
    params: dict[str, Any], expected: int
) -> None:
    assert of_file(**params).bed_leveling == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (1, 1), (2, 2), (True, 1), (3, None), (None, None)]
)
def test_nozzle_offset_calibration_has_three_values(
    value: Any, expected: int | None
) -> None:
    assert of_file(nozzle_offset_cali=value).nozzle_offset_cali == expected


@pytest.mark.parametrize("option", ["ams_mapping", "nozzle_mapping"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([0, -1, 254], (0, -1, 254)),
        ([], ()),
        ("[0, -1]", (0, -1)),
        (["3", 4], (3, 4)),
        ([-1, -1], (-1, -1)),
        (None, None),
        ("", None),
        ("[" * 5000, None),
        ("0,1", None),
        ({"0": 1}, None),
        ([0, None], None),
        ([0, 1.5], None),
        ([10**40], None),
        ([0] * (MAX_FILAMENTS + 1), None),
    ],
)
def test_mappings_are_lists_of_numbers_or_such_a_list_as_text(
    option: str, value: Any, expected: tuple[int, ...] | None
) -> None:
    assert getattr(of_file(**{option: value}), option) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"ams_id": 1, "slot_id": 2, "x": 3}], ({"ams_id": 1, "slot_id": 2},)),
        ('[{"ams_id": "0", "slot_id": 3}]', ({"ams_id": 0, "slot_id": 3},)),
        ([{"ams_id": 1}], None),
        ([[1, 2]], None),
        ([1], None),
    ],
)
def test_slots_are_pairs_of_numbers(
    value: Any, expected: tuple[dict[str, int], ...] | None
) -> None:
    assert of_file(ams_mapping2=value).ams_mapping2 == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("927fec3544552583a299a88cf1e647ad", "927FEC3544552583A299A88CF1E647AD"),
        ("", ""),
        ("927FEC", ""),
        ("Z" * 32, ""),
        (5, ""),
    ],
)
def test_checksums_are_upper_case_or_absent(value: Any, expected: str) -> None:
    assert of_file(md5=value).md5 == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from([*CAPTURED, "nozzle_mapping"]), JSON))
def test_whatever_a_client_sends_is_a_request_or_nothing(
    params: dict[str, Any],
) -> None:
    found = print_request(params, peer="192.0.2.7", received_at=NOW)
    if found:
        assert found.file
        assert found.subtask_name
        assert found.plate is None or found.plate >= 1
        (found.file + found.subtask_name + found.bed_type).encode()
