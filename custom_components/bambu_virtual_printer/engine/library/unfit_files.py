"""The files that were damaged or lost here before the store of a shared library had them: told of, and not sent in vain again."""

from collections.abc import Callable, Collection


class UnfitFiles[Stamp]:
    """Those of what is here, each with what its file was like then; without a stamp it was not there."""

    def __init__(self, tell: Callable[[tuple[str, ...]], None]) -> None:
        """Start without any; `tell` gets the names of all of them whenever these have changed."""
        self._tell = tell
        self._found: dict[str, tuple[str, Stamp | None]] = {}
        self._told: tuple[str, ...] = ()

    def has(self, item_id: str, stamp: Stamp | None) -> bool:
        """Return whether the file of an item was found unfit, and is still as it was."""
        found = self._found.get(item_id)
        return found is not None and found[1] == stamp

    def add(self, item_id: str, name: str, stamp: Stamp | None) -> None:
        """Remember one."""
        self._found[item_id] = (name, stamp)

    def remove(self, item_id: str) -> None:
        """Forget one that is fit again."""
        self._found.pop(item_id, None)

    def keep(self, item_ids: Collection[str]) -> None:
        """Forget all others, which are not here any more."""
        for gone in self._found.keys() - {*item_ids}:
            del self._found[gone]

    def tell(self) -> None:
        """Tell of them, unless nothing has changed."""
        names = tuple(sorted(name for name, _ in self._found.values()))
        if names != self._told:
            self._told = names
            self._tell(names)
