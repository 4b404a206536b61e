"""The Home Assistants that share the library: what they are called, and which real printers each has set up.

Where the library is not shared nothing is stored, and nobody else is found.
"""

from collections.abc import Mapping, Sequence

from .context import LibraryContext
from .index import instance_rows
from .values.driving import NO_PRINTERS, Printers, RealPrinter
from .values.prints import Plate


class Instances:
    """The instances of a library. Everything may raise LibraryError."""

    def __init__(self, context: LibraryContext) -> None:
        """Work on what this context holds."""
        self._context = context
        self._registered: Sequence[RealPrinter] = ()
        self._is_registered = True

    async def names(self) -> Mapping[str, str]:
        """Return what they are called, by their ids; nothing where there are not several."""
        if self._context.shared is None:
            return {}
        found = await self._context.index.read(instance_rows.names)
        return found if len(found) > 1 else {}

    async def register(self, printers: Sequence[RealPrinter]) -> None:
        """Store which real printers are set up here. What fails is done once one of them is driven."""
        if (shared := self._context.shared) is None:
            return
        self._registered, self._is_registered = tuple(printers), False
        await self._context.index.run(
            instance_rows.register, shared.instance.id, printers
        )
        self._is_registered = True

    async def printers(self) -> Printers:
        """Return which real printers the others have set up."""
        if (shared := self._context.shared) is None:
            return NO_PRINTERS
        return await self._context.index.read(
            instance_rows.printers, shared.instance.id
        )

    async def take_over(self, machine_id: str, serial: str) -> Plate | None:
        """Give a printer of this instance the prints and the plate that others had of the same one, before it is driven from here.

        Returns its plate; None where nobody else can have had it.
        """
        if self._context.shared is None:
            return None
        if not self._is_registered:
            await self.register(self._registered)
        return await self._context.index.run(
            instance_rows.take_over, machine_id, serial
        )
