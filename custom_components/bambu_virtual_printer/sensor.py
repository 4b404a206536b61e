"""Sensors: what a printer received and who is connected; what the library holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    MAX_LENGTH_STATE_STATE,
    EntityCategory,
    UnitOfEnergy,
    UnitOfInformation,
    UnitOfMass,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .engine.explanations import Explanation
from .entity import HubEntity, MachineEntity, PrinterEntity
from .health.report import Outcome
from .hub import Hub, HubConfigEntry
from .language.texts import Texts
from .presentation import CA_URL, free_from_view, told_job_view
from .printers.machine_sensors import (
    MACHINE_SENSORS,
    MOVING as MOVING_OF_MACHINES,
    POWER_SENSOR,
    MachineSensorDescription,
)
from .printers.machines import ManagedMachine
from .printers.managed import ManagedPrinter
from .printers.printer_sensors import (
    MOVING as MOVING_OF_PRINTERS,
    PRINTER_SENSORS,
    PROXY_SENSORS,
    PrinterSensorDescription,
)

PARALLEL_UPDATES = 0

MAX_LISTED = 20
"""Uploads that a state's attributes list; the actions list all."""

type Value = StateType | datetime
type Attributes = Mapping[str, Any]


class HubSensorKey(StrEnum):
    """The hub's sensors."""

    ARCHIVES = "archives"
    STORAGE_USED = "storage_used"
    STORAGE_FREE = "storage_free"
    PENDING_UPLOADS = "pending_uploads"
    QUEUED_JOBS = "queued_jobs"
    PRINT_TIME_QUEUED = "print_time_queued"
    FILAMENT_QUEUED = "filament_queued"
    QUEUE_DONE = "queue_done"
    NEXT_JOB = "next_job"
    PRINTED = "printed"
    ARCHIVED_EVER = "archived_ever"
    FILAMENT_ARCHIVED = "filament_archived"
    PRINT_TIME_ARCHIVED = "print_time_archived"
    COST_ARCHIVED = "cost_archived"
    FILAMENT_PRINTED = "filament_printed"
    PRINT_TIME_PRINTED = "print_time_printed"
    COST_PRINTED = "cost_printed"
    ENERGY_PRINTED = "energy_printed"
    ENERGY_COST_PRINTED = "energy_cost_printed"
    PRINTS_GOOD = "prints_good"
    PRINTS_FAILED = "prints_failed"
    CA_FINGERPRINT = "ca_fingerprint"
    CA_EXPIRY = "ca_expiry"


SETUP_CHECK = SensorEntityDescription(
    key="setup_check",
    translation_key="setup_check",
    device_class=SensorDeviceClass.ENUM,
    options=[outcome.value for outcome in Outcome],
    entity_category=EntityCategory.DIAGNOSTIC,
)


@dataclass(frozen=True, kw_only=True)
class HubSensorDescription(SensorEntityDescription):
    """A sensor, and how to read it from the hub."""

    value_fn: Callable[[Hub], Value]
    is_of_library: bool = True
    """Whether it is unavailable while the library cannot be read."""
    attributes_fn: Callable[[Hub], Attributes | None] = lambda _: None


def _next_job_attributes(hub: Hub) -> Attributes | None:
    job = hub.coordinator.data.statistics.next_job
    return told_job_view(job, hub.wording) if job else None


def _free_from(hub: Hub) -> Attributes:
    return {
        "free_from": free_from_view(
            hub.forecast(hub.coordinator.data.queued_jobs), hub.wording
        )
    }


_GRAMS: Final = {
    "device_class": SensorDeviceClass.WEIGHT,
    "native_unit_of_measurement": UnitOfMass.GRAMS,
    "suggested_display_precision": 0,
}
_SECONDS: Final = {
    "device_class": SensorDeviceClass.DURATION,
    "native_unit_of_measurement": UnitOfTime.SECONDS,
    "suggested_unit_of_measurement": UnitOfTime.HOURS,
    # The frontend makes hours and minutes of it, and cuts off what is finer than this.
    "suggested_display_precision": 2,
}
_BYTES: Final = {
    "device_class": SensorDeviceClass.DATA_SIZE,
    "native_unit_of_measurement": UnitOfInformation.BYTES,
    "suggested_unit_of_measurement": UnitOfInformation.GIGABYTES,
    "suggested_display_precision": 2,
}
# In the currency of the household.
_MONEY: Final = {
    "device_class": SensorDeviceClass.MONETARY,
    "suggested_display_precision": 2,
}


def _counted(
    state_class: SensorStateClass,
    key: HubSensorKey,
    value_fn: Callable[[Hub], Value],
    **measure: Any,
) -> HubSensorDescription:
    """Describe a number of the hub, with its unit if it has one."""
    return HubSensorDescription(
        key=key,
        translation_key=key,
        state_class=state_class,
        value_fn=value_fn,
        **measure,
    )


_amount = partial(_counted, SensorStateClass.MEASUREMENT)
# Sums that go on counting when archives are deleted. A purge takes numbers back, which must not look like a counter that
# began anew. They are kept for statistics and clutter the overview of an area otherwise.
_total = partial(
    _counted, SensorStateClass.TOTAL, entity_category=EntityCategory.DIAGNOSTIC
)

