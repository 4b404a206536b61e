"""The setup check of a printer: everything that keeps slicers from it, each in one sentence."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import ssl
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .config import HubOptions, LibraryFolderError, ProxyConfig, check_library_folder
from .contacts import Cause, Failure
from .emulator.certificates import CertificateAuthority, DeviceCertificate
from .emulator.discovery import INTERVAL_MAX_S
from .emulator.probe import reach
from .issues import Fix, async_raise, async_withdraw
from .library.records import Statistics
from .model import Service
from .net.host import has_address
from .networks import async_networks, beside
from .port_advice import async_advise
from .printers import ManagedPrinter

# Three missed announcements are no accident.
ANNOUNCEMENTS_STOPPED_S = 3 * INTERVAL_MAX_S
STANDARD_FTPS_PORT = 990


class Outcome(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found, in one sentence."""

    check: str
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings about a printer."""

    at: datetime
    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of them."""
        found = {finding.outcome for finding in self.findings}
        return next(
            (each for each in (Outcome.PROBLEM, Outcome.WARNING) if each in found),
            Outcome.OK,
        )

    @property
    def problems(self) -> tuple[Finding, ...]:
        """Those that have to be mended."""
        return tuple(
            finding for finding in self.findings if finding.outcome is Outcome.PROBLEM
        )

    def as_dict(self) -> dict[str, Any]:
        """Show it as JSON."""
        return {
            "outcome": self.outcome.value,
            "checked_at": self.at.isoformat(),
            "checks": [
                {
                    "check": finding.check,
                    "outcome": finding.outcome.value,
                    "text": finding.text,
                }
                for finding in self.findings
            ],
        }


