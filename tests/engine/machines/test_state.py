from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.machines.codes import Severity
from custom_components.bambu_virtual_printer.engine.machines.families import (
    TRAITS,
    find_traits,
)
from custom_components.bambu_virtual_printer.engine.machines.reports import ReportCache
from custom_components.bambu_virtual_printer.engine.machines.state import (
    StateReader,
    read_firmware,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    AmsKind,
    Light,
    MachineState,
    Phase,
    PrintJob,
    SpoolPlace,
    StorageState,
    Temperature,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from scripts.printer_double.statuses import (
    PLA_BLACK,
    a2l,
    ams,
    h2d,
    p1s,
    status,
    unit,
    x1c_two_units,
)
from tests.support.json_values import JSON
from tests.support.machine_states import machine_state

from .recorded import replay, snapshot_state

RIGHT, LEFT = SpoolPlace(unit=255), SpoolPlace(unit=254)


def state_of(fields: dict[str, Any], model: str = "C12") -> MachineState:
    return machine_state(fields, {}, find_traits(model))


def loaded(state: MachineState) -> dict[tuple[int, int], str]:
    return {
        (spool.place.unit, spool.place.slot): f"{spool.type} {spool.color}"
        for spool in state.spools
        if spool.is_present
    }


# --- recordings: the state after each is what its description says ---


def test_a_finished_p2s_has_an_empty_second_slot() -> None:
    state = snapshot_state("p2s-finish.json", "N7")
    assert state.phase is Phase.FINISH
    assert loaded(state) == {
        (0, 0): "PLA 545454FF",
        (0, 2): "PETG FFFFFFFF",
        (0, 3): "PETG 000000FF",
    }
    assert [unit.kind for unit in state.ams] == [AmsKind.AMS_2_PRO]
    assert (
        state.ams[0].humidity_level,
        state.ams[0].humidity_percent,
        state.ams[0].temperature_c,
    ) == (2, 36, 24.2)
    assert state.job == PrintJob(
        name="Sample part 1", file="/data/Metadata/plate_1.gcode", plate=1, subtask_id="700000002", task_id="700000003",
        project_id="700000001", origin="cloud", percent=100, prepare_percent=100, layer=750, layers=750, remaining_min=0,
        stage=-1,
    )  # fmt: skip
    assert [(nozzle.diameter_mm, nozzle.type) for nozzle in state.nozzles] == [
        (0.4, "HH01")
    ]
    assert state.chamber == Temperature(current_c=24, target_c=0)
    assert (state.storage.state, state.storage.free_bytes) == (
        StorageState.NORMAL,
        2162176 * 1024,
    )
    assert state.running_spools == (None, SpoolPlace(unit=0, slot=3))
    assert state.asks_for_signatures is True
    assert state.is_door_open is False
    assert state.wifi_dbm == -50
    assert state.active_spool is None
    assert [code.code for code in state.hms] == [
        "0500-0600-0002-0070",
        "0501-0400-0003-0002",
    ]
    assert state.hms[0].severity is Severity.SERIOUS


def test_an_idle_a1_mini_has_four_spools_and_no_chamber() -> None:
    state = snapshot_state("a1mini-idle.json", "N1")
    assert state.phase is Phase.IDLE
    assert loaded(state) == {
        (0, 0): "PLA DE4343FF", (0, 1): "PLA 918669FF", (0, 2): "PETG D6ABFF80", (0, 3): "PLA 000000FF", (255, 0): "PLA 161616FF",
    }  # fmt: skip
    assert state.ams[0].kind is AmsKind.AMS_LITE
    assert (state.ams[0].humidity_level, state.ams[0].temperature_c) == (None, None)
    assert state.chamber is None
    assert state.asks_for_signatures is None
    assert state.is_door_open is None
    assert state.firmware.version == "01.07.02.00"
    assert state.firmware.product_name == "Bambu Lab A1 mini"
    assert state.lights == (Light(node="chamber_light", is_on=False),)


def test_an_x1c_of_older_firmware_reports_one_nozzle_and_an_ams() -> None:
    state = snapshot_state("x1c-ams-finish.json", "BL-P001")
    assert (state.phase, state.job.subtask_id, state.job.layers) == (
        Phase.FINISH,
        "",
        232,
    )
    assert [
        (nozzle.id, nozzle.diameter_mm, nozzle.is_active) for nozzle in state.nozzles
    ] == [(0, 0.4, True)]
    assert len(loaded(state)) == 5
    assert {spool.remaining_percent for spool in state.spools} == {None}
    assert state.chamber == Temperature(current_c=25)
    assert state.is_door_open is True


def phases(name: str, model: str) -> list[tuple[float, Phase]]:
    found: list[tuple[float, Phase]] = []
    for moment in replay(name, model):
        if moment.state.phase is not Phase.UNKNOWN and (
            not found or found[-1][1] is not moment.state.phase
        ):
            found.append((moment.t, moment.state.phase))
    return found


def test_a_whole_print_of_an_a1_that_the_cloud_started() -> None:
    assert phases("a1-print-cloud.jsonl", "N2S") == [
        (80, Phase.FINISH), (197, Phase.PREPARE), (206, Phase.RUNNING), (861, Phase.FINISH),
    ]  # fmt: skip
    moments = replay("a1-print-cloud.jsonl", "N2S")
    prepared = next(
        moment.state
        for moment in moments
        if moment.t == 197 and moment.state.phase is Phase.PREPARE
    )
    assert (prepared.job.name, prepared.job.subtask_id) == (
        "Sample part 2",
        "700000001",
    )
    running = [
        moment.state for moment in moments if moment.state.phase is Phase.RUNNING
    ]
    # Named once, when it changed, and by no delta after that.
    assert {state.job.layers for state in running} == {50}
    assert {state.nozzles[0].diameter_mm for state in running} == {0.4}
    assert [state.job.percent for state in (running[-1], moments[-1].state)] == [
        96,
        100,
    ]
    assert moments[-1].state.job.file == ""


def test_a_whole_print_of_an_a1_that_was_started_on_its_screen() -> None:
    assert phases("a1-print-local.jsonl", "N2S") == [
        (110, Phase.FINISH), (165, Phase.IDLE), (167, Phase.PREPARE), (171, Phase.RUNNING), (817, Phase.FINISH),
    ]  # fmt: skip
    assert {
        moment.state.job.subtask_id
        for moment in replay("a1-print-local.jsonl", "N2S")
        if moment.t > 165
    } == {""}


def test_a_print_of_four_colours_pauses_twice_and_goes_on() -> None:
    assert phases("a1-print-cloud-multicolour.jsonl", "N2S") == [
        (26, Phase.FINISH), (86, Phase.PREPARE), (95, Phase.RUNNING), (788, Phase.PAUSE), (820, Phase.RUNNING),
        (835, Phase.PAUSE), (880, Phase.RUNNING), (1019, Phase.FINISH),
    ]  # fmt: skip
    moments = replay("a1-print-cloud-multicolour.jsonl", "N2S")
    before = [
        moment.state for moment in moments if 26 <= moment.t < 86 and moment.state.hms
    ]
    assert all(state.hms[0].is_unverified_command for state in before) and before
    pause = next(
        moment.state for moment in moments if moment.state.phase is Phase.PAUSE
    )
    assert pause.print_error is not None
    assert (pause.print_error.code, pause.print_error.key) == (
        "1200-8006",
        "printer_error_ams_lite_feed_failed",
    )
    assert [(code.code, code.slot) for code in pause.hms] == [
        ("1200-1200-0001-0001", 3)
    ]
    assert moments[-1].state.print_error is None
    assert moments[-1].state.hms == ()


def test_a_p2s_names_the_cancellation_five_seconds_after_it() -> None:
    moments = [
        moment
        for moment in replay("p2s-start-pause-stop.jsonl", "N7")
        if "command" in moment.message.get("print", {})
    ]
    found = [
        (
            round(moment.t),
            moment.state.phase,
            moment.state.print_error.code if moment.state.print_error else None,
        )
        for moment in moments
        if moment.message["print"]["command"] == "push_status"
    ]
    assert found[:4] == [
        (1, Phase.FINISH, None), (5, Phase.FINISH, None), (8, Phase.RUNNING, None), (9, Phase.PAUSE, "0500-803C"),
    ]  # fmt: skip
    assert found[4:] == [
        *[(t, Phase.FAILED, None) for t in (25, 26, 27, 28)],
        (30, Phase.FAILED, "0300-400C"),
    ]
    last = moments[-1].state
    assert last.print_error and last.print_error.is_cancellation


# --- made up: what no recording under a free licence shows ---


def test_an_h2d_has_two_nozzles_and_units_that_serve_one_each() -> None:
    state = state_of(h2d(), "O1D")
    assert [
        (nozzle.id, nozzle.diameter_mm, nozzle.is_active) for nozzle in state.nozzles
    ] == [(0, 0.4, True), (1, 0.6, False)]
    assert state.nozzles[0].temperature == Temperature(current_c=218, target_c=220)
    assert [(unit.id, unit.kind, unit.nozzle) for unit in state.ams] == [
        (0, AmsKind.AMS_2_PRO, 1),
        (128, AmsKind.AMS_HT, 0),
    ]
    assert [spool.place for spool in state.external] == [RIGHT, LEFT]
    assert [spool.is_present for spool in state.external] == [True, False]
    assert (state.bed, state.chamber) == (
        Temperature(current_c=69, target_c=70),
        Temperature(current_c=48, target_c=60),
    )
    assert (
        state.light("chamber_light"),
        state.light("chamber_light2"),
        state.light("other"),
    ) == (True, False, None)


@pytest.mark.parametrize(
    ("active", "snow", "place"),
    [
        (0, (0xFF00, 0xFEFF), RIGHT),
        (0, (0xFFFF, 0x0001), None),
        (1, (0xFFFF, 0x0001), SpoolPlace(unit=0, slot=1)),
        (1, (0xFFFF, 0xFE00), LEFT),
        (0, (0x8000, 0xFEFF), SpoolPlace(unit=128)),
    ],
)
def test_the_active_spool_of_an_h2d_is_that_of_the_active_nozzle_whatever_tray_now_says(
    active: int, snow: tuple[int, int], place: SpoolPlace | None
) -> None:
    state = state_of(h2d(active=active, snow=snow), "O1D")
    assert state.active_spool == place
    assert state.active_nozzle and state.active_nozzle.id == active


@pytest.mark.parametrize(
    ("tray_now", "place"),
    [
        ("255", None),
        ("254", RIGHT),
        ("5", SpoolPlace(unit=1, slot=1)),
        ("129", SpoolPlace(unit=129)),
        ("x", None),
        (None, None),
    ],
)
def test_the_active_spool_of_older_firmware_is_a_flat_number(
    tray_now: str | None, place: SpoolPlace | None
) -> None:
    assert state_of(status(ams={"tray_now": tray_now})).active_spool == place


def test_the_a2l_counts_its_spools_from_bit_24() -> None:
    state = state_of(a2l(), "N9")
    assert loaded(state) == {(16, 1): "PLA C12E1FFF"}
    assert state.ams[0].kind is AmsKind.A2L_LITE


def test_units_of_every_kind_are_found_by_their_bits() -> None:
    assert sorted(loaded(state_of(x1c_two_units(), "BL-P001"))) == [
        (0, 0),
        (1, 3),
        (128, 0),
    ]


def test_a_unit_that_was_unplugged_is_gone_although_it_is_still_listed() -> None:
    cache = ReportCache()
    cache.apply(x1c_two_units())
    cache.apply({"msg": 1, "ams": {"ams_exist_bits": "1"}})
    assert [unit.id for unit in state_of(cache.fields, "BL-P001").ams] == [0]


def test_the_exist_bits_decide_whether_there_is_a_spool() -> None:
    fields = status(
        ams=ams(unit(0, "1001", PLA_BLACK, PLA_BLACK)) | {"tray_exist_bits": "2"}
    )
    [first, second] = state_of(fields).ams[0].spools
    # An emptied slot keeps the type of its last filament.
    assert (first.is_present, first.type, first.color) == (False, "", "")
    assert second.is_known


@pytest.mark.parametrize(
    ("tray", "is_present"),
    [
        ({"state": 8}, False), ({"state": 9}, True), ({"state": 10, "tray_type": "PLA"}, False), ({"state": 11}, True),
        ({"state": 26}, False), ({"state": 27}, True), ({"state": 0, "tray_type": "PLA"}, False), ({"state": 3}, True),
        ({"tray_type": "PLA"}, True), ({}, False), ({"state": 17, "tray_type": "PLA"}, True), ({"state": 17}, False),
    ],
)  # fmt: skip
def test_without_exist_bits_the_tray_itself_tells_whether_there_is_a_spool(
    tray: dict[str, Any], is_present: bool
) -> None:
    fields = status(ams={"ams": [{"id": "0", "tray": [{"id": "0", **tray}]}]})
    assert state_of(fields).ams[0].spools[0].is_present is is_present


def test_a_spool_about_which_nothing_is_known_is_present_and_not_known() -> None:
    fields = status(
        ams={
            "ams": [{"id": "0", "tray": [{"id": "0", "state": 9}]}],
            "tray_exist_bits": "1",
        }
    )
    spool = state_of(fields).ams[0].spools[0]
    assert spool.is_present and not spool.is_known


def test_what_is_left_of_a_spool_is_known_by_its_tag_alone() -> None:
    tagged = PLA_BLACK | {"remain": 0}
    fields = status(
        ams=ams(
            unit(
                0,
                "1001",
                tagged,
                tagged | {"tray_uuid": "0" * 32},
                tagged | {"remain": -1},
            )
        )
    )
    assert [spool.remaining_percent for spool in state_of(fields).ams[0].spools] == [
        0,
        None,
        None,
    ]


def test_units_of_older_firmware_are_known_by_their_modules() -> None:
    version = {
        "module": [
            {"name": name, "sw_ver": "1"}
            for name in ("ams/0", "n3f/1", "n3s/128", "ams_f1/2")
        ]
    }
    fields = status(ams={"ams": [{"id": id_} for id_ in (0, 1, 2, 3, 128, 129)]})
    kinds = {
        unit.id: unit.kind
        for unit in machine_state(fields, version, find_traits("BL-P001")).ams
    }
    assert kinds == {
        0: AmsKind.AMS, 1: AmsKind.AMS_2_PRO, 2: AmsKind.AMS_LITE, 3: AmsKind.UNKNOWN, 128: AmsKind.AMS_HT, 129: AmsKind.AMS_HT,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"home_flag": 0x000}, StorageState.MISSING),
        ({"home_flag": -1067070064}, StorageState.NORMAL),
        ({"home_flag": 0x200}, StorageState.ABNORMAL),
        ({"home_flag": 0x300}, StorageState.READ_ONLY),
        (
            {"home_flag": 0x000, "cfg": "0", "fun": "0", "aux": "2001004", "stat": "0"},
            StorageState.NORMAL,
        ),
        ({"sdcard": True}, StorageState.NORMAL),
        ({"sdcard": False}, StorageState.MISSING),
        ({}, StorageState.UNKNOWN),
    ],
)
def test_storage_is_what_slicers_take_it_for(
    fields: dict[str, Any], expected: StorageState
) -> None:
    assert state_of(fields).storage.state is expected


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({"stat": "46A58008"}, True),
        ({"stat": "46258008"}, False),
        ({"home_flag": -1058546177}, True),
        ({"home_flag": -1066934785}, False),
        ({}, None),
    ],
)
def test_the_door_is_in_stat_or_in_home_flag(
    fields: dict[str, Any], is_open: bool | None
) -> None:
    assert state_of(fields, "O1D").is_door_open is is_open


