"""Has the real printer that is shown do what a slicer wants of it, and brings the reply to that slicer alone."""

import asyncio
from collections.abc import Callable

from ...mirror.disguise import Disguise
from ...mirror.routes import Route, route
from ...mirror.values import Mirror, NoAnswerError, Target, UnreachableError
from ...values import JsonObject
from .commands import Request

# Slicers send a handful at a time; a flood must not reach the printer.
MAX_UNDER_WAY = 32


class ShownPrinter:
    """The real printer that is shown, and the commands that are under way to it."""

    def __init__(self, mirror: Mirror | None) -> None:
        """Speak with what this mirror shows; without one, nothing is shown."""
        self._mirror = mirror
        self._tasks: set[asyncio.Task[None]] = set()

    def look(self) -> Target | None:
        """Return what is known of it, once that is enough to be shown."""
        target = self._mirror.look() if self._mirror else None
        return target if target and target.is_complete else None

    def route(self, request: Request) -> Route:
        """Tell where a command goes while it is shown."""
        assert self._mirror
        goes_to = route(
            request.kind, request.command, allows_control=self._mirror.allows_control
        )
        # No real command is that long.
        return Route.OWN if goes_to is Route.TARGET and request.is_long else goes_to

    def forward(
        self,
        request: Request,
        disguise: Disguise,
        *,
        reply: Callable[[JsonObject], None],
        otherwise: Callable[[], None],
    ) -> None:
        """Send a command on; `reply` is called with what to tell the slicer, or `otherwise` where nothing was sent."""
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
        """Give up what is under way; replies that still come are nobody's."""
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
        except NoAnswerError:
            reply(request.reply(result="fail", reason="the printer did not answer"))
        else:
            # Printers may leave the command out of a reply; a slicer would not know what it is for.
            reply({request.kind: disguise.apply(dict(fields)) | request.head})