class SetupChecks:
    """Runs the checks, keeps the last report of each printer, and raises an issue while there are problems."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        authority: Callable[[], CertificateAuthority],
        statistics: Callable[[], Statistics],
    ) -> None:
        """Check nothing yet; `authority` and `statistics` return those of the moment."""
        self._hass = hass
        self._entry = entry
        self._authority = authority
        self._statistics = statistics
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
                        f"- {found.text}" for found in report.problems
                    ),
                },
                severity=ir.IssueSeverity.ERROR,
                fix=Fix.SETUP_CHECK,
                data={"printer_id": printer.id},
            )
        else:
            async_withdraw(self._hass, issue_id)
        return report

    async def async_rerun(self, printer: ManagedPrinter) -> None:
        """Check again if there were problems the last time, so that the issue goes by itself."""
        last = self._reports.get(printer.id)
        if last and last.problems:
            await self.async_run(printer)

    def forget(self, printer_id: str) -> None:
        """Forget a printer that was removed."""
        self._reports.pop(printer_id, None)
        async_withdraw(self._hass, _issue_id(printer_id))

    # --- the checks ---

    def _enabled(self, printer: ManagedPrinter) -> Iterator[Finding]:
        if not printer.config.enabled:
            yield _problem("enabled", "The printer is disabled; switch it on.")
        elif printer.failure:
            yield _problem("enabled", f"The printer cannot start: {printer.failure}")
        elif not printer.running:
            yield _problem("enabled", "The printer is enabled, but does not run.")
        else:
            yield _ok("enabled", "The printer is enabled and runs.")

    def _address(self, printer: ManagedPrinter) -> Iterator[Finding]:
        address = printer.config.bind_ip
        if has_address(address):
            yield _ok("address", f"This host has the address {address}.")
        else:
            yield _problem(
                "address",
                f"This host does not have the address {address}; add it to a network adapter.",
            )

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
            findings.append(
                _problem(
                    "certificate_file",
                    "The printer's certificate is gone from the disk; renew the certificates.",
                )
            )
        ports = config.identity.ports
        problems = {problem.service: problem for problem in printer.problems}
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
                advice = await async_advise(self._hass, problem)
                holder = advice.placeholders.get("app") or advice.placeholders.get(
                    "program"
                )
                by = f" It is used by {holder}." if holder else ""
                findings.append(_problem(check, f"{problem.reason}.{by}"))
            elif not printer.listeners.get(service):
                findings.append(_problem(check, f"Port {port} is not open."))
            elif wrong := await reach(config.bind_ip, port, expected if tls else None):
                findings.append(
                    _problem(
                        check, f"Port {port} is open, but not ours to use: {wrong}."
                    )
                )
            else:
                shown = " and shows our certificate" if tls and expected else ""
                findings.append(_ok(check, f"Port {port} answers{shown}."))
        return findings

    def _redirect(self, printer: ManagedPrinter) -> Iterator[Finding]:
        """Tell what is known of the redirection of 990: from this host itself it cannot be tried."""
        port = printer.config.identity.ports.ftps
        if port == STANDARD_FTPS_PORT or not printer.config.enabled:
            return
        if Service.FTPS in printer.contacts.last:
            yield _ok("redirect", f"Slicers reach port {port} by way of port 990.")
        else:
            yield _warning(
                "redirect",
                f"Slicers use port 990, which the host has to redirect to {port}; nobody has come by it yet.",
            )

    def _target(self, printer: ManagedPrinter) -> Iterator[Finding]:
        """Tell whether the real printer behind a proxy answers; while it does not, the proxy is not announced."""
        target = printer.target
        if target is None or target.reachable is None:
            return
        if target.reachable:
            yield _ok("target", f"The real printer answers at {target.address}.")
        else:
            yield _problem(
                "target", f"The real printer does not answer: {target.last_error}."
            )

    def _discovery(self, printer: ManagedPrinter) -> Iterator[Finding]:
        if not printer.running or _target_lost(printer):
            return
        at = printer.announced_at
        if at is None:
            yield _problem("discovery", "No announcement has left this host yet.")
        elif asyncio.get_running_loop().time() - at > ANNOUNCEMENTS_STOPPED_S:
            yield _problem("discovery", "Announcements no longer leave this host.")
        else:
            yield _ok(
                "discovery",
                f"Announcements leave this host ({printer.announcements} so far).",
            )

    async def _advertised(self, printer: ManagedPrinter) -> list[Finding]:
        identity = printer.config.identity
        if identity.address == identity.bind_ip:
            return []
        networks = await async_networks(self._hass)
        strangers = [
            peer
            for peer in {contact.peer for contact in printer.contacts.last.values()}
            if peer not in printer.contacts.logins
            and beside(peer, identity.bind_ip, networks)
            and not beside(peer, identity.address, networks)
        ]
        if strangers:
            return [
                _warning(
                    "advertised_address",
                    f"Slicers are told {identity.address}, which is not on the network of {strangers[0]}.",
                )
            ]
        return [_ok("advertised_address", f"Slicers are told {identity.address}.")]

    def _certificate(self, printer: ManagedPrinter) -> list[Finding]:
        authority = self._authority()
        now = dt_util.utcnow()
        days = authority.days_left(now)
        if days < 0:
            return [_problem("certificate", "The CA has expired; make a new one.")]
        if authority.expires_soon(now):
            return [
                _warning(
                    "certificate",
                    f"The CA expires on {authority.expires_at:%Y-%m-%d}; make a new one.",
                )
            ]
        untrusting = [
            failure.peer
            for failure in printer.contacts.failures(now)
            if failure.cause is Cause.NOT_TRUSTED
        ]
        if untrusting:
            return [
                _warning(
                    "certificate",
                    f"{untrusting[0]} does not trust the CA; run the script there and restart the slicer.",
                )
            ]
        return [
            _ok("certificate", f"The CA is valid for {days} days; nobody refused it.")
        ]

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
                    f"Nothing can be written to {options.library_folder}: {err}.",
                )
            ]
        free_mb = self._statistics().free_bytes // 1_000_000
        if free_mb < options.reserve_mb:
            return [
                _problem(
                    "library",
                    f"The disk is full: {free_mb} MB are free, {options.reserve_mb} MB are kept free.",
                )
            ]
        return [_ok("library", f"Files can be written; {free_mb} MB are free.")]

    def _clients(self, printer: ManagedPrinter) -> Iterator[Finding]:
        """Tell when somebody last came to each port: what never arrives is stopped by a firewall or never sent."""
        now = dt_util.utcnow()
        for service in (Service.BIND, Service.BIND_TLS, Service.MQTT, Service.FTPS):
            contact = printer.contacts.last.get(service)
            if contact is None:
                text = f"Nobody has come to {_NAMES[service]} since the start."
            else:
                ago = _ago(now - contact.at)
                text = f"{contact.peer} came to {_NAMES[service]} {ago} ago."
            yield _ok(f"last_client_{service.value}", text)

    def _failures(self, printer: ManagedPrinter) -> Iterator[Finding]:
        now = dt_util.utcnow()
        for failure in printer.contacts.failures(now):
            yield _warning(
                f"failure_{failure.cause.value}", _failure_text(failure, now)
            )

    def _device_certificate(self, printer: ManagedPrinter) -> DeviceCertificate:
        return self._authority().stored(printer.config.identity.serial)


_NAMES = {
    Service.BIND: "the bind port (3000)",
    Service.BIND_TLS: "the bind port with TLS (3002)",
    Service.MQTT: "MQTT (8883)",
    Service.FTPS: "FTPS",
}


def _target_lost(printer: ManagedPrinter) -> bool:
    return printer.is_proxy and not (printer.target and printer.target.reachable)


def _failure_text(failure: Failure, now: datetime) -> str:
    what = {
        Cause.NOT_TRUSTED: "does not trust the certificate",
        Cause.TLS: "broke off the TLS handshake",
        Cause.WRONG_CODE: "used a wrong access code",
        Cause.UPLOAD: "failed to upload a file",
    }[failure.cause]
    often = "once," if failure.count == 1 else f"{failure.count} times, last"
    return f"{failure.peer} {what} {often} {_ago(now - failure.at)} ago ({failure.detail})."


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


def _issue_id(printer_id: str) -> str:
    return f"setup_check_{printer_id}"


def _ok(check: str, text: str) -> Finding:
    return Finding(check=check, outcome=Outcome.OK, text=text)


def _warning(check: str, text: str) -> Finding:
    return Finding(check=check, outcome=Outcome.WARNING, text=text)


def _problem(check: str, text: str) -> Finding:
    return Finding(check=check, outcome=Outcome.PROBLEM, text=text)