@pytest.mark.parametrize(
    ("fun", "asks"),
    [
        ("3EC1AFFF9CFF", True),
        ("3EC18FFF9CFF", False),
        (0x20000000, True),
        (-1, None),
        (None, None),
        ("g", None),
    ],
)
def test_bit_29_of_fun_asks_for_signatures(fun: Any, asks: bool | None) -> None:
    assert state_of(status(fun=fun)).asks_for_signatures is asks


def test_numbers_may_be_text_and_what_makes_no_sense_is_left_out() -> None:
    state = state_of(
        status(
            mc_percent="42", layer_num=7.0, total_layer_num="x", mc_remaining_time=None, nozzle_temper="210.5",
            bed_temper=[], wifi_signal=3, gcode_state="NEVER HEARD OF", subtask_id=5, lights_report={"node": "x"}, s_obj=["3", "x", 4],
            nozzle_diameter="0.8", subtask_name="a\nb", gcode_file=True, plate_idx="3", mapping="no",
        )
    )  # fmt: skip
    assert (
        state.job.percent,
        state.job.layer,
        state.job.layers,
        state.job.remaining_min,
    ) == (42, 7, None, None)
    assert state.nozzles[0].temperature == Temperature(current_c=210.5, target_c=0)
    assert (state.bed, state.wifi_dbm, state.phase, state.lights) == (
        None,
        None,
        Phase.UNKNOWN,
        (),
    )
    assert (state.job.subtask_id, state.job.name, state.job.file, state.job.plate) == (
        "5",
        "ab",
        "",
        3,
    )
    assert state.skipped_objects == (3, 4)


