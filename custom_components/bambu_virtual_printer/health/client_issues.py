"""Repair issues about single clients: who does not trust the CA, uses a wrong code, is told an address it cannot reach."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..engine.events import LoginFailed, SlicerConnected, TlsRefused
from ..engine.net.guesses import GUESSES
from ..printers.client_history import TRUST_ALERTS
from ..printers.managed import AnyEvent, ManagedPrinter
from .issues import Fix, async_raise, async_withdraw
from .networks import beside

# A person mistypes a code once or twice; a slicer with a stale one goes on for ever.
WRONG_CODES = 5
# Slicers connect within seconds of having asked who we are.
LOGIN_EXPECTED_AFTER = timedelta(minutes=1)
DETECT_REMEMBERED = timedelta(hours=1)
# So that nobody can fill the list of repairs.
MAX_CLIENTS = 20

_NOT_TRUSTED = "ca_not_trusted_"


class ClientIssues:
    """Follows what happens to clients and raises and withdraws the issues about them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know nobody yet."""
        self._hass = hass
        self._raised: OrderedDict[str, None] = OrderedDict()

    @callback
    def note(self, printer: ManagedPrinter, event: AnyEvent) -> None:
        """Take note of an event of a printer."""
        config = printer.config
        match event:
            case TlsRefused(peer=peer, alert=alert) if alert in TRUST_ALERTS:
                self._raise(
                    _not_trusted(peer),
                    "ca_not_trusted",
                    severity=ir.IssueSeverity.ERROR,
                    fix=Fix.TRUST,
                    data={"peer": peer},
                    printer=config.name,
                    client=peer,
                    alert=alert,
                )
            case LoginFailed(peer=peer, codes=codes) if codes >= GUESSES:
                self._withdraw(_wrong_code(config.id, peer))
                self._raise(
                    _guessed(config.id, peer),
                    "access_code_guessed",
                    fix=Fix.CONFIRM,
                    printer=config.name,
                    client=peer,
                    codes=str(codes),
                )
            case LoginFailed(peer=peer, attempts=attempts) if attempts >= WRONG_CODES:
                self._raise(
                    _wrong_code(config.id, peer),
                    "wrong_code",
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
        """Tell when clients asked who we are and then did not find the advertised address. `now` is aware.

        `networks` are those this host is on: whether a client behind a router reaches an address, nobody can tell here.
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
                    "advertised_unreachable",
                    printer=config.name,
                    client=peer,
                    address=config.bind_ip,
                    advertised=advertised,
                )
                return

    @callback
    def ca_replaced(self) -> None:
        """Withdraw what was said about the CA that is no longer used."""
        for issue_id in [
            each for each in self._raised if each.startswith(_NOT_TRUSTED)
        ]:
            self._withdraw(issue_id)

    @callback
    def printer_changed(self, printer_id: str) -> None:
        """Withdraw what another access code, another address or removal has settled."""
        for issue_id in [each for each in self._raised if printer_id in each]:
            self._withdraw(issue_id)

    def _raise(
        self,
        issue_id: str,
        key: str,
        *,
        severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
        fix: Fix | None = None,
        data: dict[str, str] | None = None,
        **placeholders: str,
    ) -> None:
        async_raise(
            self._hass,
            issue_id,
            key,
            placeholders,
            severity=severity,
            fix=fix,
            data=data,
        )
        self._raised[issue_id] = None
        self._raised.move_to_end(issue_id)
        if len(self._raised) > MAX_CLIENTS:
            self._withdraw(next(iter(self._raised)))

    def _withdraw(self, issue_id: str) -> None:
        self._raised.pop(issue_id, None)
        async_withdraw(self._hass, issue_id)


def _not_trusted(peer: str) -> str:
    # Of the client and not of the printer: all printers have one CA.
    return f"{_NOT_TRUSTED}{peer}"


def _wrong_code(printer_id: str, peer: str) -> str:
    return f"wrong_code_{printer_id}_{peer}"


def _guessed(printer_id: str, peer: str) -> str:
    return f"access_code_guessed_{printer_id}_{peer}"


def _unreachable(printer_id: str) -> str:
    return f"advertised_unreachable_{printer_id}"
