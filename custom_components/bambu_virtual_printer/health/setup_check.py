"""Runs the setup check of virtual printers, keeps the reports, and shows them as issues and notifications."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..config.options import HubOptions
from ..config.subentries import machine_configs
from ..const import DOMAIN
from ..engine.library.values.records import Statistics
from ..engine.library.values.shared import SharingCheck
from ..engine.pki.authority import CertificateAuthority
from ..language.markdown import as_markdown
from ..language.texts import Texts
from ..printers.managed import ManagedPrinter
from .checks import Facts, find_all
from .issues import Fix, async_raise, async_withdraw
from .report import Finding, Report


class SetupChecks:
    """Runs the checks, keeps the last report of each printer, and raises an issue while there are problems."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        authority: Callable[[], CertificateAuthority],
        statistics: Callable[[], Statistics],
        sharing: Callable[[], Awaitable[SharingCheck | None]],
        texts: Texts,
    ) -> None:
        """Check nothing yet; the functions return what is so at the moment."""
        self._hass = hass
        self._entry = entry
        self._authority = authority
        self._statistics = statistics
        self._sharing = sharing
        self._texts = texts
        self._reports: dict[str, Report] = {}

    @property
    def reports(self) -> Mapping[str, Report]:
        """The last report of each printer that was checked."""
        return self._reports

    async def async_run(self, printer: ManagedPrinter) -> Report:
        """Check a printer now."""
        now = dt_util.utcnow()
        report = Report(
            at=now,
            findings=await find_all(
                printer,
                Facts(
                    hass=self._hass,
                    machines=machine_configs(self._entry),
                    authority=self._authority(),
                    options=HubOptions.from_entry(self._hass, self._entry),
                    statistics=self._statistics(),
                    sharing=await self._sharing(),
                    now=now,
                ),
            ),
        )
        self._reports[printer.id] = report
        issue_id = _issue_id(printer.id)
        if report.problems:
            async_raise(
                self._hass,
                issue_id,
                "setup_check",
                {
                    "printer": printer.config.name,
                    "problems": "\n".join(
                        f"- {as_markdown(found.text(self._texts))}"
                        for found in report.problems
                    ),
                },
                severity=ir.IssueSeverity.ERROR,
                fix=Fix.SETUP_CHECK,
                data={"printer_id": printer.id},
            )
        else:
            async_withdraw(self._hass, issue_id)
        printer.async_notify()
        return report

    @callback
    def async_show(self, printer: ManagedPrinter, report: Report) -> None:
        """Show a report as a notification, in the place of the last one."""
        texts = self._texts
        complaints = report.complaints
        lines = [f"- {as_markdown(found.text(texts))}" for found in complaints]
        if not complaints:
            lines = _passed(report, texts)
        persistent_notification.async_create(
            self._hass,
            "\n".join(lines),
            title=texts("setup_check_title", printer=printer.config.name),
            notification_id=_notification_id(printer.id),
        )

    async def async_rerun(self, printer: ManagedPrinter) -> None:
        """Check again if there were problems the last time, so that the issue goes by itself."""
        last = self._reports.get(printer.id)
        if last and last.problems:
            await self.async_run(printer)

    def forget(self, printer_id: str) -> None:
        """Forget a printer that was removed."""
        self._reports.pop(printer_id, None)
        async_withdraw(self._hass, _issue_id(printer_id))
        persistent_notification.async_dismiss(self._hass, _notification_id(printer_id))


def _passed(report: Report, texts: Texts) -> list[str]:
    """Say what is as it should be, and what nobody knows yet."""

    def listed(findings: Iterable[Finding]) -> list[str]:
        return [f"- {as_markdown(found.text(texts))}" for found in findings]

    if not report.unproved:
        return [texts("setup_check_passed"), *listed(report.findings)]
    return [
        texts("setup_check_as_far"),
        *listed(report.passed),
        "",
        texts("setup_check_unproved"),
        *listed(report.unproved),
    ]


def _notification_id(printer_id: str) -> str:
    return f"{DOMAIN}_setup_check_{printer_id}"


def _issue_id(printer_id: str) -> str:
    return f"setup_check_{printer_id}"
