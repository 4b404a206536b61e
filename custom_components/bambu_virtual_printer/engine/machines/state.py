"""Makes a MachineState of what a printer reported. Pure, and never raises: odd firmware leaves values out.

Which field of which firmware says what is known of recordings of all families and of Bambu Studio's parsers.
"""

from collections.abc import Mapping
import re
from typing import Any

from .ams import read_active, read_external, read_running, read_units
from .codes import health_messages, print_error
from .families import Traits
from .fields import (
    JsonObject,
    bits,
    in_range,
    integer,
    items,
    mapping,
    number,
    objects,
    packed_temperature,
    text,
    unsigned,
)
from .values import (
    AmsUnit,
    Availability,
    DeveloperMode,
    Firmware,
    Light,
    MachineState,
    Nozzle,
    Phase,
    PrintJob,
    Storage,
    StorageState,
    Temperature,
)

_PLATE = re.compile(r"plate_([1-9]\d{0,3})\.gcode")
_DBM = re.compile(r"-?\d{1,3}")
_MAX_MODULES = 64
_DOOR_BIT = 23
_SIGNATURE_BIT = 29
_STORAGE_STATES = (
    StorageState.MISSING,
    StorageState.NORMAL,
    StorageState.ABNORMAL,
    StorageState.READ_ONLY,
)
# Slicers take the newer notation only where all four of these are there.
_NEW_NOTATION = ("cfg", "fun", "aux", "stat")
_UNSET_IDS = {"", "0"}


class StateReader:
    """Reads the reports of one printer one after the other.

    What most reports repeat, the AMS units and the firmware, is read again only where it is another object: `ReportCache`
    keeps the one before where nothing in it has changed.
    """

    def __init__(self, traits: Traits) -> None:
        """Begin with nothing read."""
        self._traits = traits
        self._version: JsonObject = {}
        self._firmware = read_firmware(self._version)
        self._listed: object = None
        self._of: object = None
        self._units: tuple[AmsUnit, ...] = ()

    def read(
        self,
        status: JsonObject,
        version: JsonObject,
        *,
        availability: Availability = Availability.ONLINE,
        is_current: bool = True,
        developer_mode: DeveloperMode = DeveloperMode.UNKNOWN,
    ) -> MachineState:
        """Read the merged status and the newest reply to get_version."""
        if version is not self._version:
            self._version = version
            self._firmware = read_firmware(version)
        traits = self._traits
        nozzles = _nozzles(status, traits)
        return MachineState(
            availability=availability,
            is_current=is_current,
            phase=read_phase(status),
            job=_job(status),
            nozzles=nozzles,
            bed=_bed(status),
            chamber=_chamber(status, traits),
            ams=self._read_units(status, len(nozzles)),
            external=read_external(status, nozzles=len(nozzles)),
            active_spool=read_active(status),
            running_spools=read_running(status),
            print_error=print_error(status.get("print_error")),
            hms=health_messages(status.get("hms")),
            storage=_storage(status),
            developer_mode=developer_mode,
            asks_for_signatures=read_signature_bit(status),
            firmware=self._firmware,
            wifi_dbm=_wifi(status),
            is_door_open=_door(status) if traits.has_door_sensor else None,
            lights=_lights(status),
            skipped_objects=tuple(
                found
                for value in items(status.get("s_obj"))
                if (found := integer(value)) is not None
            ),
        )

    def _read_units(self, status: JsonObject, nozzles: int) -> tuple[AmsUnit, ...]:
        ams = mapping(status.get("ams"))
        listed = ams.get("ams")
        of = (
            ams.get("ams_exist_bits"),
            ams.get("tray_exist_bits"),
            self._firmware,
            nozzles,
        )
        if listed is not self._listed or of != self._of:
            self._listed, self._of = listed, of
            self._units = read_units(
                status, dict(self._firmware.modules), nozzles=nozzles
            )
        return self._units