def test_the_plate_is_that_of_the_file() -> None:
    assert (
        state_of(
            status(gcode_file="/data/Metadata/plate_12.gcode", plate_idx=1)
        ).job.plate
        == 12
    )
    assert state_of(status(gcode_file="x.3mf", plate_idx=0)).job.plate is None


def test_firmware_is_that_of_the_whole() -> None:
    firmware = read_firmware(
        {
            "module": [
                {"name": "mc", "sw_ver": "9"},
                {"name": "ota", "sw_ver": "01.08", "product_name": "P1S"},
                {},
                3,
            ]
        }
    )
    assert (firmware.version, firmware.product_name) == ("01.08", "P1S")
    assert firmware.modules == (("mc", "9"), ("ota", "01.08"))


def test_equal_reports_make_equal_states() -> None:
    assert state_of(h2d(), "O1D") == state_of(h2d(), "O1D")
    assert state_of(p1s()).is_available
    assert state_of(p1s()).spool(SpoolPlace(unit=3)) is None


@given(
    st.dictionaries(
        st.sampled_from(
            sorted({*h2d(), *p1s(), "stg_cur", "fun2", "info", "mapping", "s_obj"})
        ),
        JSON,
    ),
    JSON,
    st.sampled_from(sorted(TRAITS)),
)
def test_no_report_raises(fields: dict[str, Any], version: Any, model: str) -> None:
    cache = ReportCache()
    cache.apply(h2d())
    cache.apply(fields)
    machine_state(cache.fields, {"module": version}, TRAITS[model])
    machine_state(fields, {"module": version}, TRAITS[model])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    h2d(),
                    p1s(),
                    x1c_two_units(),
                    a2l(),
                    {"ams": {"tray_now": "1"}},
                    {"ams": {"tray_exist_bits": "3"}},
                    {"ams": {"ams": [unit(0, "1001", PLA_BLACK)]}},
                    {"ams": {"ams": [{"id": "0", "tray": [{"id": "0", "state": 10}]}]}},
                    {"mc_percent": 5},
                ]
            ),
            st.sampled_from([0, 1]),
            st.sampled_from(
                [{}, {"module": [{"name": "ams/0", "sw_ver": "1"}]}, {"module": 1}]
            ),
        ),
        max_size=12,
    )
)
def test_reading_one_report_after_the_other_is_reading_each_anew(
    reports: list[tuple[dict[str, Any], int, dict[str, Any]]],
) -> None:
    traits = find_traits("O1D")
    cache, reader = ReportCache(), StateReader(traits)
    for fields, msg, version in reports:
        cache.apply({**fields, "msg": msg})
        assert reader.read(cache.fields, version) == machine_state(
            cache.fields, version, traits
        )


def test_every_model_has_its_traits() -> None:
    assert TRAITS.keys() == MODELS.keys()
    assert all(
        TRAITS[code].nozzles == model.nozzles and TRAITS[code].family is model.family
        for code, model in MODELS.items()
    )


@pytest.mark.parametrize(
    ("model", "firmware", "asks"),
    [
        ("C12", "01.08.01.00", False), ("C12", "01.08.02.00", True), ("N2S", "01.05.00.00", True), ("BL-P001", "01.08.50.32", True),
        ("BL-P001", "01.08.03.00", False), ("N7", "01.00.00.00", True), ("N7", "", True), ("C13", "01.02.00.00", None), ("C12", "", None),
    ],
)  # fmt: skip
def test_signatures_are_asked_for_from_a_firmware_on(
    model: str, firmware: str, asks: bool | None
) -> None:
    assert find_traits(model).asks_for_signatures(firmware) is asks
