"""The repair of a real printer whose certificate is not verified: shows the fingerprints and asks for confirmation."""

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult

from ..config.subentries import machine_configs
from ..const import CONF_FINGERPRINT, DOMAIN
from ..hub import HubConfigEntry


class CertificateRepairFlow(RepairsFlow):
    """Trusts exactly the certificate that was shown; another one asks again."""

    def __init__(self, machine_id: str, fingerprint: str) -> None:
        """Remember the printer, by its subentry, and the certificate's SHA-256."""
        self._machine_id = machine_id
        self._fingerprint = fingerprint

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask."""
        entry: HubConfigEntry = self.hass.config_entries.async_entries(DOMAIN)[0]
        machine = machine_configs(entry).get(self._machine_id)
        if machine is None:
            return self.async_abort(reason="printer_gone")
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders={
                    "printer": machine.name,
                    "host": machine.host,
                    "fingerprint": self._fingerprint,
                    "known": machine.pinned or "-",
                },
            )
        subentry = entry.subentries[self._machine_id]
        self.hass.config_entries.async_update_subentry(
            entry,
            subentry,
            data={**subentry.data, CONF_FINGERPRINT: self._fingerprint},
        )
        return self.async_create_entry(data={})
