"""Repair issues: what keeps a printer from running, what needs a person. Each goes when its cause is gone."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .config import AnyPrinterConfig, MachineConfig
from .const import DOMAIN
from .library.records import Upload
from .model import Service
from .printers import ManagedPrinter


class Issues:
    """Raises and withdraws the integration's repair issues."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Remember where to raise them."""
        self._hass = hass
        self._lonely: set[str] = set()

    @callback
    def printer_problems(self, printer: ManagedPrinter) -> None:
        """Show which listeners of a printer cannot be bound, one issue for each, and withdraw the others."""
        config = printer.config
        failed = {problem.service: problem for problem in printer.problems}
        for service in Service:
            issue_id = _port_issue(config.id, service)
            if problem := failed.get(service):
                self._raise(
                    issue_id,
                    problem.kind.value,
                    ir.IssueSeverity.ERROR,
                    printer=config.name,
                    port=str(problem.port),
                    address=problem.address,
                    reason=problem.reason,
                )
            else:
                self._withdraw(issue_id)
        if printer.failure:
            self._raise(
                f"printer_failed_{config.id}",
                "printer_failed",
                ir.IssueSeverity.ERROR,
                printer=config.name,
                reason=printer.failure,
            )
        else:
            self._withdraw(f"printer_failed_{config.id}")

    @callback
    def printer_must_be_readded(self, config: AnyPrinterConfig) -> None:
        """Tell that slicers know this printer by a serial number it no longer has."""
        self._raise(
            f"readd_printer_{config.id}",
            "readd_printer",
            ir.IssueSeverity.WARNING,
            printer=config.name,
            model=config.model.product_name,
            address=config.identity.address,
        )

    @callback
    def proxies_without_printer(self, proxies: Mapping[str, str]) -> None:
        """Show which proxies have lost their real printer, by their ids and names, and withdraw the others."""
        for proxy_id in self._lonely - proxies.keys():
            self._withdraw(f"proxy_without_printer_{proxy_id}")
        for proxy_id, name in proxies.items():
            self._raise(
                f"proxy_without_printer_{proxy_id}",
                "proxy_without_printer",
                ir.IssueSeverity.ERROR,
                proxy=name,
            )
        self._lonely = set(proxies)

    @callback
    def access_code_refused(self, machine: MachineConfig) -> None:
        """Ask for the new access code of a real printer."""
        self._raise(
            access_code_issue(machine.id),
            "access_code_refused",
            ir.IssueSeverity.ERROR,
            fix_data={"printer_id": machine.id},
            printer=machine.name,
        )

    @callback
    def access_code_taken(self, machine_id: str) -> None:
        """Take note that the stored access code is right."""
        self._withdraw(access_code_issue(machine_id))

    @callback
    def slicer_connected(self, config: AnyPrinterConfig) -> None:
        """Take note that a slicer found its way."""
        self._withdraw(f"readd_printer_{config.id}")

    @callback
    def printer_removed(self, printer_id: str) -> None:
        """Withdraw everything about a printer."""
        for service in Service:
            self._withdraw(_port_issue(printer_id, service))
        self._withdraw(f"printer_failed_{printer_id}")
        self._withdraw(f"readd_printer_{printer_id}")

    @callback
    def upload_held(self, upload: Upload) -> None:
        """Tell that a file could not be archived and is kept as a pending upload."""
        self._raise(
            f"upload_held_{upload.id}",
            "upload_held",
            ir.IssueSeverity.WARNING,
            printer=upload.printer.name,
            file=upload.file.name,
            reason=upload.reason,
        )

    @callback
    def upload_settled(self, upload_id: str) -> None:
        """Take note that an upload is no longer pending."""
        self._withdraw(f"upload_held_{upload_id}")

    @callback
    def index_replaced(self, kept_aside: str) -> None:
        """Tell that the library's index was damaged and is being made anew."""
        self._raise(
            "index_replaced",
            "index_replaced",
            ir.IssueSeverity.WARNING,
            kept_aside=kept_aside,
        )

    @callback
    def _raise(
        self,
        issue_id: str,
        translation_key: str,
        severity: ir.IssueSeverity,
        *,
        fix_data: dict[str, str | int | float | None] | None = None,
        **placeholders: str,
    ) -> None:
        """Show an issue; with `fix_data`, which names what it is about, repairs.py has a flow for it."""
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data=fix_data,
            is_fixable=fix_data is not None,
            severity=severity,
            translation_key=translation_key,
            translation_placeholders=placeholders,
        )

    @callback
    def _withdraw(self, issue_id: str) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, issue_id)


def access_code_issue(machine_id: str) -> str:
    """Name the issue of a real printer that refuses its stored access code."""
    return f"access_code_refused_{machine_id}"


def _port_issue(printer_id: str, service: Service) -> str:
    return f"port_{service}_{printer_id}"
