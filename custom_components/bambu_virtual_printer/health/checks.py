"""The checks of a virtual printer's setup: each is a function of the printer and the facts, and returns findings."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import ssl

from homeassistant.core import HomeAssistant

from ..config.options import HubOptions, LibraryFolderError, check_library_folder
from ..config.subentries import (
    AnyPrinterConfig,
    MachineConfig,
    ProxyConfig,
    VirtualPrinterConfig,
)
from ..engine.discovery.announcer import INTERVAL_MAX_S
from ..engine.emulator.probe import FaultKind, probe_listener, why_unbindable
from ..engine.explanations import NO_ANSWER
from ..engine.library.values.records import NOTHING_COUNTED, Statistics
from ..engine.library.values.shared import SharingCheck
from ..engine.net.host import has_address
from ..engine.pki.authority import CertificateAuthority, DeviceCertificate
from ..engine.protocol.printer_models import CameraKind
from ..engine.values import Service, Shows
from ..language.sentences import Day, Sentence, said, sentence
from ..printers.client_history import Cause
from ..printers.managed import ManagedPrinter
from ..printers.ports import PortProblem, PortProblemKind
from .networks import async_networks, beside
from .port_advice import async_advise
from .report import Finding, not_checked, ok, problem, warning

# Three missed announcements are no accident.
ANNOUNCEMENTS_STOPPED_S = 3 * INTERVAL_MAX_S
STANDARD_FTPS_PORT = 990


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the checks need besides the printer. `now` is aware, `machines` are the real printers by their ids."""

    hass: HomeAssistant
    machines: Mapping[str, MachineConfig]
    authority: CertificateAuthority
    options: HubOptions
    statistics: Statistics
    sharing: SharingCheck | None
    """None where the library is this Home Assistant's own."""
    now: datetime


async def find_all(printer: ManagedPrinter, facts: Facts) -> tuple[Finding, ...]:
    """Run every check."""
    return (
        *_check_enabled(printer, facts),
        *_check_address(printer, facts),
        *await _check_listeners(printer, facts),
        *_check_redirect(printer, facts),
        *_check_target(printer, facts),
        *_check_shown(printer, facts),
        *_check_discovery(printer, facts),
        *await _check_advertised(printer, facts),
        *_check_certificate(printer, facts),
        *await _check_library(printer, facts),
        *_check_sharing(printer, facts),
        *_check_clients(printer, facts),
        *_check_failures(printer, facts),
    )


