"""The certificate authority while Home Assistant runs: its replacement, its expiry, and the clients that trust it."""

import asyncio
from datetime import datetime
from pathlib import Path

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..engine.explanations import why_failed
from ..engine.pki.authority import CertificateAuthority, CertificateError
from ..engine.pki.transfer import CaCandidate, discard_device_certificates, install
from ..language.texts import Texts
from ..printers.virtual_printers import VirtualPrinters
from .client_issues import ClientIssues
from .issues import Issues


class Certificates:
    """The CA that signs the printers' certificates, and what people do with it."""

    def __init__(
        self,
        hass: HomeAssistant,
        printers: VirtualPrinters,
        issues: Issues,
        client_issues: ClientIssues,
        *,
        changing: asyncio.Lock,
        on_change: CALLBACK_TYPE,
    ) -> None:
        """Use the CA of the printers. `changing` is held while they change, `on_change` called after they were restarted."""
        self._hass = hass
        self._printers = printers
        self._issues = issues
        self._client_issues = client_issues
        self._changing = changing
        self._on_change = on_change

    @property
    def authority(self) -> CertificateAuthority:
        """The CA in use."""
        return self._printers.authority

    async def async_replace(self, candidate: CaCandidate) -> None:
        """Replace the CA and give every printer a certificate of the new one. Raises OSError."""
        async with self._changing:
            self._printers.authority = await self._hass.async_add_executor_job(
                install, self.authority, candidate
            )
            self._issues.ca_replaced(self.authority)
            self._client_issues.ca_replaced()
            self.async_check_expiry(dt_util.utcnow())
            await self._async_restart_printers()

    async def async_renew(self) -> int:
        """Give every printer a new certificate of the same CA; returns how many had one. Raises OSError."""
        async with self._changing:
            count = await self._hass.async_add_executor_job(
                discard_device_certificates, self.authority
            )
            await self._async_restart_printers()
        return count

    @property
    def trusting_clients(self) -> list[str]:
        """Addresses of clients that have logged in since the CA was made, the latest first; not all are remembered."""
        if self._issues.awaits_trust:
            return []
        found = [
            client
            for printer in self._printers.values()
            for client in reversed(tuple(printer.client_history.logins))
        ]
        # An upload needs the CA as well, and is remembered through restarts.
        found += [
            printer.last_upload.peer
            for printer in self._printers.values()
            # Uploads with a key need no CA.
            if not printer.is_proxy
            and printer.last_upload
            and not printer.last_upload.sender
        ]
        return [client for client in dict.fromkeys(found) if client]

    @callback
    def async_check_expiry(self, now: datetime) -> None:
        """Raise or withdraw the issue that the CA expires soon. `now` is aware."""
        self._issues.ca_expiry(self.authority, now)

    async def _async_restart_printers(self) -> None:
        await self._printers.async_restart()
        self._on_change()


async def async_open_authority(hass: HomeAssistant) -> CertificateAuthority:
    """Read the CA, or make one. Raises ConfigEntryError."""
    folder = Path(hass.config.path(DOMAIN, "certs"))
    try:
        return await hass.async_add_executor_job(
            CertificateAuthority.load_or_create, folder
        )
    except (CertificateError, OSError) as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="ca_unusable",
            translation_placeholders={"reason": Texts(hass).explained(why_failed(err))},
        ) from err
