"""What people say of prints, as Home Assistant's modules use it; errors are Home Assistant's."""

from collections.abc import Collection
from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..engine.library.library import Library
from ..engine.library.values.annotations import clean_line
from ..engine.library.values.errors import TextField
from ..engine.library.values.judgements import Answered
from ..engine.library.values.verdicts import Verdict
from .context import actor
from .errors import library_errors
from .permissions import Permissions, Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What somebody says of a print.

    `by` is who says it where an automation passes that on; a user of Home Assistant speaks in their own name. `reprint`
    answers at once whether a failed one is printed again.
    """

    verdict: Verdict
    reason: str = ""
    by: str = ""
    reprint: bool | None = None


class PrintVerdicts:
    """The verdicts of the library. Methods raise ServiceValidationError, HomeAssistantError."""

    def __init__(
        self, hass: HomeAssistant, library: Library, permissions: Permissions
    ) -> None:
        """Store them in this library, for those who may."""
        self._hass = hass
        self._library = library
        self._permissions = permissions

    async def offered(self, job_ids: Collection[str]) -> frozenset[str]:
        """Return of which of these jobs it is open whether a failed copy is printed again."""
        with library_errors():
            return await self._library.verdicts.offered(job_ids)

    async def give(
        self, job_id: str, saying: Saying, *, print_id: str = ""
    ) -> Answered:
        """Say how a print of a job came out: this one, or the last."""
        await self._require(job_id, decides=bool(saying.reprint))
        by = await self._speaker(saying.by)
        with library_errors(job_id):
            return await self._library.verdicts.give(
                job_id,
                saying.verdict,
                print_id=print_id,
                reason=clean_line(TextField.REASON, saying.reason),
                by=by,
                reprint=saying.reprint,
            )

    async def give_for_print(self, print_id: str, saying: Saying) -> Answered | None:
        """Say how a print came out; None where it is not one of the queue."""
        with library_errors(print_id):
            print_ = await self._library.prints.get(print_id)
        if print_ is None:
            return None
        return await self.give(print_.job_id, saying, print_id=print_id)

    async def answer_offer(
        self, job_id: str, *, print_id: str = "", wanted: bool, by: str = ""
    ) -> Answered:
        """Say whether the failed copy of a job is printed again."""
        await self._require(job_id, decides=wanted)
        by = await self._speaker(by)
        with library_errors(job_id):
            return await self._library.verdicts.answer_offer(
                job_id, print_id=print_id, wanted=wanted, by=by
            )

    async def _require(self, job_id: str, *, decides: bool) -> None:
        if not await self._permissions.is_limited():
            return
        with library_errors(job_id):
            job = await self._library.queue.job(job_id)
        right = Right.DECIDE if decides else Right.WORK
        await self._permissions.require_for(right, job)

    async def _speaker(self, by: str) -> str:
        """Return the name of who acts."""
        context = actor()
        if context is None or context.user_id is None:
            with library_errors():
                return clean_line(TextField.NAME, by)
        user = await self._hass.auth.async_get_user(context.user_id)
        return (user.name if user else None) or ""