def _check_enabled(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    if not printer.config.enabled:
        yield problem("enabled", "check_disabled")
    elif printer.failure:
        yield problem("enabled", "check_failed", reason=said(printer.failure))
    elif not printer.running:
        yield problem("enabled", "check_not_running")
    else:
        yield ok("enabled", "check_running")


def _check_address(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    address = printer.config.bind_ip
    if not printer.has_listeners:
        yield ok("address", "check_no_address")
    elif has_address(address):
        yield ok("address", "check_address", address=address)
    else:
        yield problem("address", "check_address_missing", address=address)


async def _check_listeners(printer: ManagedPrinter, facts: Facts) -> list[Finding]:
    """Connect to every TCP port as a slicer does, and compare the certificate."""
    config = printer.config
    if not config.enabled or not printer.has_listeners:
        return []
    expected = await facts.hass.async_add_executor_job(
        _certificate_der, facts.authority.stored(config.identity.serial)
    )
    findings = []
    if expected is None:
        findings.append(problem("certificate_file", "check_certificate_file_gone"))
    ports = config.identity.ports
    unbound = {each.service: each for each in printer.problems}
    lost = _target_lost(printer)
    # A proxy that does not end FTPS itself passes on the real printer's certificate.
    ftps_is_ours = not isinstance(config, ProxyConfig) or config.terminate_ftps
    for service, port, tls in (
        (Service.BIND, ports.bind, False),
        (Service.BIND_TLS, ports.bind_tls, True),
        (Service.MQTT, ports.mqtt, True),
        (Service.FTPS, ports.ftps, ftps_is_ours),
        *_optional_ports(config),
    ):
        check = f"port_{port}"
        # In texts a port is a name, not an amount with separators.
        named = str(port)
        if port_problem := unbound.get(service):
            findings.append(await _port_problem(facts.hass, check, port_problem))
        elif not printer.listeners.get(service):
            findings.append(await _closed(facts.hass, check, config, service, port))
        elif lost and service is not Service.BIND:
            # The proxy itself refuses slicers while the real printer is away.
            findings.append(ok(check, "check_port_open", port=named))
        elif fault := await probe_listener(
            config.bind_ip, port, expected if tls else None
        ):
            findings.append(
                problem(
                    check,
                    _FAULTS[fault.kind],
                    port=named,
                    reason=said(fault.why) if fault.why else "",
                )
            )
        elif tls and expected:
            findings.append(ok(check, "check_port_certificate", port=named))
        else:
            findings.append(ok(check, "check_port", port=named))
    return findings


def _optional_ports(config: AnyPrinterConfig) -> Iterator[tuple[Service, int, bool]]:
    """Give the ports that only some models have, where it is a virtual printer itself that answers."""
    if isinstance(config, ProxyConfig):
        return
    identity, camera = config.identity, config.model.camera
    if identity.has_file_tunnel or camera is CameraKind.PICTURES:
        yield Service.TUNNEL, identity.ports.port_6000, True
    if camera is CameraKind.VIDEO:
        yield Service.RTSPS, identity.ports.video, True


async def _closed(
    hass: HomeAssistant,
    check: str,
    config: AnyPrinterConfig,
    service: Service,
    port: int,
) -> Finding:
    """Report a port that is not open; a printer does without those that only some models have, so nobody has said why."""
    if why := why_unbindable(service, config.bind_ip, port):
        return await _port_problem(hass, check, PortProblem.of(why))
    return problem(check, "check_port_closed", port=str(port))


async def _port_problem(
    hass: HomeAssistant, check: str, unbound: PortProblem
) -> Finding:
    advice = await async_advise(hass, unbound)
    found = advice.placeholders
    holder = found.get("app") or found.get("program")
    facts = {"port": str(unbound.port), "address": unbound.address}
    if holder:
        return problem(check, "check_port_in_use_by", holder=holder, **facts)
    return problem(
        check, _PORT_PROBLEMS[unbound.kind], reason=said(unbound.reason), **facts
    )


def _check_redirect(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    """Report what is known of the redirection of 990; this host itself cannot try it."""
    port = printer.config.identity.ports.ftps
    if port == STANDARD_FTPS_PORT or not printer.config.enabled:
        return
    if Service.FTPS in printer.client_history.last:
        yield ok("redirect", "check_redirected", port=str(port))
    else:
        yield warning("redirect", "check_redirect_unproved", port=str(port))


def _check_target(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    """Report whether the real printer behind a proxy answers; while it does not, the proxy is not announced."""
    target = printer.upstream
    if target is None or target.reachable is None:
        return
    if target.reachable:
        yield ok("target", "check_target", address=target.address)
    else:
        yield problem(
            "target", "check_target_lost", reason=said(target.last_error or NO_ANSWER)
        )


def _check_shown(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    """Report which real printer slicers see in a virtual one that is to show it."""
    config = printer.config
    if (
        not isinstance(config, VirtualPrinterConfig)
        or config.shows is not Shows.TARGET
        or not printer.has_listeners
    ):
        return
    machine = facts.machines.get(config.target)
    if machine is not None and config.can_show(machine):
        yield ok("shown", "check_shows", machine=machine.name)
    else:
        yield ok("shown", "check_shows_empty")


def _check_discovery(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    if not printer.running or not printer.has_listeners or _target_lost(printer):
        return
    at = printer.announced_at
    if at is None:
        yield problem("discovery", "check_not_announced")
    elif asyncio.get_running_loop().time() - at > ANNOUNCEMENTS_STOPPED_S:
        yield problem("discovery", "check_announcements_stopped")
    else:
        yield ok("discovery", "check_announced", count=printer.announcements)


async def _check_advertised(printer: ManagedPrinter, facts: Facts) -> list[Finding]:
    identity = printer.config.identity
    if not printer.has_listeners or identity.address == identity.bind_ip:
        return []
    networks = await async_networks(facts.hass)
    unreachable_peers = [
        peer
        for peer in {contact.peer for contact in printer.client_history.last.values()}
        if peer not in printer.client_history.logins
        and beside(peer, identity.bind_ip, networks)
        and not beside(peer, identity.address, networks)
    ]
    if unreachable_peers:
        return [
            warning(
                "advertised_address",
                "check_advertised_elsewhere",
                address=identity.address,
                client=unreachable_peers[0],
            )
        ]
    return [ok("advertised_address", "check_advertised", address=identity.address)]


def _check_certificate(printer: ManagedPrinter, facts: Facts) -> list[Finding]:
    authority = facts.authority
    now = facts.now
    days = authority.days_left(now)
    if days < 0:
        return [problem("certificate", "check_ca_expired")]
    if authority.expires_soon(now):
        return [
            warning(
                "certificate",
                "check_ca_expires",
                date=Day(authority.expires_at),
            )
        ]
    untrusting = [
        failure.peer
        for failure in printer.client_history.failures(now)
        if failure.cause is Cause.NOT_TRUSTED
    ]
    if untrusting:
        return [warning("certificate", "check_not_trusted", client=untrusting[0])]
    found = [ok("certificate", "check_ca", count=days)]
    if Service.MQTT not in printer.client_history.last:
        found.append(not_checked("trust", "check_trust_unproved"))
    return found


async def _check_library(printer: ManagedPrinter, facts: Facts) -> list[Finding]:
    options = facts.options
    try:
        await facts.hass.async_add_executor_job(
            check_library_folder, facts.hass, options.library_folder
        )
    except LibraryFolderError as err:
        return [
            problem(
                "library",
                "check_library_unusable",
                folder=options.library_folder,
                reason=said(err.explanation),
            )
        ]
    if facts.statistics is NOTHING_COUNTED:
        # A shared library has been away since the start, which is told by itself.
        return []
    free_bytes = facts.statistics.free_bytes
    if free_bytes < options.library_settings.reserve_bytes:
        return [
            problem(
                "library",
                "check_disk_full",
                free=_gigabytes(free_bytes),
                reserve=_gigabytes(options.library_settings.reserve_bytes),
            )
        ]
    return [ok("library", "check_library", free=_gigabytes(free_bytes))]


def _check_sharing(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    """Report whether a shared library's database and files can be reached, and what waits here for them."""
    sharing = facts.sharing
    if sharing is None:
        return
    if reason := sharing.why_no_database:
        yield problem(
            "shared_database", "check_shared_database_away", reason=said(reason)
        )
    else:
        yield ok(
            "shared_database", "check_shared_database", version=sharing.server_version
        )
    if reason := sharing.why_no_store:
        yield problem(
            "shared_store",
            "check_shared_store_away",
            place=sharing.place,
            reason=said(reason),
        )
    else:
        yield ok("shared_store", "check_shared_store", place=sharing.place)
    if sharing.waiting:
        yield ok("shared_waiting", "check_shared_waits", count=sharing.waiting)
    else:
        yield ok("shared_waiting", "check_shared_nothing_waits")


def _check_clients(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    """Report the last connection to each port: what never arrives is stopped by a firewall or never sent."""
    now = facts.now
    for service in (Service.BIND, Service.BIND_TLS, Service.MQTT, Service.FTPS):
        check = f"last_client_{service.value}"
        contact = printer.client_history.last.get(service)
        if contact is None:
            yield not_checked(
                check, "check_no_client", service=sentence(_NAMES[service])
            )
        else:
            yield ok(
                check,
                "check_client",
                client=contact.peer,
                service=sentence(_NAMES[service]),
                ago=_ago(now - contact.at),
            )


def _check_failures(printer: ManagedPrinter, facts: Facts) -> Iterator[Finding]:
    now = facts.now
    for failure in printer.client_history.failures(now):
        yield warning(
            f"failure_{failure.cause.value}",
            _FAILURES[failure.cause],
            count=failure.count,
            client=failure.peer,
            ago=_ago(now - failure.at),
            reason=said(failure.why),
        )


# As people look for them in the settings of a firewall.
_NAMES = {
    Service.BIND: "port_bind",
    Service.BIND_TLS: "port_bind_tls",
    Service.MQTT: "port_mqtt",
    Service.FTPS: "port_ftps",
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
    Cause.WRONG_KEY: "check_failure_wrong_key",
    Cause.UPLOAD: "check_failure_upload",
}


def _target_lost(printer: ManagedPrinter) -> bool:
    return printer.is_proxy and not (printer.upstream and printer.upstream.reachable)


def _ago(delta: timedelta) -> Sentence:
    seconds = int(delta.total_seconds())
    if seconds < 120:
        return sentence("seconds", seconds=seconds)
    minutes = seconds // 60
    if minutes < 120:
        return sentence("minutes", minutes=minutes)
    return sentence("hours", hours=minutes // 60)


def _certificate_der(device: DeviceCertificate) -> bytes | None:
    """Read what a printer shows. Blocks."""
    try:
        chain = device.certificate_path.read_text(encoding="ascii")
    except OSError:
        return None
    end = "-----END CERTIFICATE-----"
    return ssl.PEM_cert_to_DER_cert(chain.partition(end)[0] + end)


def _gigabytes(size_bytes: int) -> float:
    return round(size_bytes / 1e9, 1)
