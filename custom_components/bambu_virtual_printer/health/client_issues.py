"""Repair issues about single clients: CA not trusted, wrong access code, advertised address out of reach."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..engine.events import LoginFailed, SlicerConnected, TlsRefused
from ..engine.net.guesses import GUESSES
from ..engine.values import Service
from ..printers.client_history import TRUST_ALERTS
from ..printers.managed import AnyEvent, ManagedPrinter
from .issues import Fix, async_raise, async_withdraw
from .networks import beside

# A person mistypes a code once or twice; a slicer with a stale one goes on for ever.
WRONG_CODES = 5
# Slicers connect within seconds of a detect frame.
LOGIN_EXPECTED_AFTER = timedelta(minutes=1)
DETECT_REMEMBERED = timedelta(hours=1)
# So that hosts of the network cannot fill the list of repairs.
MAX_CLIENTS = 20

_NOT_TRUSTED = "ca_not_trusted"
_WRONG_CODE = "wrong_code"
_GUESSED = "access_code_guessed"
_UNREACHABLE = "advertised_unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What an issue is about: the text's key, the printer (None for the CA, which all have in common), the client."""

    key: str
    printer_id: str | None = None
    peer: str | None = None

    @property
    def issue_id(self) -> str:
        return "_".join(filter(None, (self.key, self.printer_id, self.peer)))


class ClientIssues:
    """Follows what happens to clients and raises and withdraws the issues about them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without issues."""
        self._hass = hass
        self._raised: OrderedDict[_Subject, None] = OrderedDict()

    @callback
    def note(self, printer: ManagedPrinter, event: AnyEvent) -> None:
        """Handle an event of a printer."""
        config = printer.config
        match event:
            case TlsRefused(peer=peer, alert=alert) if alert in TRUST_ALERTS:
                self._raise(
                    _not_trusted(peer),
                    severity=ir.IssueSeverity.ERROR,
                    fix=Fix.TRUST,
                    data={"peer": peer},
                    printer=config.name,
                    client=peer,
                    alert=alert,
                )
            case LoginFailed(service=Service.HTTP):
                # A key has nothing to do with the access code; the slicer that has a wrong one says so itself.
                pass
            case LoginFailed(peer=peer, codes=codes) if codes >= GUESSES:
                self._withdraw(_wrong_code(config.id, peer))
                self._raise(
                    _Subject(key=_GUESSED, printer_id=config.id, peer=peer),
                    fix=Fix.CONFIRM,
                    printer=config.name,
                    client=peer,
                    codes=str(codes),
                )
            case LoginFailed(peer=peer, attempts=attempts) if attempts >= WRONG_CODES:
                self._raise(
                    _wrong_code(config.id, peer),
                    fix=Fix.CONFIRM,
                    printer=config.name,
                    client=peer,
                    attempts=str(attempts),
                )
            case SlicerConnected(peer=peer):
                self._withdraw(_not_trusted(peer))
                self._withdraw(_wrong_code(config.id, peer))
                self._withdraw(_unreachable(config.id))

    @callback
    def check_advertised(
        self, printer: ManagedPrinter, networks: Sequence[IPv4Network], now: datetime
    ) -> None:
        """Raise an issue when clients sent a detect frame and then did not reach the advertised address. `now` is aware.

        `networks` are those this host is on; whether a client behind a router reaches an address is not known here.
        """
        config = printer.config
        advertised = config.identity.address
        if advertised == config.bind_ip:
            self._withdraw(_unreachable(config.id))
            return
        for peer, asked_at in printer.client_history.detects.items():
            logged_in_at = printer.client_history.logins.get(peer)
            if (
                LOGIN_EXPECTED_AFTER <= now - asked_at <= DETECT_REMEMBERED
                and (logged_in_at is None or logged_in_at < asked_at)
                and beside(peer, config.bind_ip, networks)
                and not beside(peer, advertised, networks)
            ):
                self._raise(
                    _unreachable(config.id),
                    printer=config.name,
                    client=peer,
                    address=config.bind_ip,
                    advertised=advertised,
                )
                return

    @callback
    def ca_replaced(self) -> None:
        """Withdraw the issues about the CA that is no longer used."""
        for subject in tuple(self._raised):
            if subject.key == _NOT_TRUSTED:
                self._withdraw(subject)

    @callback
    def printer_changed(self, printer_id: str) -> None:
        """Withdraw what another access code, another address or removal has settled."""
        for subject in tuple(self._raised):
            if subject.printer_id == printer_id:
                self._withdraw(subject)

    def _raise(
        self,
        subject: _Subject,
        *,
        severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
        fix: Fix | None = None,
        data: dict[str, str] | None = None,
        **placeholders: str,
    ) -> None:
        async_raise(
            self._hass,
            subject.issue_id,
            subject.key,
            placeholders,
            severity=severity,
            fix=fix,
            data=data,
        )
        self._raised[subject] = None
        self._raised.move_to_end(subject)
        if len(self._raised) > MAX_CLIENTS:
            self._withdraw(next(iter(self._raised)))

    def _withdraw(self, subject: _Subject) -> None:
        self._raised.pop(subject, None)
        async_withdraw(self._hass, subject.issue_id)


def _not_trusted(peer: str) -> _Subject:
    return _Subject(key=_NOT_TRUSTED, peer=peer)


def _wrong_code(printer_id: str, peer: str) -> _Subject:
    return _Subject(key=_WRONG_CODE, printer_id=printer_id, peer=peer)


def _unreachable(printer_id: str) -> _Subject:
    return _Subject(key=_UNREACHABLE, printer_id=printer_id)
