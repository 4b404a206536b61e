"""The sensors of a real printer, as tables of keys and how to read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntityDescription,
)
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    MAX_LENGTH_STATE_STATE,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfRatio,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.helpers.typing import StateType

from ..engine.dispatch.power_states import PowerState
from ..engine.machines.families import Traits, find_traits
from ..engine.machines.values import (
    Availability,
    DeveloperMode,
    Phase,
    StorageState,
    Temperature,
)
from ..engine.printable import printable
from ..language.texts import Texts
from ..presentation.machines import (
    error_text,
    errors_view,
    shown_error,
    spool_text,
    spool_view,
)
from .machines import ManagedMachine

type Value = StateType | datetime
type Attributes = Mapping[str, Any]

MOVING = frozenset({"spools", "target", "errors"})
"""Attributes that are many or change often; the recorder does not keep them."""

RIGHT_NOZZLE = 0
LEFT_NOZZLE = 1


class MachineSensorKey(StrEnum):
    """A real printer's sensors."""

    CONNECTION = "connection"
    PRINTER_STATE = "printer_state"
    CURRENT_JOB = "current_job"
    PROGRESS = "progress"
    LAYER = "layer"
    LAYERS = "layers"
    TIME_LEFT = "time_left"
    ENDS_AT = "ends_at"
    BED_TEMPERATURE = "bed_temperature"
    NOZZLE_TEMPERATURE = "nozzle_temperature"
    LEFT_NOZZLE_TEMPERATURE = "left_nozzle_temperature"
    RIGHT_NOZZLE_TEMPERATURE = "right_nozzle_temperature"
    CHAMBER_TEMPERATURE = "chamber_temperature"
    ACTIVE_SPOOL = "active_spool"
    SPOOLS = "spools"
    ERROR = "error"
    DEVELOPER_MODE = "developer_mode"
    STORAGE = "storage"
    WIFI = "wifi"
    SENDING = "sending"
    JOBS = "jobs"
    FREE_FROM = "free_from"
    POWER = "power"


def _always(_traits: Traits) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class MachineDescription:
    """What all entity descriptions of a real printer have.

    `has_fn` returns whether printers of a model have it. `is_of_bambu_lab` are those that the Bambu Lab integration has as
    well: they are off until enabled where it is set up for the same printer. `is_lasting` are those that are known while
    the printer cannot be reached.
    """

    has_fn: Callable[[Traits], bool] = _always
    is_of_bambu_lab: bool = False
    is_lasting: bool = False

    def is_for(self, model_code: str) -> bool:
        """Return whether printers of this model have it."""
        return self.has_fn(find_traits(model_code))


@dataclass(frozen=True, kw_only=True)
class MachineSensorDescription(MachineDescription, SensorEntityDescription):
    """A sensor, and how to read it."""

    value_fn: Callable[[ManagedMachine, Texts], Value]
    attributes_fn: Callable[[ManagedMachine, Texts], Attributes | None] = (
        lambda _machine, _texts: None
    )


@dataclass(frozen=True, kw_only=True)
class MachineBinarySensorDescription(MachineDescription, BinarySensorEntityDescription):
    """A binary sensor, and how to read it."""

    value_fn: Callable[[ManagedMachine], bool | None]
    attributes_fn: Callable[[ManagedMachine], Attributes | None] = lambda _machine: None


def _phase(machine: ManagedMachine, _texts: Texts) -> Value:
    phase = machine.state.phase
    return None if phase is Phase.UNKNOWN else phase.value


def _current_job(machine: ManagedMachine, _texts: Texts) -> Value:
    if not machine.is_printing:
        return None
    job = machine.state.job
    return (job.name or job.file)[:MAX_LENGTH_STATE_STATE] or None


def _current_job_attributes(machine: ManagedMachine, _texts: Texts) -> Attributes:
    job = machine.state.job
    return {
        "job_id": machine.share.job_id,
        "plate": job.plate if machine.is_printing else None,
        "started_by": job.origin or None if machine.is_printing else None,
    }


def _of_print(read: Callable[[ManagedMachine], Value]) -> Any:
    """Read a value that is outdated while nothing prints."""
    return lambda machine, _texts: read(machine) if machine.is_printing else None


def _nozzle(machine: ManagedMachine, nozzle_id: int) -> Temperature | None:
    return next(
        (
            nozzle.temperature
            for nozzle in machine.state.nozzles
            if nozzle.id == nozzle_id
        ),
        None,
    )


