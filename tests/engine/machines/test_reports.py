import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.machines.reports import (
    MAX_KEYS,
    MAX_MEMBERS,
    MAX_MESSAGE_BYTES,
    MessageKind,
    ReportCache,
    parse,
)
from scripts.printer_double.statuses import PLA_BLACK, PLA_RED, ams, p1s, tray, unit
from tests.support.json_values import JSON


def merged(*reports: dict[str, Any]) -> dict[str, Any]:
    cache = ReportCache()
    for report in reports:
        cache.apply(report)
    return cache.fields


def test_a_full_report_replaces_what_it_names_and_leaves_the_rest() -> None:
    fields = merged(
        {"msg": 1, "total_layer_num": 50, "device": {"a": 1, "b": 2}},
        {"msg": 0, "device": {"a": 3}},
    )
    assert fields == {"msg": 0, "total_layer_num": 50, "device": {"a": 3}}


def test_a_delta_merges_objects() -> None:
    fields = merged(
        {"msg": 0, "upgrade_state": {"dis_state": 1, "cur_state_code": 0}},
        {"msg": 1, "upgrade_state": {"cur_state_code": 1}},
    )
    assert fields["upgrade_state"] == {"dis_state": 1, "cur_state_code": 1}


@pytest.mark.parametrize(
    "path",
    [
        ("device", "extruder", "info"),
        ("device", "nozzle", "info"),
        ("device", "airduct", "parts"),
        ("vir_slot",),
    ],
)
def test_a_delta_merges_lists_whose_members_have_an_id(path: tuple[str, ...]) -> None:
    def nested(members: list[dict[str, Any]]) -> dict[str, Any]:
        value: Any = members
        for key in reversed(path):
            value = {key: value}
        return {"msg": 1, **value}

    fields: Any = merged(
        nested([{"id": 0, "temp": 1, "stat": 5}, {"id": 1, "temp": 2}]),
        nested([{"id": 0, "temp": 9}, {"id": 2, "temp": 3}]),
    )
    for key in path:
        fields = fields[key]
    assert fields == [
        {"id": 0, "temp": 9, "stat": 5},
        {"id": 1, "temp": 2},
        {"id": 2, "temp": 3},
    ]


@pytest.mark.parametrize("key", ["hms", "stg", "s_obj", "lights_report", "mapping"])
def test_a_delta_replaces_other_lists(key: str) -> None:
    assert merged({key: [{"id": 1}, 2, 3]}, {key: [4]})[key] == [4]


def test_a_delta_without_the_units_leaves_them() -> None:
    fields = merged(p1s(), {"msg": 1, "ams": {"tray_now": "1", "version": 3}})
    assert fields["ams"]["tray_now"] == "1"
    assert fields["ams"]["ams"] == p1s()["ams"]["ams"]


@pytest.mark.parametrize("emptied", [{"id": "0"}, {"id": "0", "state": 10}])
def test_a_tray_without_filament_fields_replaces_the_one_before(
    emptied: dict[str, Any],
) -> None:
    fields = merged(
        {"msg": 0, "ams": ams(unit(0, "1001", PLA_BLACK, PLA_RED))},
        {"msg": 1, "ams": {"ams": [{"id": "0", "tray": [emptied]}]}},
    )
    assert fields["ams"]["ams"][0]["tray"] == [emptied, tray(1, PLA_RED)]


def test_an_emptied_external_spool_is_replaced_whether_it_is_an_object_or_in_a_list() -> (
    None
):
    old = {"vt_tray": {"id": "254", **PLA_RED}, "vir_slot": [{"id": "255", **PLA_RED}]}
    fields = merged(old, {"vt_tray": {"id": "254"}, "vir_slot": [{"id": "255"}]})
    assert fields == {"vt_tray": {"id": "254"}, "vir_slot": [{"id": "255"}]}


