from datetime import UTC, datetime
import json
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.library.values.job import (
    PrintOptions,
)
from custom_components.bambu_virtual_printer.engine.machines.families import (
    UrlForm,
    find_traits,
)
from custom_components.bambu_virtual_printer.engine.machines.mapping import (
    decode,
    encode,
)
from custom_components.bambu_virtual_printer.engine.machines.project_file import (
    MAX_ID,
    ProjectFile,
    new_job_id,
    options_of,
)
from custom_components.bambu_virtual_printer.engine.machines.values import SpoolPlace
from custom_components.bambu_virtual_printer.engine.protocol.project_file import (
    print_request,
)

from .recorded import FOLDER

MD5 = "BDD6F0592BF56624036847350975A516"
# What Bambu Studio's plugin sends on the LAN (open-bambu-networking 6.8.2).
STOCK = {
    "param": "Metadata/plate_2.gcode", "project_id": "0", "profile_id": "0", "task_id": "0", "subtask_id": "0",
    "subtask_name": "Benchy", "file": "Benchy.3mf", "url": "ftp://Benchy.3mf", "md5": MD5, "bed_type": "textured_plate",
    "timelapse": True, "bed_leveling": True, "auto_bed_leveling": 1, "flow_cali": False, "extrude_cali_flag": 2,
    "nozzle_offset_cali": 2, "vibration_cali": False, "layer_inspect": True, "use_ams": True, "ams_mapping": [2],
    "ams_mapping2": [{"ams_id": 0, "slot_id": 2}], "cfg": "4", "command": "project_file", "sequence_id": "20000",
}  # fmt: skip


def recorded_start(name: str) -> dict[str, Any]:
    """The start that the printer echoed."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        fields: dict[str, Any] = json.loads(line)["message"].get("print", {})
        if fields.get("command") == "project_file":
            return fields
    raise AssertionError(name)


def project(**fields: Any) -> ProjectFile:
    made: dict[str, Any] = {
        "file": "benchy_01J.gcode.3mf", "md5": MD5, "plate": 2, "title": "Benchy", "job_id": 1234,
        "mapping": encode((SpoolPlace(unit=0, slot=2),)), **fields,
    }  # fmt: skip
    return ProjectFile(**made)


def test_the_slicers_command_is_kept_but_for_ids_file_and_mapping() -> None:
    sent = project(options=STOCK).fields(UrlForm.FTP)
    ours = {
        "project_id": "1234", "task_id": "1234", "subtask_id": "1234", "file": "benchy_01J.gcode.3mf", "url": "ftp://benchy_01J.gcode.3mf",
    }  # fmt: skip
    expected = {
        key: value for key, value in STOCK.items() if key != "sequence_id"
    } | ours
    assert sent == expected
    assert {key: type(value) for key, value in sent.items()} == {
        key: type(value) for key, value in expected.items()
    }


@pytest.mark.parametrize(
    "name", ["a1-print-cloud.jsonl", "a1-print-cloud-multicolour.jsonl"]
)
def test_a_start_that_an_a1_took_is_written_again_but_for_what_only_the_cloud_sends(
    name: str,
) -> None:
    recorded = recorded_start(name)
    mapping = encode(decode(recorded["ams_mapping"], recorded["ams_mapping2"]))
    sent = project(
        md5=recorded["md5"],
        plate=1,
        title=recorded["subtask_name"],
        mapping=mapping,
        options=recorded,
    ).fields(UrlForm.SDCARD)
    common = sent.keys() & recorded.keys() - {
        "project_id",
        "task_id",
        "subtask_id",
        "profile_id",
        "url",
    }
    assert {key: sent[key] for key in common} == {key: recorded[key] for key in common}
    assert recorded.keys() - sent.keys() == {
        "design_id", "model_id", "plate_idx", "job_id", "skip_objects", "timestamp", "dev_id", "job_type", "bed_temp",
        "reason", "result", "sequence_id",
    }  # fmt: skip
    assert sent.keys() - recorded.keys() == {"file", "bed_type"}


def test_nothing_of_a_signed_command_is_sent_on() -> None:
    signed = STOCK | {
        "header": {"sign_string": "x"},
        "url_enc": "y",
        "param_enc": "z",
        "ams_mapping_info": [],
        "extra": None,
    }
    assert (
        project(options=signed).fields(UrlForm.FTP).keys()
        == project(options=STOCK).fields(UrlForm.FTP).keys()
    )


def test_without_a_slicers_command_stock_values_are_sent() -> None:
    sent = project().fields(UrlForm.FTP)
    assert sent.keys() == STOCK.keys() - {"sequence_id"}
    assert {key: type(value) for key, value in sent.items()} == {
        key: type(STOCK[key]) for key in sent
    }
    assert (
        sent["bed_type"],
        sent["nozzle_offset_cali"],
        sent["vibration_cali"],
        sent["layer_inspect"],
    ) == ("auto", 2, False, True)


def test_what_an_intake_kept_of_a_command_makes_the_same_command() -> None:
    request = print_request(STOCK, peer="", received_at=datetime.now(UTC))
    assert request
    options = options_of(PrintOptions.of_request(request))
    mapping = encode(decode(request.ams_mapping, request.ams_mapping2))
    sent = project(options=options, mapping=mapping).fields(UrlForm.FTP)
    # The bits of `cfg` are not kept.
    assert sent == project(options=STOCK | {"cfg": "0"}).fields(UrlForm.FTP)
    assert options_of(PrintOptions(nozzle_mapping=(0, 1))) == {"nozzle_mapping": [0, 1]}


def test_without_pairs_those_of_the_slicer_are_not_sent_either() -> None:
    from custom_components.bambu_virtual_printer.engine.machines.mapping import (
        MappingForm,
    )

    flat = encode((SpoolPlace(unit=255),), MappingForm.FLAT)
    sent = project(options=STOCK, mapping=flat).fields(UrlForm.FTP)
    assert (sent["use_ams"], sent["ams_mapping"], "ams_mapping2" in sent) == (
        False,
        [0],
        False,
    )


@pytest.mark.parametrize(
    ("model", "first", "other"),
    [
        ("N2S", "ftp://x.3mf", "file:///sdcard/x.3mf"), ("C12", "ftp://x.3mf", "file:///sdcard/x.3mf"),
        ("BL-P001", "ftp://x.3mf", "file:///sdcard/x.3mf"), ("N7", "ftp://x.3mf", "ftp:///x.3mf"),
        ("O1D", "ftp://x.3mf", "ftp:///x.3mf"), ("N6", "ftp://x.3mf", "ftp:///x.3mf"),
    ],
)  # fmt: skip
def test_each_family_has_a_form_of_the_url_and_another(
    model: str, first: str, other: str
) -> None:
    assert [form.url("x.3mf") for form in find_traits(model).url_forms] == [
        first,
        other,
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"job_id": 0},
        {"job_id": MAX_ID + 1},
        {"plate": 0},
        {"md5": "x"},
        {"md5": MD5.lower()},
    ],
)
def test_what_printers_misread_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        project(**fields)


def test_ids_are_decimal_and_fit_32_bits() -> None:
    ids = {new_job_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(1 <= id_ <= MAX_ID for id_ in ids)