def _temperature(
    key: MachineSensorKey,
    read: Callable[[ManagedMachine], Temperature | None],
    has_fn: Callable[[Traits], bool] = _always,
) -> MachineSensorDescription:
    def _value(machine: ManagedMachine, _texts: Texts) -> Value:
        found = read(machine)
        return found.current_c if found else None

    def _attributes(machine: ManagedMachine, _texts: Texts) -> Attributes:
        found = read(machine)
        return {"target": found.target_c if found else None}

    return MachineSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=0,
        is_of_bambu_lab=True,
        has_fn=has_fn,
        value_fn=_value,
        attributes_fn=_attributes,
    )


def _plate(machine: ManagedMachine) -> bool | None:
    """Tell whether the plate has to be cleared, as the Home Assistant says that drives the printer; None where that is not known."""
    share = machine.share
    if share.other_driver and not share.other_driver.instance:
        return None
    return share.is_plate_occupied


def _plate_attributes(machine: ManagedMachine) -> Attributes:
    share = machine.share
    driver = share.other_driver
    if driver and not driver.instance:
        return {"driven_by": None}
    driven_by = {"driven_by": driver.instance} if driver else {}
    return {
        **driven_by,
        "print_id": share.plate.print_id or None,
        "job_id": share.plate.job_id or None,
        "print_name": printable(share.plate.name) or None,
    }


def _active_spool(machine: ManagedMachine, texts: Texts) -> Value:
    place = machine.state.active_spool
    spool = machine.state.spool(place) if place else None
    return spool_text(spool, texts)[:MAX_LENGTH_STATE_STATE] if spool else None


def _active_spool_attributes(
    machine: ManagedMachine, texts: Texts
) -> Attributes | None:
    place = machine.state.active_spool
    spool = machine.state.spool(place) if place else None
    return spool_view(spool, texts) if spool else None


def _error(machine: ManagedMachine, texts: Texts) -> Value:
    error = shown_error(machine.state)
    text = error_text(error, texts) if error else texts("no_printer_error")
    return text[:MAX_LENGTH_STATE_STATE]


def _error_attributes(machine: ManagedMachine, texts: Texts) -> Attributes:
    error = shown_error(machine.state)
    return {
        "code": error.code if error else None,
        "link": error.page if error else None,
        "errors": errors_view(machine.state, texts),
    }


def _developer_mode(machine: ManagedMachine, _texts: Texts) -> Value:
    mode = machine.state.developer_mode
    return None if mode is DeveloperMode.UNKNOWN else mode.value


def _storage(machine: ManagedMachine, _texts: Texts) -> Value:
    state = machine.state.storage.state
    return None if state is StorageState.UNKNOWN else state.value