def test_an_edited_tray_is_merged() -> None:
    fields = merged(
        {"msg": 0, "ams": ams(unit(0, "1001", PLA_BLACK))},
        {"msg": 1, "ams": {"ams": [{"id": "0", "tray": [{"id": "0", "remain": 12}]}]}},
    )
    assert fields["ams"]["ams"][0]["tray"] == [{**tray(0, PLA_BLACK), "remain": 12}]


def test_what_was_merged_is_not_changed_by_later_reports() -> None:
    first = {"msg": 1, "device": {"a": {"b": 1}}}
    cache = ReportCache()
    cache.apply(first)
    before = cache.fields["device"]
    cache.apply({"msg": 1, "device": {"a": {"b": 2}}})
    assert before == {"a": {"b": 1}}
    assert first == {"msg": 1, "device": {"a": {"b": 1}}}


def test_what_is_repeated_stays_the_object_that_it_was() -> None:
    """So that what was made of it needs not be made again."""
    cache = ReportCache()
    cache.apply(p1s())
    before = cache.fields["ams"]
    cache.apply(p1s())
    cache.apply({"msg": 1, "ams": p1s()["ams"]})
    assert cache.fields["ams"] is before
    cache.apply({"msg": 1, "ams": {"tray_now": "3"}})
    assert cache.fields["ams"]["tray_now"] == "3"
    assert cache.fields["ams"]["ams"] is before["ams"]


@pytest.mark.parametrize("depth", [100, 20_000])
def test_deep_nesting_is_taken_in_again_and_again(depth: int) -> None:
    payload = (
        b'{"print":{"command":"push_status","stg":'
        + b"[" * depth
        + b"]" * depth
        + b"}}"
    )
    cache = ReportCache()
    for _ in range(3):
        for message in parse(payload):
            cache.apply(message.fields)
    assert "stg" in cache.fields


def test_replies_are_told_from_status_by_what_they_hold() -> None:
    def kinds(*fields: dict[str, Any]) -> list[MessageKind]:
        return [
            message.kind
            for one in fields
            for message in parse(json.dumps({"print": one}).encode())
        ]

    assert kinds({"command": "push_status", "msg": 1}) == [MessageKind.STATUS]
    assert (
        kinds(
            {
                "command": "extrusion_cali_get",
                "nozzle_diameter": "0.8",
                "result": "success",
            },
            {"result": "success", "sequence_id": "7"},
            {"command": "project_file", "sequence_id": "8"},
        )
        == [MessageKind.REPLY] * 3
    )
    assert kinds({"gcode_state": "RUNNING"}) == [MessageKind.OTHER]


def test_a_byte_that_is_no_utf_8_spoils_its_own_text_alone() -> None:
    payload = b'{"print": {"command": "push_status", "subtask_name": "\xff", "mc_percent": 3}}\0'
    [message] = parse(payload)
    assert message.fields["mc_percent"] == 3
    assert message.fields["subtask_name"] == "�"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'{"print": 3}',
        b"[" * 100_000,
        b'"' + b"a" * MAX_MESSAGE_BYTES + b'"',
    ],
)
def test_what_is_no_report_is_nothing(payload: bytes) -> None:
    assert parse(payload) == ()


def test_a_printer_gone_mad_does_not_fill_the_memory() -> None:
    cache = ReportCache()
    for number in range(3 * MAX_KEYS):
        cache.apply({"msg": number % 2, f"key{number}": 1})
        cache.apply({"msg": 1, "vir_slot": [{"id": number}]})
    assert len(cache.fields) <= MAX_KEYS
    assert len(cache.fields["vir_slot"]) <= MAX_MEMBERS


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["ams", "device", "vt_tray", "vir_slot", "msg"]), JSON
        ),
        max_size=5,
    )
)
def test_nothing_that_is_json_raises(reports: list[dict[str, Any]]) -> None:
    merged(*reports)


@given(st.binary(max_size=200))
def test_no_bytes_raise(payload: bytes) -> None:
    parse(payload)
