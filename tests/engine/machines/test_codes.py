import json
from pathlib import Path
from typing import Any

import pytest

import custom_components.bambu_virtual_printer
from custom_components.bambu_virtual_printer.engine.machines.codes import (
    CodeDevice,
    CodeSpace,
    ErrorCode,
    Severity,
    health_messages,
    print_error,
)
from custom_components.bambu_virtual_printer.engine.machines.codes_data import (
    HMS_KEYS,
    PRINT_ERROR_KEYS,
)


def text_key(key: str | None) -> str:
    return f"printer_error_{key or 'unknown'}"


def error(code: str) -> ErrorCode:
    found = print_error(int(code.replace("-", ""), 16))
    assert found
    return found


def health(code: str, **fields: Any) -> ErrorCode:
    digits = code.replace("-", "")
    [found] = health_messages(
        [{"attr": int(digits[:8], 16), "code": int(digits[8:], 16), **fields}]
    )
    return found


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("0500-4002", "path_unusable"), ("0500-4003", "file_unreadable"), ("0500-4004", "busy"), ("0500-C010", "storage_unreadable"),
        ("0300-400C", "cancelled"), ("0500-400E", "cancelled"), ("0502-4007", "command_not_signed"), ("0502-4009", "command_malformed"),
        ("0700-8012", "mapping_unusable"), ("0703-8012", "mapping_unusable"), ("07FF-8012", "mapping_unusable"), ("1200-8012", "mapping_unusable"),
        ("0500-803C", "nozzle_mismatch"), ("0300-8015", "external_spool_empty"), ("07FF-C006", "feed_by_hand"),
        ("07FE-C006", "feed_by_hand"), ("1200-8001", "ams_lite_cut_failed"), ("1200-8006", "ams_lite_feed_failed"),
        ("1200-8007", "ams_lite_extrude_failed"), ("0300-8014", "nozzle_covered"), ("0300-800A", "spaghetti"), ("0300-4000", "homing_failed"),
        ("0701-8010", "ams_fault"), ("1200-8014", "ams_lite_fault"), ("1800-8004", "ams_fault"), ("07FF-8010", "external_spool_fault"),
        ("0A00-C001", None),
    ],
)  # fmt: skip
def test_print_errors_have_texts_of_their_own(code: str, key: str | None) -> None:
    assert (error(code).code, error(code).key, error(code).space) == (
        code,
        text_key(key),
        CodeSpace.PRINT_ERROR,
    )


@pytest.mark.parametrize("value", [0, None, "x", 0x03003FFF, 0x05000001, [], True])
def test_a_status_is_no_error(value: Any) -> None:
    assert print_error(value) is None


def test_numbers_may_be_text_or_negative() -> None:
    found = print_error(0x8000C010 - 2**32)
    assert found and found.code == "8000-C010"
    found = print_error("50348044")
    assert found and found.code == "0300-400C"


@pytest.mark.parametrize(
    ("code", "device", "unit"),
    [
        ("0700-8012", CodeDevice.AMS, "A"), ("0703-8012", CodeDevice.AMS, "D"), ("1200-8006", CodeDevice.AMS_LITE, "A"),
        ("07FF-8012", CodeDevice.EXTERNAL, ""), ("07FE-8012", CodeDevice.EXTERNAL, "left"), ("12FF-C006", CodeDevice.EXTERNAL, ""),
        ("1801-8004", CodeDevice.AMS_HT, "B"), ("1880-8004", CodeDevice.AMS_HT, "A"), ("0710-8012", CodeDevice.AMS, "16"), ("0500-4002", None, ""),
    ],
)  # fmt: skip
def test_a_code_names_the_ams_it_is_about(
    code: str, device: CodeDevice | None, unit: str
) -> None:
    assert (error(code).device, error(code).unit) == (device, unit)


@pytest.mark.parametrize(
    ("code", "key", "slot", "severity"),
    [
        ("0500-0500-0001-0007", "command_not_verified", None, Severity.FATAL),
        ("0500-0400-0003-0057", "air_purifier_notice", None, Severity.COMMON),
        ("0701-2200-0002-0001", "slot_empty", 3, Severity.SERIOUS),
        ("0700-2000-0003-0002", "slot_fault", 1, Severity.COMMON),
        ("1200-1300-0001-0001", "slot_fault", 4, Severity.FATAL),
        ("0700-5000-0002-0001", "ams_fault", None, Severity.SERIOUS),
        ("07FF-2000-0002-0001", "external_spool_fault", None, Severity.SERIOUS),
        ("0300-0100-0004-0001", "motion_fault", None, Severity.INFO),
        ("0C00-0300-0003-0007", "camera_fault", None, Severity.COMMON),
        ("0501-0400-0003-0002", "system_fault", None, Severity.COMMON),
        ("0B00-0400-0009-0002", None, None, None),
    ],
)  # fmt: skip
def test_health_messages_have_texts_slots_and_severities(
    code: str, key: str | None, slot: int | None, severity: Severity | None
) -> None:
    found = health(code)
    assert (found.code, found.key, found.slot, found.severity) == (
        code,
        text_key(key),
        slot,
        severity,
    )


def test_the_same_digits_mean_different_things_in_the_two_spaces() -> None:
    assert error("0500-4002").is_wrong_path
    assert not health("0500-4002-0001-0001").is_wrong_path
    assert error("0300-400C").is_cancellation
    assert error("0700-8012").is_bad_mapping
    assert error("0502-4009").is_unverified_command
    assert health("0500-0500-0001-0007").is_unverified_command
    assert not health("0502-4007-0001-0001").is_unverified_command


def test_a_message_that_comes_again_is_another_one() -> None:
    code = "0500-0500-0001-0007"
    assert health(code, timestamp=1) != health(code, timestamp=2)
    assert health(code, ts_unix="20260101000000").since == "20260101000000"
    assert health(code).since == ""


def test_every_code_has_a_page_of_the_maker() -> None:
    assert (
        error("0500-4002").page
        == "https://e.bambulab.com/index.php?e=05004002&s=device_error&lang=en"
    )
    assert (
        health("0500-0500-0001-0007").page
        == "https://e.bambulab.com/index.php?e=0500050000010007&s=device_hms&lang=en"
    )


@pytest.mark.parametrize(
    "value", [None, {}, [3], [{}], [{"attr": 1}], [{"attr": "x", "code": 1}]]
)
def test_what_is_no_health_message_is_nothing(value: Any) -> None:
    assert health_messages(value) == ()


def test_every_key_has_a_text_for_people() -> None:
    path = (
        Path(custom_components.bambu_virtual_printer.__file__).parent
        / "translations/en.json"
    )
    texts = json.loads(path.read_text(encoding="utf-8"))["common"]
    keys = {key for _pattern, key in (*PRINT_ERROR_KEYS, *HMS_KEYS)}
    assert {key for key in texts if key.startswith("printer_error_")} == keys | {
        text_key("unknown")
    }