MACHINE_SENSORS: tuple[MachineSensorDescription, ...] = (
    MachineSensorDescription(
        key=MachineSensorKey.CONNECTION,
        translation_key=MachineSensorKey.CONNECTION,
        device_class=SensorDeviceClass.ENUM,
        options=[each.value for each in Availability],
        entity_category=EntityCategory.DIAGNOSTIC,
        is_lasting=True,
        value_fn=lambda machine, _: machine.state.availability.value,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.PRINTER_STATE,
        translation_key=MachineSensorKey.PRINTER_STATE,
        device_class=SensorDeviceClass.ENUM,
        options=[each.value for each in Phase if each is not Phase.UNKNOWN],
        is_of_bambu_lab=True,
        value_fn=_phase,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.CURRENT_JOB,
        translation_key=MachineSensorKey.CURRENT_JOB,
        is_of_bambu_lab=True,
        value_fn=_current_job,
        attributes_fn=_current_job_attributes,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.PROGRESS,
        translation_key=MachineSensorKey.PROGRESS,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        is_of_bambu_lab=True,
        value_fn=_of_print(lambda machine: machine.state.job.percent),
    ),
    MachineSensorDescription(
        key=MachineSensorKey.LAYER,
        translation_key=MachineSensorKey.LAYER,
        is_of_bambu_lab=True,
        value_fn=_of_print(lambda machine: machine.state.job.layer),
    ),
    MachineSensorDescription(
        key=MachineSensorKey.LAYERS,
        translation_key=MachineSensorKey.LAYERS,
        is_of_bambu_lab=True,
        value_fn=_of_print(lambda machine: machine.state.job.layers),
    ),
    MachineSensorDescription(
        key=MachineSensorKey.TIME_LEFT,
        translation_key=MachineSensorKey.TIME_LEFT,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        is_of_bambu_lab=True,
        value_fn=_of_print(lambda machine: machine.state.job.remaining_min),
    ),
    MachineSensorDescription(
        key=MachineSensorKey.ENDS_AT,
        translation_key=MachineSensorKey.ENDS_AT,
        device_class=SensorDeviceClass.TIMESTAMP,
        is_of_bambu_lab=True,
        value_fn=lambda machine, _: machine.ends_at,
    ),
    _temperature(MachineSensorKey.BED_TEMPERATURE, lambda machine: machine.state.bed),
    _temperature(
        MachineSensorKey.NOZZLE_TEMPERATURE,
        lambda machine: _nozzle(machine, RIGHT_NOZZLE),
        lambda traits: traits.nozzles == 1,
    ),
    _temperature(
        MachineSensorKey.LEFT_NOZZLE_TEMPERATURE,
        lambda machine: _nozzle(machine, LEFT_NOZZLE),
        lambda traits: traits.nozzles > 1,
    ),
    _temperature(
        MachineSensorKey.RIGHT_NOZZLE_TEMPERATURE,
        lambda machine: _nozzle(machine, RIGHT_NOZZLE),
        lambda traits: traits.nozzles > 1,
    ),
    _temperature(
        MachineSensorKey.CHAMBER_TEMPERATURE,
        lambda machine: machine.state.chamber,
        lambda traits: traits.has_chamber_sensor,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.ACTIVE_SPOOL,
        translation_key=MachineSensorKey.ACTIVE_SPOOL,
        is_of_bambu_lab=True,
        value_fn=_active_spool,
        attributes_fn=_active_spool_attributes,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.SPOOLS,
        translation_key=MachineSensorKey.SPOOLS,
        value_fn=lambda machine, _: sum(
            spool.is_present for spool in machine.state.spools
        ),
        attributes_fn=lambda machine, texts: {
            "spools": [spool_view(spool, texts) for spool in machine.state.spools]
        },
    ),
    MachineSensorDescription(
        key=MachineSensorKey.ERROR,
        translation_key=MachineSensorKey.ERROR,
        value_fn=_error,
        attributes_fn=_error_attributes,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.DEVELOPER_MODE,
        translation_key=MachineSensorKey.DEVELOPER_MODE,
        device_class=SensorDeviceClass.ENUM,
        options=[DeveloperMode.ON.value, DeveloperMode.OFF.value],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_developer_mode,
        attributes_fn=lambda machine, _: {
            "asks_for_signatures": machine.state.asks_for_signatures
        },
    ),
    MachineSensorDescription(
        key=MachineSensorKey.STORAGE,
        translation_key=MachineSensorKey.STORAGE,
        device_class=SensorDeviceClass.ENUM,
        options=[each.value for each in StorageState if each != StorageState.UNKNOWN],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_storage,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.WIFI,
        translation_key=MachineSensorKey.WIFI,
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_of_bambu_lab=True,
        value_fn=lambda machine, _: machine.state.wifi_dbm,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.SENDING,
        translation_key=MachineSensorKey.SENDING,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        is_lasting=True,
        value_fn=lambda machine, _: machine.share.upload_percent,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.JOBS,
        translation_key=MachineSensorKey.JOBS,
        is_lasting=True,
        value_fn=lambda machine, _: machine.share.jobs,
    ),
    MachineSensorDescription(
        key=MachineSensorKey.FREE_FROM,
        translation_key=MachineSensorKey.FREE_FROM,
        device_class=SensorDeviceClass.TIMESTAMP,
        is_lasting=True,
        value_fn=lambda machine, _: machine.share.free_from,
    ),
)
# Of printers whose plug is known.
POWER_SENSOR = MachineSensorDescription(
    key=MachineSensorKey.POWER,
    translation_key=MachineSensorKey.POWER,
    device_class=SensorDeviceClass.ENUM,
    options=[state.value for state in PowerState],
    entity_category=EntityCategory.DIAGNOSTIC,
    is_lasting=True,
    value_fn=lambda machine, _: machine.power.value if machine.power else None,
)

MACHINE_BINARY_SENSORS: tuple[MachineBinarySensorDescription, ...] = (
    MachineBinarySensorDescription(
        key="plate_occupied",
        translation_key="plate_occupied",
        device_class=BinarySensorDeviceClass.OCCUPANCY,
        is_lasting=True,
        value_fn=_plate,
        attributes_fn=_plate_attributes,
    ),
    MachineBinarySensorDescription(
        key="door",
        translation_key="door",
        device_class=BinarySensorDeviceClass.DOOR,
        is_of_bambu_lab=True,
        has_fn=lambda traits: traits.has_door_sensor,
        value_fn=lambda machine: machine.state.is_door_open,
    ),
)