def read_phase(status: JsonObject) -> Phase:
    """Read `gcode_state`."""
    try:
        return Phase(text(status.get("gcode_state")).lower())
    except ValueError:
        return Phase.UNKNOWN


def read_signature_bit(status: JsonObject) -> bool | None:
    """Read bit 29 of `fun`, which some firmware writes as a number."""
    value = status.get("fun")
    fun = value if type(value) is int and value >= 0 else bits(value)
    return None if fun is None else bool(fun >> _SIGNATURE_BIT & 1)


def read_firmware(version: JsonObject) -> Firmware:
    """Read the modules of get_version; `ota` speaks for the whole."""
    modules: dict[str, Mapping[str, Any]] = {}
    for fields in objects(version.get("module"))[:_MAX_MODULES]:
        if name := text(fields.get("name")):
            modules[name] = fields
    whole = modules.get("ota", {})
    return Firmware(
        version=text(whole.get("sw_ver")),
        product_name=text(whole.get("product_name")),
        modules=tuple(
            (name, text(fields.get("sw_ver"))) for name, fields in modules.items()
        ),
    )


def _job(status: JsonObject) -> PrintJob:
    file = text(status.get("gcode_file"))
    found = _PLATE.search(file)
    plate = (
        int(found[1]) if found else in_range(integer(status.get("plate_idx")), 1, 9999)
    )
    return PrintJob(
        name=text(status.get("subtask_name")),
        file=file,
        plate=plate,
        subtask_id=_id(status.get("subtask_id")),
        task_id=_id(status.get("task_id")),
        project_id=_id(status.get("project_id")),
        origin=text(status.get("print_type")),
        percent=in_range(integer(status.get("mc_percent")), 0, 100),
        prepare_percent=in_range(
            integer(status.get("gcode_file_prepare_percent")), 0, 100
        ),
        layer=in_range(integer(status.get("layer_num")), 0, 1_000_000),
        layers=in_range(integer(status.get("total_layer_num")), 1, 1_000_000),
        remaining_min=in_range(integer(status.get("mc_remaining_time")), 0, 1_000_000),
        stage=integer(status.get("stg_cur")),
    )


def _id(value: Any) -> str:
    """Return an id, empty where it is zero in any notation (an X1C wrote nine zeros)."""
    id_ = text(value)
    return "" if id_.strip("0") in _UNSET_IDS else id_


def _nozzles(status: JsonObject, traits: Traits) -> tuple[Nozzle, ...]:
    """Read the nozzles from `device`, or the only one from the top level. Replies are no source (Bambuddy #2663)."""
    device = mapping(status.get("device"))
    extruder = mapping(device.get("extruder"))
    temperatures = {
        integer(fields.get("id")): packed_temperature(fields.get("temp"))
        for fields in objects(extruder.get("info"))
    }
    state = integer(extruder.get("state")) or 0
    active = state >> 4 & 0x0F
    reported = {
        id_: fields
        for fields in objects(mapping(device.get("nozzle")).get("info"))
        # Rack printers list what is in the rack from 16 on.
        if (id_ := in_range(integer(fields.get("id")), 0, 1)) is not None
    }
    if not reported:
        return tuple(
            Nozzle(
                id=id_,
                diameter_mm=_diameter(status.get("nozzle_diameter")),
                type=text(status.get("nozzle_type")),
                is_active=id_ == active,
                temperature=_temperature(
                    status, "nozzle_temper", "nozzle_target_temper"
                )
                if id_ == active
                else None,
            )
            for id_ in range(traits.nozzles)
        )
    return tuple(
        Nozzle(
            id=id_,
            diameter_mm=_diameter(reported[id_].get("diameter")),
            type=text(reported[id_].get("type")),
            is_active=id_ == active or len(reported) == 1,
            temperature=_unpacked(temperatures.get(id_))
            or _temperature(status, "nozzle_temper", "nozzle_target_temper"),
        )
        for id_ in sorted(reported)
    )


