"""The hub's "reconfigure": everything about certificates. Nothing is replaced without both fingerprints and a yes."""

from collections.abc import Sequence
from contextlib import ExitStack
import errno
import os
from pathlib import Path
from typing import Any

import voluptuous as vol

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import ConfigEntryState, ConfigFlow, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    FileSelector,
    FileSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..engine.explanations import why_failed
from ..engine.pki.transfer import (
    EXPORT_FILE,
    CaCandidate,
    CaTransferError,
    compare,
    new_ca,
)
from ..hub import Hub
from ..presentation import html_link
from ..views.ca_export import async_export, read_candidate
from ..views.certificates import async_certificate_links
from ..views.trust_links import async_trust_links

CONF_FILE = "file"
CONF_FOLDER = "folder"
CONF_KEY_FILE = "key_file"
CONF_PASSWORD = "password"
CONF_REPEATED = "password_again"

PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
EXPORT_SCHEMA = vol.Schema(
    {vol.Required(CONF_PASSWORD): PASSWORD, vol.Required(CONF_REPEATED): PASSWORD}
)
IMPORT_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_FILE): FileSelector(
            FileSelectorConfig(accept=".p12,.pfx,.pem,.crt,.cer,.key")
        ),
        vol.Optional(CONF_KEY_FILE): FileSelector(
            FileSelectorConfig(accept=".pem,.key")
        ),
        vol.Optional(CONF_FOLDER): TextSelector(),
        vol.Optional(CONF_PASSWORD): PASSWORD,
    }
)
NOTHING = vol.Schema({})


class CertificateSteps(ConfigFlow):
    """The steps of reconfiguring the hub."""

    _candidate: CaCandidate
    _export_path = ""

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the CA in use and what can be done."""
        if self._get_reconfigure_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[
                "trust",
                "export_ca",
                "import_ca",
                "renew_certificates",
                "new_ca",
            ],
            description_placeholders=self._placeholders(),
        )

    async def async_step_trust(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the certificate and the scripts."""
        if user_input is not None:
            return self.async_abort(reason="trust_shown")
        links = async_trust_links(self.hass)
        return self._page("trust", script_address=links.address)

    async def async_step_export_ca(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a password."""
        errors: dict[str, str] = {}
        reason = ""
        if user_input is not None:
            if user_input[CONF_PASSWORD] != user_input[CONF_REPEATED]:
                errors[CONF_REPEATED] = "passwords_differ"
            else:
                try:
                    self._export_path = await async_export(
                        self._hub, user_input[CONF_PASSWORD]
                    )
                except CaTransferError as err:
                    errors[CONF_PASSWORD] = "ca_refused"
                    reason = self._hub.texts.explained(why_failed(err))
                else:
                    return await self.async_step_exported()
        return self._page("export_ca", EXPORT_SCHEMA, errors, reason=reason)

    async def async_step_exported(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the export."""
        if user_input is not None:
            return self.async_abort(reason="ca_exported")
        return self._page(
            "exported", export_link=html_link(self._export_path, EXPORT_FILE)
        )

    async def async_step_import_ca(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the files or the folder."""
        errors: dict[str, str] = {}
        reason = ""
        if user_input is not None:
            files = [
                user_input[key]
                for key in (CONF_FILE, CONF_KEY_FILE)
                if key in user_input
            ]
            folder = user_input.get(CONF_FOLDER)
            if bool(files) == bool(folder):
                errors["base"] = "file_or_folder"
            else:
                try:
                    self._candidate = await self.hass.async_add_executor_job(
                        _read,
                        self.hass,
                        files,
                        Path(folder) if folder else None,
                        user_input.get(CONF_PASSWORD),
                    )
                except (CaTransferError, OSError, ValueError) as err:
                    errors["base"] = "ca_refused"
                    reason = self._hub.texts.explained(why_failed(err))
                else:
                    return await self.async_step_confirm_ca()
        return self._page("import_ca", IMPORT_SCHEMA, errors, reason=reason)

    async def async_step_new_ca(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make a new CA, and ask before it is used."""
        self._candidate = await self.hass.async_add_executor_job(new_ca)
        return await self.async_step_confirm_ca()

    async def async_step_confirm_ca(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show both CAs, and replace ours when that is confirmed."""
        shown = compare(self._hub.certificates.authority, self._candidate)
        if shown.same:
            return self.async_abort(reason="ca_same")
        errors: dict[str, str] = {}
        reason = ""
        if user_input is not None:
            try:
                await self._hub.certificates.async_replace(self._candidate)
            except OSError as err:
                errors["base"] = "ca_not_written"
                reason = self._hub.texts.explained(why_failed(err))
            else:
                return self.async_abort(reason="ca_replaced")
        return self._page(
            "confirm_ca",
            errors=errors,
            reason=reason,
            offered_sha256=shown.offered.sha256_fingerprint,
            offered_sha1=shown.offered.sha1_fingerprint,
            offered_expires=shown.offered.expires_at.date().isoformat(),
        )

    async def async_step_renew_certificates(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give every printer a new certificate of the same CA."""
        errors: dict[str, str] = {}
        reason = ""
        if user_input is not None:
            try:
                await self._hub.certificates.async_renew()
            except OSError as err:
                errors["base"] = "ca_not_written"
                reason = self._hub.texts.explained(why_failed(err))
            else:
                return self.async_abort(reason="certificates_renewed")
        return self._page("renew_certificates", errors=errors, reason=reason)

    @property
    def _hub(self) -> Hub:
        hub: Hub = self._get_reconfigure_entry().runtime_data
        return hub

    def _page(
        self,
        step_id: str,
        schema: vol.Schema = NOTHING,
        errors: dict[str, str] | None = None,
        **placeholders: str,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            errors=errors,
            description_placeholders=self._placeholders() | placeholders,
        )

    def _placeholders(self) -> dict[str, str]:
        authority = self._hub.certificates.authority
        return {
            "sha256": authority.sha256_fingerprint,
            "sha1": authority.sha1_fingerprint,
            "expires": authority.expires_at.date().isoformat(),
            "pem": authority.pem,
            **async_certificate_links(self.hass),
        }


def _read(
    hass: HomeAssistant,
    uploads: Sequence[str],
    folder: Path | None,
    password: str | None,
) -> CaCandidate:
    """Read a CA from uploaded files, which are removed, or from a folder. Blocks.

    Raises CaTransferError, OSError, and PermissionError for a folder that Home Assistant may not read.
    """
    if folder is not None:
        if not hass.config.is_allowed_path(str(folder)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        return read_candidate([folder], password)
    with ExitStack() as stack:
        paths = [
            stack.enter_context(process_uploaded_file(hass, upload))
            for upload in uploads
        ]
        return read_candidate(paths, password)
