"""The setup check of a printer: everything that keeps slicers from it, each in one sentence (`common` texts)."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
import ssl

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..config.options import HubOptions, LibraryFolderError, check_library_folder
from ..config.subentries import ProxyConfig
from ..const import DOMAIN
from ..engine.discovery.announcer import INTERVAL_MAX_S
from ..engine.emulator.probe import FaultKind, probe_listener
from ..engine.library.values.records import Statistics
from ..engine.net.host import has_address
from ..engine.pki.authority import CertificateAuthority, DeviceCertificate
from ..engine.values import Service
from ..language.markdown import as_markdown
from ..language.sentences import Sentence
from ..language.texts import Texts
from ..printers.client_history import Cause
from ..printers.managed import ManagedPrinter
from ..printers.ports import PortProblem, PortProblemKind
from .issues import Fix, async_raise, async_withdraw
from .networks import async_networks, beside
from .port_advice import async_advise
from .report import Finding, Report, _ok, _problem, _warning

# Three missed announcements are no accident.
ANNOUNCEMENTS_STOPPED_S = 3 * INTERVAL_MAX_S
STANDARD_FTPS_PORT = 990


class SetupChecks:
    """Runs the checks, keeps the last report of each printer, and raises an issue while there are problems."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        authority: Callable[[], CertificateAuthority],
        statistics: Callable[[], Statistics],
        texts: Texts,
    ) -> None:
        """Check nothing yet; `authority` and `statistics` return those of the moment."""
        self._hass = hass
        self._entry = entry
        self._authority = authority
        self._statistics = statistics
        self._texts = texts
        self._reports: dict[str, Report] = {}

    @property
    def reports(self) -> Mapping[str, Report]:
        """The last report of each printer that was checked."""
        return self._reports

    async def async_run(self, printer: ManagedPrinter) -> Report:
        """Check a printer now."""
        report = Report(
            at=dt_util.utcnow(),
            findings=(
                *self._enabled(printer),
                *self._address(printer),
                *await self._listeners(printer),
                *self._redirect(printer),
                *self._target(printer),
                *self._discovery(printer),
                *await self._advertised(printer),
                *self._certificate(printer),
                *await self._library(),
                *self._clients(printer),
                *self._failures(printer),
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
        """Notify whoever pressed the button of what was found; the next notification takes its place."""
        texts = self._texts
        complaints = report.complaints
        lines = [f"- {as_markdown(found.text(texts))}" for found in complaints]
        if not complaints:
            lines = [
                texts("setup_check_passed"),
                *(f"- {as_markdown(found.text(texts))}" for found in report.findings),
            ]
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

    # --- the checks ---

    def _enabled(self, printer: ManagedPrinter) -> Iterator[Finding]:
        if not printer.config.enabled:
            yield _problem("enabled", "check_disabled")
        elif printer.failure:
            yield _problem("enabled", "check_failed", reason=printer.failure)
        elif not printer.running:
            yield _problem("enabled", "check_not_running")
        else:
            yield _ok("enabled", "check_running")

    def _address(self, printer: ManagedPrinter) -> Iterator[Finding]:
        address = printer.config.bind_ip
        if has_address(address):
            yield _ok("address", "check_address", address=address)
        else:
            yield _problem("address", "check_address_missing", address=address)

    async def _listeners(self, printer: ManagedPrinter) -> list[Finding]:
        """Connect to every TCP port as a slicer does, and compare the certificate."""
        config = printer.config
        if not config.enabled:
            return []
        expected = await self._hass.async_add_executor_job(
            _certificate_der, self._device_certificate(printer)
        )
        findings = []
        if expected is None:
            findings.append(_problem("certificate_file", "check_certificate_file_gone"))
        ports = config.identity.ports
        problems = {problem.service: problem for problem in printer.problems}
        lost = _target_lost(printer)
        # A proxy that does not end FTPS itself passes on the real printer's certificate.
        ftps_is_ours = not isinstance(config, ProxyConfig) or config.terminate_ftps
        for service, port, tls in (
            (Service.BIND, ports.bind, False),
            (Service.BIND_TLS, ports.bind_tls, True),
            (Service.MQTT, ports.mqtt, True),
            (Service.FTPS, ports.ftps, ftps_is_ours),
        ):
            check = f"port_{port}"
            if problem := problems.get(service):
                findings.append(await self._port_problem(check, problem))
            elif not printer.listeners.get(service):
                findings.append(_problem(check, "check_port_closed", port=port))
            elif lost and service is not Service.BIND:
                # The proxy itself refuses slicers while the real printer is away.
                findings.append(_ok(check, "check_port_open", port=port))
            elif fault := await probe_listener(
                config.bind_ip, port, expected if tls else None
            ):
                findings.append(
                    _problem(
                        check,
                        _FAULTS[fault.kind],
                        port=port,
                        reason=fault.detail,
                    )
                )
            elif tls and expected:
                findings.append(_ok(check, "check_port_certificate", port=port))
            else:
                findings.append(_ok(check, "check_port", port=port))
        return findings

    async def _port_problem(self, check: str, problem: PortProblem) -> Finding:
        advice = await async_advise(self._hass, problem)
        found = advice.placeholders
        holder = found.get("app") or found.get("program")
        facts = {"port": problem.port, "address": problem.address}
        if holder:
            return _problem(check, "check_port_in_use_by", holder=holder, **facts)
        return _problem(
            check, _PORT_PROBLEMS[problem.kind], reason=problem.reason, **facts
        )

    def _redirect(self, printer: ManagedPrinter) -> Iterator[Finding]:
        """Tell what is known of the redirection of 990: from this host itself it cannot be tried."""
        port = printer.config.identity.ports.ftps
        if port == STANDARD_FTPS_PORT or not printer.config.enabled:
            return
        if Service.FTPS in printer.client_history.last:
            yield _ok("redirect", "check_redirected", port=port)
        else:
            yield _warning("redirect", "check_redirect_unproved", port=port)

    def _target(self, printer: ManagedPrinter) -> Iterator[Finding]:
        """Tell whether the real printer behind a proxy answers; while it does not, the proxy is not announced."""
        target = printer.upstream
        if target is None or target.reachable is None:
            return
        if target.reachable:
            yield _ok("target", "check_target", address=target.address)
        else:
            yield _problem("target", "check_target_lost", reason=target.last_error)

    def _discovery(self, printer: ManagedPrinter) -> Iterator[Finding]:
        if not printer.running or _target_lost(printer):
            return
        at = printer.announced_at
        if at is None:
            yield _problem("discovery", "check_not_announced")
        elif asyncio.get_running_loop().time() - at > ANNOUNCEMENTS_STOPPED_S:
            yield _problem("discovery", "check_announcements_stopped")
        else:
            yield _ok("discovery", "check_announced", count=printer.announcements)

    async def _advertised(self, printer: ManagedPrinter) -> list[Finding]:
        identity = printer.config.identity
        if identity.address == identity.bind_ip:
            return []
        networks = await async_networks(self._hass)
        strangers = [
            peer
            for peer in {
                contact.peer for contact in printer.client_history.last.values()
            }
            if peer not in printer.client_history.logins
            and beside(peer, identity.bind_ip, networks)
            and not beside(peer, identity.address, networks)
        ]
        if strangers:
            return [
                _warning(
                    "advertised_address",
                    "check_advertised_elsewhere",
                    address=identity.address,
                    client=strangers[0],
                )
            ]
        return [_ok("advertised_address", "check_advertised", address=identity.address)]

    def _certificate(self, printer: ManagedPrinter) -> list[Finding]:
        authority = self._authority()
        now = dt_util.utcnow()
        days = authority.days_left(now)
        if days < 0:
            return [_problem("certificate", "check_ca_expired")]
        if authority.expires_soon(now):
            return [
                _warning(
                    "certificate",
                    "check_ca_expires",
                    date=self._texts.date(authority.expires_at),
                )
            ]
        untrusting = [
            failure.peer
            for failure in printer.client_history.failures(now)
            if failure.cause is Cause.NOT_TRUSTED
        ]
        if untrusting:
            return [_warning("certificate", "check_not_trusted", client=untrusting[0])]
        return [_ok("certificate", "check_ca", count=days)]

    async def _library(self) -> list[Finding]:
        options = HubOptions.from_entry(self._hass, self._entry)
        try:
            await self._hass.async_add_executor_job(
                check_library_folder, self._hass, options.library_folder
            )
        except LibraryFolderError as err:
            return [
                _problem(
                    "library",
                    "check_library_unusable",
                    folder=options.library_folder,
                    reason=Sentence(key=err.key, values=err.placeholders),
                )
            ]
        free_bytes = self._statistics().free_bytes
        if free_bytes < options.library_settings.reserve_bytes:
            return [
                _problem(
                    "library",
                    "check_disk_full",
                    free=_gigabytes(free_bytes),
                    reserve=_gigabytes(options.library_settings.reserve_bytes),
                )
            ]
        return [_ok("library", "check_library", free=_gigabytes(free_bytes))]

    def _clients(self, printer: ManagedPrinter) -> Iterator[Finding]:
        """Tell when somebody last came to each port: what never arrives is stopped by a firewall or never sent."""
        now = dt_util.utcnow()
        for service in (Service.BIND, Service.BIND_TLS, Service.MQTT, Service.FTPS):
            check = f"last_client_{service.value}"
            contact = printer.client_history.last.get(service)
            if contact is None:
                yield _ok(check, "check_no_client", service=_NAMES[service])
            else:
                yield _ok(
                    check,
                    "check_client",
                    client=contact.peer,
                    service=_NAMES[service],
                    ago=_ago(now - contact.at),
                )

    def _failures(self, printer: ManagedPrinter) -> Iterator[Finding]:
        now = dt_util.utcnow()
        for failure in printer.client_history.failures(now):
            yield _warning(
                f"failure_{failure.cause.value}",
                _FAILURES[failure.cause],
                count=failure.count,
                client=failure.peer,
                ago=_ago(now - failure.at),
                reason=failure.detail,
            )

    def _device_certificate(self, printer: ManagedPrinter) -> DeviceCertificate:
        return self._authority().stored(printer.config.identity.serial)


# As people look for them in the settings of a firewall.
_NAMES = {
    Service.BIND: "TCP 3000",
    Service.BIND_TLS: "TCP 3002",
    Service.MQTT: "MQTT (TCP 8883)",
    Service.FTPS: "FTPS (TCP 990)",
}
_FAULTS = {
    FaultKind.NO_ANSWER: "check_port_no_answer",
    FaultKind.OTHER_PROGRAM: "check_port_other_program",
    FaultKind.REFUSED: "check_port_refused",
}
_PORT_PROBLEMS = {
    PortProblemKind.PORT_IN_USE: "check_port_in_use",
    PortProblemKind.ADDRESS_MISSING: "check_address_missing",
    PortProblemKind.PORT_FORBIDDEN: "check_port_forbidden",
    PortProblemKind.PORT_FAILED: "check_port_failed",
}
_FAILURES = {
    Cause.NOT_TRUSTED: "check_failure_not_trusted",
    Cause.TLS: "check_failure_tls",
    Cause.WRONG_CODE: "check_failure_wrong_code",
    Cause.UPLOAD: "check_failure_upload",
}


def _target_lost(printer: ManagedPrinter) -> bool:
    return printer.is_proxy and not (printer.upstream and printer.upstream.reachable)


def _ago(delta: timedelta) -> str:
    seconds = int(delta.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _certificate_der(device: DeviceCertificate) -> bytes | None:
    """Read what a printer shows. Blocks."""
    try:
        chain = device.certificate_path.read_text(encoding="ascii")
    except OSError:
        return None
    end = "-----END CERTIFICATE-----"
    return ssl.PEM_cert_to_DER_cert(chain.partition(end)[0] + end)


def _notification_id(printer_id: str) -> str:
    return f"{DOMAIN}_setup_check_{printer_id}"


def _issue_id(printer_id: str) -> str:
    return f"setup_check_{printer_id}"


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f}"
