"""What slicers asked for while the index of a shared library was away, on this instance's own disk, until it is noted there.

    asked.json

Everything here blocks and raises StorageError.
"""

from collections.abc import Mapping, Sequence
import json
import logging
from pathlib import Path

from ...durable import replace_file, sync_folder
from ...values import PrintRequest
from ..values.errors import unreadable
from ..values.json_codec import from_json, to_json
from .disk import NOT_KEPT, explained
from .layout import PART_SUFFIX

_LOGGER = logging.getLogger(__name__)

ASKED_FILE = "asked.json"

type Requests = Mapping[str, Sequence[PrintRequest]]
"""Print requests by the ids of the uploads that they are for, the first that was asked about first."""


class Asked:
    """The file. There is none while nothing waits."""

    def __init__(self, root: Path) -> None:
        """Remember the place, the library's local folder; nothing is touched."""
        self._path = root / ASKED_FILE

    def read(self) -> Requests:
        """Return what waits."""
        with explained(unreadable(ASKED_FILE)):
            try:
                content = self._path.read_bytes()
            except FileNotFoundError:
                return {}
        try:
            return {
                upload_id: [from_json(PrintRequest, request) for request in requests]
                for upload_id, requests in json.loads(content).items()
            }
        except (ValueError, LookupError, TypeError, AttributeError) as err:
            _LOGGER.error("%s is damaged: %s", self._path, err)
            return {}

    def write(self, requests: Requests) -> None:
        """Keep what waits; on return it survives a power cut."""
        with explained(NOT_KEPT):
            if requests:
                stored = {
                    upload_id: [to_json(request) for request in some]
                    for upload_id, some in requests.items()
                }
                replace_file(
                    self._path,
                    json.dumps(stored).encode(),
                    temporary=self._path.with_name(self._path.name + PART_SUFFIX),
                )
            elif self._path.exists():
                self._path.unlink()
                sync_folder(self._path.parent)
