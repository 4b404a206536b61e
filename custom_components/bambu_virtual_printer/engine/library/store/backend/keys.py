"""What files are called in a store, whether their upload is pending or archived; that is the index's business.

library.json                            whose files these are
<yyyy>/<mm>/<id>/<file name>            year and month are those of the id
<yyyy>/<mm>/<id>/upload.json            written last: an item without it is not whole
<yyyy>/<mm>/<id>/photos/<photo id>.jpg
"""

from datetime import UTC, datetime

from ulid_transform import ulid_to_timestamp

from ..layout import PHOTOS
from ..sidecar import SIDECAR_FILE

MARKER = "library.json"
PROBES = ".probes/"
"""Where a check writes."""


def item_prefix(item_id: str) -> str:
    """Return what the keys of all files of an upload or archive begin with."""
    made = datetime.fromtimestamp(ulid_to_timestamp(item_id) / 1000, UTC)
    return f"{made.year:04}/{made.month:02}/{item_id}/"


def file_key(item_id: str, file_name: str) -> str:
    """Return the key of the sliced file."""
    return item_prefix(item_id) + file_name


def sidecar_key(item_id: str) -> str:
    """Return the key of the sidecar."""
    return item_prefix(item_id) + SIDECAR_FILE


def photos_prefix(item_id: str) -> str:
    """Return what the keys of an archive's photos begin with."""
    return f"{item_prefix(item_id)}{PHOTOS}/"


def photo_key(item_id: str, name: str) -> str:
    """Return the key of a photo; `name` is its id with the suffix of its kind."""
    return photos_prefix(item_id) + name


def picture_key(item_id: str, name: str) -> str:
    """Return the key of a plate's picture, which spares fetching the file for a list."""
    return item_prefix(item_id) + name
