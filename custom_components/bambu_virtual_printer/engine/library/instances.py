"""The Home Assistants that share the library: what they are called, and which real printers each has set up.

Where the library is not shared nothing is stored, and nobody else is found.
"""

from collections.abc import Mapping, Sequence

from .context import LibraryContext
from .index import instance_rows
from .values.driving import NO_PRINTERS, Printers, RealPrinter
from .values.prints import Plate
from .values.shared_contents import KnownInstance


class Instances:
    """The instances of a library. Everything may raise LibraryError."""

    def __init__(self, context: LibraryContext) -> None:
        """Work on what this context holds."""
        self._context = context
        self._registered: Sequence[RealPrinter] = ()

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
        self._registered = tuple(printers)
        await self._context.index.run(
            instance_rows.register, shared.instance.id, printers
        )

    async def printers(self) -> Printers:
        """Return which real printers the others have set up."""
        if (shared := self._context.shared) is None:
            return NO_PRINTERS
        return await self._context.index.read(
            instance_rows.printers, shared.instance.id
        )

    async def away(self) -> Sequence[KnownInstance]:
        """Return the others that have not been seen for minutes."""
        if (shared := self._context.shared) is None:
            return ()
        return await self._context.index.read(instance_rows.away, shared.instance.id)

    async def remove(self, instance_id: str) -> None:
        """Forget another one that is gone for good. One that is there after all comes back by itself."""
        await self._context.index.run(instance_rows.remove, instance_id)

    async def take_over(self, machine_id: str, serial: str) -> Plate | None:
        """Give a printer of this instance the prints and the plate that others had of the same one, before it is driven from here.

        Returns its plate; None where nobody else can have had it.
        """
        if self._context.shared is None:
            return None
        # It may have failed before; or this instance was away, and somebody has removed it as one that is gone.
        await self.register(self._registered)
        return await self._context.index.run(
            instance_rows.take_over, machine_id, serial
        )
