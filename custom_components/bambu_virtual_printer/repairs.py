"""Fix flows of the repair issues: each does something and looks whether the cause is gone; else the issue stays."""

import asyncio
from contextlib import suppress
import logging
from typing import override

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .engine.library.values.errors import IndexFault
from .engine.library.values.prints import Question
from .engine.pki.transfer import new_ca
from .engine.storage import StorageError
from .flows.repair_access_code import AccessCodeRepairFlow
from .flows.repair_certificate import CertificateRepairFlow
from .flows.repair_job_question import JobQuestionRepairFlow
from .flows.repair_shared_library import SharedLibraryRepairFlow
from .health.issues import Fix
from .hub import Hub, loaded_hub
from .sharing.moves import library_moves
from .views.certificates import async_certificate_links

_LOGGER = logging.getLogger(__name__)

CHECK_TIMEOUT_S = 20.0
"""How long a real printer may take to be connected to and to report."""


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Choose the flow that the issue names."""
    known = data or {}
    fix = Fix(str(known["fix"]))
    if fix is Fix.ACCESS_CODE:
        return AccessCodeRepairFlow(str(known["printer_id"]))
    if fix is Fix.CERTIFICATE:
        return CertificateRepairFlow(
            str(known["printer_id"]), str(known["fingerprint"])
        )
    if fix is Fix.ANSWER_JOB:
        return JobQuestionRepairFlow(
            str(known["job_id"]), Question(str(known["question"]))
        )
    if fix is Fix.SHARED_LIBRARY:
        return SharedLibraryRepairFlow(IndexFault(str(known["fault"])))
    return _FLOWS[fix]()


class FixFlow(RepairsFlow):
    """Shows what to do, does what can be done from here, and closes the issue only when that helped."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the page, then try."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=self._placeholders(),
            )
        hub = loaded_hub(self.hass)
        if hub is None:
            return self.async_abort(reason="hub_not_loaded")
        if not await self._async_fix(hub):
            return self.async_abort(
                reason="still_there", description_placeholders=self._placeholders()
            )
        return self.async_create_entry(data={})

    async def _async_fix(self, hub: Hub) -> bool:
        """Run the fix, and return whether the cause is gone."""
        return True

    @callback
    def _issue(self) -> ir.IssueEntry | None:
        return ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)

    @callback
    def _placeholders(self) -> dict[str, str]:
        issue = self._issue()
        placeholders = dict(issue.translation_placeholders or {}) if issue else {}
        return placeholders | async_certificate_links(self.hass)

    def _read(self, key: str) -> str:
        """Read the issue's data."""
        return str((self.data or {}).get(key, ""))


class RetryFlow(FixFlow):
    """Tries to start the printer."""

    @override
    async def _async_fix(self, hub: Hub) -> bool:
        if printer := hub.printers.get(self._read("printer_id")):
            # It goes on trying by itself.
            with suppress(TimeoutError):
                await printer.async_retry()
        return self._issue() is None


class CheckMachineFlow(FixFlow):
    """Tries to connect to a real printer now; the issue goes when the printer can be talked to."""

    @override
    async def _async_fix(self, hub: Hub) -> bool:
        machine = hub.machines.by_id.get(self._read("printer_id"))
        if machine is None:
            return True
        machine.async_retry()
        with suppress(TimeoutError):
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                async for _state in machine.machine.changes():
                    if self._issue() is None:
                        return True
        return self._issue() is None


class TrustFlow(FixFlow):
    """Offers the certificate; the issue itself goes when the client has logged in."""

    @override
    async def _async_fix(self, hub: Hub) -> bool:
        return self._issue() is None


class NewCaFlow(FixFlow):
    """Makes a new CA in the place of the one that ends."""

    @override
    async def _async_fix(self, hub: Hub) -> bool:
        # Another person may have made one since the page was opened; a second one would have to be trusted anew.
        if self._issue() is None:
            return True
        candidate = await self.hass.async_add_executor_job(new_ca)
        try:
            await hub.certificates.async_replace(candidate)
        except OSError as err:
            _LOGGER.error("The new certificate authority cannot be written: %s", err)
            return False
        return True


class SetupCheckFlow(FixFlow):
    """Runs the setup check again."""

    @override
    async def _async_fix(self, hub: Hub) -> bool:
        printer = hub.printers.get(self._read("printer_id"))
        if printer is None:
            return True
        report = await hub.setup_checks.async_run(printer)
        return not report.problems


class AdoptLibraryFlow(FixFlow):
    """Makes the library's folder of the folder that is there."""

    @override
    async def _async_fix(self, hub: Hub) -> bool:
        try:
            return await hub.library.adopt_folder()
        except StorageError as err:
            _LOGGER.error("The library folder cannot be used: %s", err)
            return False


class GoOnMovingFlow(FixFlow):
    """Goes on with moving the library; whether it gets further is told by another issue, or none."""

    @override
    async def _async_fix(self, hub: Hub) -> bool:
        library_moves(self.hass, hub.entry).async_go_on()
        return True


_FLOWS: dict[Fix, type[FixFlow]] = {
    Fix.CONFIRM: FixFlow,
    Fix.RETRY: RetryFlow,
    Fix.CHECK_MACHINE: CheckMachineFlow,
    Fix.TRUST: TrustFlow,
    Fix.NEW_CA: NewCaFlow,
    Fix.ADOPT_LIBRARY: AdoptLibraryFlow,
    Fix.SETUP_CHECK: SetupCheckFlow,
    Fix.GO_ON_MOVING: GoOnMovingFlow,
}
