"""Uploads that were received while the index of a shared library did not answer, and wait to be written down.

Each lies in the pending uploads with its sidecar, which is the promise that was given to the slicer.
"""

import asyncio
from dataclasses import dataclass, field

from ..values import PrintRequest


@dataclass(slots=True)
class Filing:
    """Whether uploads wait. From the first that does until all are filed, every one does, so that their order stays."""

    is_waiting: bool = False
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    requests: list[tuple[str, PrintRequest]] = field(default_factory=list)
    """What slicers asked for meanwhile, with the ids of the uploads; it stands in their sidecars too."""
    size_bytes: int = 0
    """How large the files are that came since it began: the index does not count them yet."""

    def begin(self) -> None:
        """Have uploads wait from now on, until the index was found to answer."""
        self.is_waiting = True
        self.begun.set()

    def end(self) -> None:
        """Write uploads down at once again."""
        self.is_waiting = False
        self.size_bytes = 0
        self.begun.clear()