HUB_SENSORS: tuple[HubSensorDescription, ...] = (
    _amount(
        HubSensorKey.ARCHIVES,
        lambda hub: hub.coordinator.data.statistics.archives,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    _amount(
        HubSensorKey.PENDING_UPLOADS,
        lambda hub: hub.coordinator.data.statistics.pending,
        # The to-do lists show the same numbers.
        entity_category=EntityCategory.DIAGNOSTIC,
        attributes_fn=lambda hub: {
            "uploads": [
                {"upload_id": upload.id, "name": upload.name}
                for upload in hub.coordinator.data.pending[:MAX_LISTED]
            ]
        },
    ),
    _amount(
        HubSensorKey.QUEUED_JOBS,
        lambda hub: hub.coordinator.data.statistics.queued,
        entity_category=EntityCategory.DIAGNOSTIC,
        attributes_fn=lambda hub: {"active": hub.coordinator.data.statistics.active},
    ),
    _amount(
        HubSensorKey.PRINT_TIME_QUEUED,
        lambda hub: sum(
            (job.print_time_s or 0) * job.copies_left
            for job in hub.coordinator.data.queued_jobs
        ),
        **_SECONDS,
    ),
    _amount(
        HubSensorKey.FILAMENT_QUEUED,
        lambda hub: round(
            sum(
                (job.filament_g or 0) * job.copies_left
                for job in hub.coordinator.data.queued_jobs
            ),
            2,
        ),
        **_GRAMS,
    ),
    HubSensorDescription(
        key=HubSensorKey.QUEUE_DONE,
        translation_key=HubSensorKey.QUEUE_DONE,
        device_class=SensorDeviceClass.TIMESTAMP,
        # As long as nothing is printed it moves on with the clock.
        entity_registry_enabled_default=False,
        value_fn=lambda hub: hub.forecast(hub.coordinator.data.queued_jobs).done_at,
        attributes_fn=_free_from,
    ),
    HubSensorDescription(
        key=HubSensorKey.NEXT_JOB,
        translation_key=HubSensorKey.NEXT_JOB,
        value_fn=lambda hub: (
            job.title[:MAX_LENGTH_STATE_STATE]
            if (job := hub.coordinator.data.statistics.next_job)
            else None
        ),
        attributes_fn=_next_job_attributes,
    ),
    _total(HubSensorKey.PRINTED, lambda hub: hub.coordinator.data.statistics.printed),
    _total(
        HubSensorKey.ARCHIVED_EVER,
        lambda hub: hub.coordinator.data.statistics.ever_archived,
    ),
    _total(
        HubSensorKey.FILAMENT_ARCHIVED,
        lambda hub: hub.coordinator.data.statistics.ever_filament_g,
        **_GRAMS,
    ),
    _total(
        HubSensorKey.PRINT_TIME_ARCHIVED,
        lambda hub: hub.coordinator.data.statistics.ever_print_time_s,
        **_SECONDS,
    ),
    _total(
        HubSensorKey.COST_ARCHIVED,
        lambda hub: round(hub.coordinator.data.statistics.ever_cost, 2),
        **_MONEY,
    ),
    _total(
        HubSensorKey.FILAMENT_PRINTED,
        lambda hub: hub.coordinator.data.statistics.printed_filament_g,
        **_GRAMS,
    ),
    _total(
        HubSensorKey.PRINT_TIME_PRINTED,
        lambda hub: hub.coordinator.data.statistics.printed_print_time_s,
        **_SECONDS,
    ),
    _total(
        HubSensorKey.COST_PRINTED,
        lambda hub: round(hub.coordinator.data.statistics.printed_cost, 2),
        **_MONEY,
    ),
    _total(
        HubSensorKey.ENERGY_PRINTED,
        lambda hub: hub.coordinator.data.statistics.energy_kwh,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
    ),
    _total(
        HubSensorKey.ENERGY_COST_PRINTED,
        lambda hub: hub.coordinator.data.statistics.energy_cost,
        **_MONEY,
    ),
    _total(
        HubSensorKey.PRINTS_GOOD,
        lambda hub: hub.coordinator.data.statistics.judged_good,
    ),
    _total(
        HubSensorKey.PRINTS_FAILED,
        lambda hub: hub.coordinator.data.statistics.judged_failed,
    ),
    _amount(
        HubSensorKey.STORAGE_USED,
        lambda hub: hub.coordinator.data.statistics.used_bytes,
        entity_category=EntityCategory.DIAGNOSTIC,
        **_BYTES,
    ),
    _amount(
        HubSensorKey.STORAGE_FREE,
        lambda hub: hub.coordinator.data.statistics.free_bytes,
        entity_category=EntityCategory.DIAGNOSTIC,
        **_BYTES,
    ),
    HubSensorDescription(
        key=HubSensorKey.CA_FINGERPRINT,
        translation_key=HubSensorKey.CA_FINGERPRINT,
        is_of_library=False,
        entity_category=EntityCategory.DIAGNOSTIC,
        # Too wide for the device's page, and shown with the certificates.
        entity_registry_enabled_default=False,
        value_fn=lambda hub: hub.certificates.authority.sha256_fingerprint,
        attributes_fn=lambda hub: {
            "sha1": hub.certificates.authority.sha1_fingerprint,
            "download": CA_URL,
        },
    ),
    HubSensorDescription(
        key=HubSensorKey.CA_EXPIRY,
        translation_key=HubSensorKey.CA_EXPIRY,
        is_of_library=False,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda hub: hub.certificates.authority.expires_at,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the hub's sensors, and those of every printer that comes."""
    hub = entry.runtime_data
    async_add_entities(HubSensor(hub, description) for description in HUB_SENSORS)

    @callback
    def _add(printer: ManagedPrinter) -> None:
        descriptions = PROXY_SENSORS if printer.is_proxy else PRINTER_SENSORS
        async_add_entities(
            [
                *(PrinterSensor(printer, description) for description in descriptions),
                SetupCheckSensor(hub, printer),
            ],
            config_subentry_id=printer.id,
        )

    @callback
    def _add_machine(machine: ManagedMachine) -> None:
        async_add_entities(
            [
                MachineSensor(hub, machine, description)
                for description in MACHINE_SENSORS
                if description.is_for(machine.config.model.code)
            ],
            config_subentry_id=machine.id,
        )
        _add_power(machine)

    plugged: set[str] = set()

    @callback
    def _add_power(machine: ManagedMachine) -> None:
        """Add what only printers have whose plug is known, once it is."""

        @callback
        def _look() -> None:
            if machine.config.power.switch and machine.id not in plugged:
                plugged.add(machine.id)
                async_add_entities(
                    [MachineSensor(hub, machine, POWER_SENSOR)],
                    config_subentry_id=machine.id,
                )

        entry.async_on_unload(machine.async_add_listener(_look))
        _look()

    entry.async_on_unload(hub.printers.async_on_printer(_add))
    entry.async_on_unload(hub.machines.async_on_machine(_add_machine))


class PrinterSensor(PrinterEntity, SensorEntity):
    """A printer's sensor."""

    _unrecorded_attributes = MOVING_OF_PRINTERS

    entity_description: PrinterSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """Read the printer."""
        value = self.entity_description.value_fn(self.printer)
        if isinstance(value, Explanation):
            return Texts(self.hass).explained(value)[:MAX_LENGTH_STATE_STATE]
        return value

    @property
    @override
    def extra_state_attributes(self) -> Attributes | None:
        """Read the printer."""
        return self.entity_description.attributes_fn(self.printer)


class MachineSensor(MachineEntity, SensorEntity):
    """A real printer's sensor."""

    _unrecorded_attributes = MOVING_OF_MACHINES

    entity_description: MachineSensorDescription

    @property
    @override
    def native_value(self) -> Value:
        """Read the printer."""
        return self.entity_description.value_fn(self.machine, self.hub.texts)

    @property
    @override
    def extra_state_attributes(self) -> Attributes | None:
        """Read the printer."""
        return self.entity_description.attributes_fn(self.machine, self.hub.texts)


class SetupCheckSensor(PrinterEntity, SensorEntity):
    """How a printer's last setup check went; unknown until there was one."""

    # Sentences name clients, and are as long as they have to be.
    _unrecorded_attributes = frozenset({"findings"})

    def __init__(self, hub: Hub, printer: ManagedPrinter) -> None:
        """Keep the hub, which has the checks."""
        super().__init__(printer, SETUP_CHECK)
        self._hub = hub

    @property
    @override
    def native_value(self) -> str | None:
        """The worst outcome."""
        report = self._hub.setup_checks.reports.get(self.printer.id)
        return report.outcome.value if report else None

    @property
    @override
    def extra_state_attributes(self) -> Attributes | None:
        """What was found, a sentence each, the worst first; when all is well, everything that was looked at."""
        report = self._hub.setup_checks.reports.get(self.printer.id)
        if report is None:
            return None
        shown = report.complaints or report.findings
        return {
            "checked_at": report.at.isoformat(),
            "findings": [finding.text(self._hub.texts) for finding in shown],
        }


class HubSensor(HubEntity, SensorEntity):
    """A sensor of the hub."""

    # Lists, which may be long: a recorder keeps no attributes of a state that has too much of them.
    _unrecorded_attributes = frozenset({"filaments", "loads", "options", "uploads"})

    entity_description: HubSensorDescription

    @property
    @override
    def available(self) -> bool:
        """Read the coordinator, if the value is the library's."""
        return super().available or not self.entity_description.is_of_library

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Count money in the currency of the household."""
        if self.device_class is SensorDeviceClass.MONETARY:
            return self.hass.config.currency
        return super().native_unit_of_measurement

    @property
    @override
    def native_value(self) -> Value:
        """Read the hub."""
        return self.entity_description.value_fn(self.hub)

    @property
    @override
    def extra_state_attributes(self) -> Attributes | None:
        """Read the hub."""
        return self.entity_description.attributes_fn(self.hub)
