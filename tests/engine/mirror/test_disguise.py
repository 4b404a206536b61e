"""Nothing tells the real printer from what is shown of it."""

from dataclasses import replace
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.mirror.disguise import Disguise
from custom_components.bambu_virtual_printer.engine.mirror.modules import (
    mirrored_modules,
)
from custom_components.bambu_virtual_printer.engine.mirror.values import OwnJob
from tests.support.json_values import JSON

from .showing import (
    CABLE,
    CASES,
    HOST,
    OURS,
    REAL_SERIAL,
    REPLAYS,
    WIFI,
    Case,
    address_number,
    face,
    identified,
    identity_spellings,
    replayed,
    show,
    target,
)

P1S = CASES["P1S"]


def assert_disguised(shown: object) -> None:
    text = json.dumps(shown).lower()
    found = [spelled for spelled in identity_spellings() if spelled in text]
    assert not found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("job", OwnJob)
@pytest.mark.parametrize("is_live", [True, False])
def test_no_octet_of_the_real_printer_is_in_a_report(
    case: Case, job: OwnJob, is_live: bool
) -> None:
    assert WIFI in json.dumps(identified(case.status))
    assert_disguised(
        show(
            case,
            job=job,
            is_live=is_live,
            gcode_state="RUNNING",
            subtask_name=f"From {WIFI}",
            gcode_file=f"/{REAL_SERIAL}.gcode",
        )
    )


@pytest.mark.parametrize("name", REPLAYS)
def test_no_octet_of_the_real_printer_is_in_a_replayed_print(name: str) -> None:
    messages = 0
    for _case, status, shown in replayed(name):
        assert REAL_SERIAL in json.dumps(status)
        assert_disguised(shown)
        messages += 1
    assert messages > 10


def test_no_octet_of_the_real_printer_is_in_its_modules() -> None:
    case = Case(
        model="C12",
        status=P1S.status,
        modules=(
            {"name": "ota", "sn": REAL_SERIAL, "sw_ver": "01.08.02.00"},
            {"name": "esp32", "sn": REAL_SERIAL.lower(), "sw_ver": "1", "at": WIFI},
            {
                "name": "ams/0",
                "sn": "00600A900000002",
                "sw_ver": "2",
                "hw_ver": "AMS08",
            },
        ),
    )
    own = [{"name": "ota", "sn": case.own_serial, "sw_ver": "01.07.00.00"}]
    seen = target(case)
    shown = mirrored_modules(own, seen, Disguise(seen, face(case)))
    assert_disguised(shown)
    assert [module["name"] for module in shown] == ["ota", "esp32", "ams/0"]
    assert shown[0] == own[0]
    assert shown[1]["sn"] == case.own_serial
    assert shown[2]["sn"] == "00600A900000002"
    for module in shown[1:]:
        assert module.keys() >= {
            "name", "product_name", "sw_ver", "sw_new_ver", "hw_ver", "sn", "flag",
        }  # fmt: skip


def test_a_printer_that_has_named_no_modules_has_the_virtual_printers() -> None:
    own = [{"name": "ota"}, {"name": "esp32"}]
    seen = target(P1S)
    assert mirrored_modules(own, seen, Disguise(seen, face(P1S))) == own


def test_addresses_become_the_virtual_printers_in_every_notation() -> None:
    disguise = Disguise(target(P1S), face(P1S))
    assert disguise.apply(f"rtsp://{WIFI}:322 {CABLE}") == f"rtsp://{OURS}:322 {OURS}"
    assert disguise.apply(f"http://{HOST.upper()}/") == f"http://{OURS}/"
    assert disguise.apply(address_number(WIFI)) == address_number(OURS)
    assert disguise.apply(str(address_number(CABLE))) == str(address_number(OURS))
    assert disguise.apply({"ip": 123456789}) == {"ip": address_number(OURS)}
    assert disguise.apply({"ip": 0}) == {"ip": 0}


def test_other_printers_addresses_and_versions_stay() -> None:
    disguise = Disguise(target(P1S), face(P1S))
    for other in (f"1{WIFI}", f"{WIFI}2", "01.07.00.00", "00600A900000002"):
        assert disguise.apply(other) == other


def test_a_host_name_that_is_a_word_is_left_in_texts_and_keys() -> None:
    seen = replace(target(P1S), places=("light",))
    report = {"lights_report": [{"node": "chamber_light"}]}
    assert Disguise(seen, face(P1S)).apply(report) == report


def test_letters_that_only_unicode_takes_for_another_case_do_no_harm() -> None:
    disguise = Disguise(replace(target(P1S), places=("kiln.lan",)), face(P1S))
    assert disguise.apply("KILN.lan \N{KELVIN SIGN}iln.lan") == (
        f"{OURS} \N{KELVIN SIGN}iln.lan"
    )


@given(value=JSON)
def test_whatever_a_printer_says_keeps_its_shape(value: Any) -> None:
    disguise = Disguise(target(P1S), face(P1S))
    shown = disguise.apply({"wrapped": value})
    json.dumps(shown, allow_nan=False)
    assert_disguised(shown)


@given(
    value=st.recursive(
        st.sampled_from([*identity_spellings(), address_number(WIFI)]),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["a", "ip", WIFI, REAL_SERIAL]), inner)
        ),
    )
)
def test_an_identity_is_replaced_wherever_it_stands(value: Any) -> None:
    hidden = ("home of somebody", "aa:bb:cc:dd:ee:ff")
    shown = json.dumps(Disguise(target(P1S), face(P1S)).apply(value)).lower()
    assert not any(
        spelled in shown for spelled in identity_spellings() if spelled not in hidden
    )
