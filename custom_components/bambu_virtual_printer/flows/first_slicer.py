"""The end of adding a printer: what a slicer needs to know, and a wait for the first one that logs in.

The printer is kept before the wait, so that it runs and nothing is lost when the dialog is closed.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import voluptuous as vol
from yarl import URL

from homeassistant.config_entries import (
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    QrCodeSelector,
    QrCodeSelectorConfig,
    TextSelector,
)
from homeassistant.util import dt as dt_util

from ..const import CONF_ACCESS_CODE, DOMAIN, MAX_NAME_LENGTH, SUBENTRY_VIRTUAL_PRINTER
from ..hub import Hub
from ..presentation.urls import URL_PICTURES, host_url, short_host_path
from ..printers.client_history import Cause
from ..printers.managed import ManagedPrinter
from ..views.certificates import async_certificate_links
from ..views.trust_links import async_trust_links
from .forms import is_name

# As long as it takes to run a script on another computer and restart the slicer there.
WAIT_S = 600.0


CONF_QR_CODE = "qr_code"


class Step(StrEnum):
    """What comes after the wait."""

    CONNECTED = "connected"
    NOT_TRUSTED = "not_trusted"
    WRONG_CODE = "wrong_code"
    TIMED_OUT = "timed_out"


_STEP_OF_OBSTACLE = {
    Cause.NOT_TRUSTED: Step.NOT_TRUSTED,
    Cause.WRONG_CODE: Step.WRONG_CODE,
}
CHOICES = ["wait_for_slicer", "other_computer", "upload_key", "finish"]

MEDIA_URL = f"/media-browser/browser/{quote(f'app,media-source://{DOMAIN}', safe='')}"


class FirstSlicerSteps(ConfigSubentryFlow):
    """The steps after a printer was added."""

    _printer: ManagedPrinter
    _since: datetime
    _client = ""
    _key = ""
    _waiting: asyncio.Task[Step] | None = None

    async def async_add_and_wait(
        self, title: str, data: Mapping[str, Any], unique_id: str
    ) -> SubentryFlowResult:
        """Keep and start the printer, then show how slicers reach it."""
        subentry = ConfigSubentry(
            data=MappingProxyType(dict(data)),
            subentry_type=SUBENTRY_VIRTUAL_PRINTER,
            title=title,
            unique_id=unique_id,
        )
        self._since = dt_util.utcnow()
        self._access_code: str = data[CONF_ACCESS_CODE]
        entry = self._get_entry()
        self.hass.config_entries.async_add_subentry(entry, subentry)
        self._hub: Hub = entry.runtime_data
        await self._hub.async_sync()
        self._printer = self._hub.printers[subentry.subentry_id]
        if not self._printer.has_listeners:
            # Files come by Home Assistant's own address only.
            return await self.async_step_upload_key()
        return await self.async_step_connect()

    async def async_step_connect(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show how slicers reach the printer, and make them trust it."""
        if self._hub.certificates.trusting_clients:
            return await self.async_step_connect_again()
        return self._choose("connect")

    async def async_step_connect_again(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show how slicers reach the printer, without asking for what was done on a computer before."""
        self._client = self._hub.certificates.trusting_clients[0]
        return self._choose("connect_again")

    async def async_step_other_computer(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what to type or to scan on a computer that does not show this form."""
        if user_input is not None:
            return await self.async_step_connect()
        links = async_trust_links(self.hass)
        return self.async_show_form(
            step_id="other_computer",
            data_schema=vol.Schema(
                {
                    vol.Optional(CONF_QR_CODE): QrCodeSelector(
                        QrCodeSelectorConfig(data=links.address, scale=5)
                    )
                }
            ),
            description_placeholders=self._placeholders() | links.as_placeholders(),
            last_step=False,
        )

    async def async_step_wait_for_slicer(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Wait until a slicer has logged in, or has failed in a way that can be explained."""
        if self._waiting is None:
            self._waiting = self.hass.async_create_task(
                self._async_wait(), "wait for the first slicer"
            )
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="wait_for_slicer",
                progress_action="wait_for_slicer",
                progress_task=self._waiting,
                description_placeholders=self._placeholders(),
            )
        step = self._waiting.result()
        self._waiting = None
        # What was seen does not count again.
        self._since = dt_util.utcnow()
        return self.async_show_progress_done(next_step_id=step.value)

    async def async_step_connected(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """End: a slicer has logged in."""
        return self.async_abort(
            reason="printer_connected", description_placeholders=self._placeholders()
        )

    async def async_step_not_trusted(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Explain that a client does not trust the CA."""
        return self._choose("not_trusted")

    async def async_step_wrong_code(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Explain that a client used another access code."""
        return self._choose("wrong_code")

    async def async_step_timed_out(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Explain that no client came at all."""
        return self._choose("timed_out")

    async def async_step_upload_key(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Make a key for a slicer that sends to Home Assistant's own address, without certificates."""
        errors = {}
        if user_input is not None:
            name = user_input[CONF_NAME].strip()
            if is_name(name):
                _, self._key = await self._hub.door.keys.async_create(
                    self._printer.id, name
                )
                return self._show_key()
            errors[CONF_NAME] = "invalid_name"
        return self.async_show_form(
            step_id="upload_key",
            data_schema=vol.Schema({vol.Required(CONF_NAME): TextSelector()}),
            errors=errors,
            description_placeholders=self._placeholders()
            | {"max_length": str(MAX_NAME_LENGTH)},
            last_step=False,
        )

    async def async_step_upload_key_made(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what to enter in the slicer."""
        return self._show_key()

    @callback
    def _show_key(self) -> SubentryFlowResult:
        slug = self._hub.door.async_slug(self._printer.id)
        url = URL(host_url(self.hass, slug or ""))
        return self.async_show_menu(
            step_id="upload_key_made",
            menu_options=["upload_key", "wait_for_slicer", "finish"]
            if self._printer.has_listeners
            else ["upload_key", "finish"],
            description_placeholders=self._placeholders()
            | {
                "url": str(url),
                "host": str(url.host),
                "port": str(url.port),
                "path": short_host_path(slug or ""),
                "key": self._key,
                "orca_slicer": f"{URL_PICTURES}/orca-slicer-printer.svg",
                "prusa_slicer": f"{URL_PICTURES}/prusa-slicer-printer.png",
                "cura": f"{URL_PICTURES}/cura-printer.svg",
            },
        )

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """End without a slicer."""
        return self.async_abort(
            reason="printer_added", description_placeholders=self._placeholders()
        )

    @callback
    def _choose(self, step_id: str) -> SubentryFlowResult:
        return self.async_show_menu(
            step_id=step_id,
            menu_options=CHOICES,
            description_placeholders=self._placeholders(),
        )

    @callback
    def _placeholders(self) -> dict[str, str]:
        config = self._printer.config
        return {
            "printer": config.name,
            "address": config.identity.address,
            "access_code": self._access_code,
            "client": self._client,
            "media_url": MEDIA_URL,
            **async_certificate_links(self.hass),
        }

    async def _async_wait(self) -> Step:
        """Follow what happens at the printer's ports."""
        outcome: asyncio.Future[Step] = self.hass.loop.create_future()

        @callback
        def _look() -> None:
            if not outcome.done() and (step := self._outcome()):
                outcome.set_result(step)

        stop = self._printer.async_add_listener(_look)
        _look()
        try:
            async with asyncio.timeout(WAIT_S):
                return await outcome
        except TimeoutError:
            return Step.TIMED_OUT
        finally:
            stop()

    @callback
    def _outcome(self) -> Step | None:
        step = self._printer.client_history.first_step(self._since, dt_util.utcnow())
        if step is None:
            return None
        self._client, obstacle = step
        return _STEP_OF_OBSTACLE[obstacle] if obstacle else Step.CONNECTED