def _diameter(value: Any) -> float | None:
    found = number(value)
    return round(found, 2) if found is not None and 0 < found < 10 else None


def _temperature(status: JsonObject, current: str, target: str) -> Temperature | None:
    found = _celsius(status.get(current))
    if found is None:
        return None
    return Temperature(current_c=found, target_c=_celsius(status.get(target)))


def _celsius(value: Any) -> float | None:
    found = number(value)
    return found if found is not None and -100 <= found <= 1000 else None


def _unpacked(value: tuple[float, float] | None) -> Temperature | None:
    if value is None or value[0] > 1000:
        return None
    return Temperature(current_c=value[0], target_c=value[1])


def _bed(status: JsonObject) -> Temperature | None:
    if found := _temperature(status, "bed_temper", "bed_target_temper"):
        return found
    bed = mapping(mapping(status.get("device")).get("bed"))
    return _unpacked(packed_temperature(mapping(bed.get("info")).get("temp")))


def _chamber(status: JsonObject, traits: Traits) -> Temperature | None:
    if not traits.has_chamber_sensor:
        return None
    device = mapping(status.get("device"))
    chamber = mapping(mapping(device.get("ctc")).get("info"))
    for packed in (chamber.get("temp"), mapping(status.get("info")).get("temp")):
        if found := _unpacked(packed_temperature(packed)):
            return found
    plain = _celsius(status.get("chamber_temper"))
    return None if plain is None else Temperature(current_c=plain)


def _storage(status: JsonObject) -> Storage:
    flags: int | None
    if all(bits(status.get(key)) is not None for key in _NEW_NOTATION):
        flags = (bits(status.get("aux")) or 0) >> 12
    elif (home_flag := unsigned(status.get("home_flag"))) is not None:
        flags = home_flag >> 8
    else:
        flags = None
    match flags, status.get("sdcard"):
        case int(), _:
            state = _STORAGE_STATES[flags & 3]
        case None, bool() as inserted:
            state = StorageState.NORMAL if inserted else StorageState.MISSING
        case _:
            state = StorageState.UNKNOWN
    return Storage(
        state=state, free_bytes=_free_bytes(status), has_memory=_has_memory(status)
    )


def _has_memory(status: JsonObject) -> bool:
    """Read bit 31 of `fun`, uploads by the file tunnel, and bit 0 of `fun2`, prints of them."""
    fun, fun2 = bits(status.get("fun")), bits(status.get("fun2"))
    return bool(fun and fun2 and fun >> 31 & 1 and fun2 & 1)


def _free_bytes(status: JsonObject) -> int | None:
    """Read what is free on the stick; P2S and X2D report it beside the camera's settings."""
    cam = mapping(mapping(status.get("device")).get("cam"))
    for fields in (mapping(status.get("ipcam")), cam):
        total = integer(fields.get("tl_external_total_kb"))
        free = integer(fields.get("tl_external_free_kb"))
        if total and free is not None and 0 <= free <= total:
            return free * 1024
    return None


def _wifi(status: JsonObject) -> int | None:
    found = _DBM.match(text(status.get("wifi_signal")))
    return in_range(int(found[0]), -120, -1) if found else None


def _door(status: JsonObject) -> bool | None:
    """Read whether the door is open: `stat` of newer firmware, else `home_flag` (X1, H2D)."""
    flags = bits(status.get("stat"))
    if flags is None:
        flags = unsigned(status.get("home_flag"))
    return None if flags is None else bool(flags >> _DOOR_BIT & 1)


def _lights(status: JsonObject) -> tuple[Light, ...]:
    modes = {
        text(fields.get("node")): text(fields.get("mode"))
        for fields in objects(status.get("lights_report"))
    }
    return tuple(
        Light(node=node, is_on=mode in {"on", "flashing"})
        for node, mode in sorted(modes.items())
        if node
    )
