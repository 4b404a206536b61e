"""Forwards commands of slicers to the real printer that is shown, and its replies to the slicer that sent them."""

import asyncio
from collections.abc import Callable

from ...mirror.disguise import Disguise
from ...mirror.routes import Route, is_question, route
from ...mirror.values import (
    Mirror,
    NoAnswerError,
    NotOneError,
    Target,
    UnreachableError,
)
from ...values import JsonObject
from .commands import Request

# Slicers send a few at a time; a flood must not reach the printer.
MAX_UNDER_WAY = 32


class ShownPrinter:
    """The real printer that is shown, and the commands forwarded to it."""

    def __init__(self, mirror: Mirror | None) -> None:
        """Use this mirror; without one, no real printer is shown."""
        self._mirror = mirror
        self._tasks: set[asyncio.Task[None]] = set()

    def look(self) -> Target | None:
        """Return its state; None while it is not complete enough to be shown."""
        target = self._mirror.look() if self._mirror else None
        return target if target and target.is_complete else None

    def route(self, request: Request, target: Target) -> Route:
        """Return where a command goes while this is shown."""
        assert self._mirror
        goes_to = route(
            request.kind,
            request.command,
            allows_control=self._mirror.allows_control,
            is_pool=target.pool is not None,
        )
        # Longer than any real command.
        return Route.OWN if goes_to is Route.TARGET and request.is_long else goes_to

    def forward(
        self,
        request: Request,
        disguise: Disguise,
        *,
        reply: Callable[[JsonObject], None],
        otherwise: Callable[[], None],
    ) -> None:
        """Forward a command. Then `reply` is called with the reply for the slicer, or `otherwise` if nothing was sent, or a question not answered."""
        if len(self._tasks) >= MAX_UNDER_WAY:
            reply(
                request.reply(result="fail", reason="too many commands are under way")
            )
            return
        task = asyncio.get_running_loop().create_task(
            self._exchange(request, disguise, reply, otherwise)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Cancel the commands under way; later replies are ignored."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _exchange(
        self,
        request: Request,
        disguise: Disguise,
        reply: Callable[[JsonObject], None],
        otherwise: Callable[[], None],
    ) -> None:
        assert self._mirror
        try:
            fields = await self._mirror.request(
                request.kind, request.command, request.echo
            )
        except UnreachableError:
            otherwise()
        except NotOneError as err:
            reply(request.reply(result="fail", reason=str(err)))
        except NoAnswerError:
            if is_question(request.kind, request.command):
                otherwise()
            else:
                reply(request.reply(result="fail", reason="the printer did not answer"))
        else:
            # Printers may omit the command in a reply, which slicers need to match it.
            reply({request.kind: disguise.apply(dict(fields)) | request.head})
