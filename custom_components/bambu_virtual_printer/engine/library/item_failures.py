"""What fails of single items while a store is asked about many, so that those behind them go on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

from ..storage import StorageError
from .index.threads import DISK_SILENT
from .values.errors import IndexUnavailableError, LibraryAbsentError
from .values.store_faults import StoreError, StoreFault

MANY = 20
"""With so many it is enough for once: each may have sent a large file in vain."""
# What is wrong with a store, whatever is put there.
_OF_STORE = {
    StoreFault.ADDRESS,
    StoreFault.TLS,
    StoreFault.KEYS,
    StoreFault.REGION,
    StoreFault.CLOCK,
    StoreFault.NO_BUCKET,
    StoreFault.NO_FOLDER,
    StoreFault.OTHER_LIBRARY,
    StoreFault.FULL,
    StoreFault.NO_DRIVER,
}


class ItemFailures:
    """The items that fail at one kind of work, from round to round."""

    def __init__(self, look: Callable[[], Awaitable[object]]) -> None:
        """Start without any; `look` raises StorageError while the store does not answer."""
        self._look = look
        # In this round.
        self._found: dict[str, Exception] = {}
        self._of_all: Exception | None = None
        # Since they failed last, in any round.
        self._failing: set[str] = set()

    def begin(self) -> None:
        """Begin a round."""
        self._found = {}
        self._of_all = None

    def in_order(self, item_ids: Collection[str]) -> list[str]:
        """Return what there is to do, what has failed before last."""
        self._failing &= {*item_ids}
        return sorted(item_ids, key=lambda item_id: item_id in self._failing)

    def are_enough(self) -> bool:
        """Whether nothing more should be begun in this round."""
        return self._of_all is not None or len(self._found) >= MANY

    @asynccontextmanager
    async def apart(self, item_id: str) -> AsyncIterator[None]:
        """Keep what is raised, to go on with other items."""
        try:
            yield
        except Exception as err:  # noqa: BLE001 - the outcome has it
            self._found[item_id] = err
            self._failing.add(item_id)
            await self._look_whether_of_all(err)
        else:
            self._failing.discard(item_id)

    async def _look_whether_of_all(self, err: Exception) -> None:
        if _is_of_all(err):
            self._of_all = err
        elif isinstance(err, StorageError):
            # A file that cannot be read looks like a store that cannot be written, and some stores refuse single files.
            try:
                await self._look()
            except StorageError as away:
                self._of_all = away

    def outcome(self) -> Exception | None:
        """Return what is wrong with single items, always the same of several. Raises what is wrong with all."""
        if self._of_all is not None:
            raise self._of_all
        return self._found[min(self._found)] if self._found else None


def _is_of_all(err: Exception) -> bool:
    """Return whether no item can be done; of a store that was silent this long nobody need ask whether it answers."""
    if isinstance(err, StoreError):
        return err.fault in _OF_STORE
    return isinstance(err, (IndexUnavailableError, LibraryAbsentError)) or (
        isinstance(err, StorageError) and err.explanation == DISK_SILENT
    )
