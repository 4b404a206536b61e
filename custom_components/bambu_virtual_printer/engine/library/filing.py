"""Uploads that were received while the index of a shared library did not answer, and wait to be written down.

Each lies in the pending uploads with its sidecar, which is the promise that was given to the slicer.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..values import PrintRequest
from .values.plate_requests import with_request


@dataclass(slots=True)
class Filing:
    """Whether uploads wait. From the first that does until all are filed, every one does, so that their order stays."""

    is_waiting: bool = False
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    requests: dict[str, tuple[PrintRequest, ...]] = field(default_factory=dict)
    """What slicers asked for meanwhile, by the ids of the uploads, the first first; what a later one replaces is left out."""
    keeping: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while they are written on the disk."""
    arrived: int = 0
    """How many have come to wait so far."""
    received: dict[str, float] = field(default_factory=dict)
    """When those were received that came while nobody could tell the time but this computer, by `time.monotonic`."""
    size_bytes: int = 0
    """How large the files are that came since it began: the index does not count them yet."""

    def begin(self) -> None:
        """Have uploads wait from now on, until the index was found to answer."""
        self.is_waiting = True
        self.begun.set()

    def ask(self, upload_id: str, requests: Iterable[PrintRequest]) -> None:
        """Have requests wait as well."""
        for request in requests:
            known = self.requests.get(upload_id, ())
            self.requests[upload_id] = with_request(known, request)

    def noted(self, upload_id: str, request: PrintRequest) -> None:
        """Have a request wait no longer, but one that has replaced it."""
        left = tuple(one for one in self.requests[upload_id] if one != request)
        if left:
            self.requests[upload_id] = left
        else:
            del self.requests[upload_id]

    def end(self) -> None:
        """Write uploads down at once again."""
        self.is_waiting = False
        self.size_bytes = 0
        self.received.clear()
        self.begun.clear()
