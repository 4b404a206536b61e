"""What files are called in a store, whether their upload is pending or archived; that is the index's business.

library.json                            whose files these are
<yyyy>/<mm>/<id>/<file name>            year and month are those of the id
<yyyy>/<mm>/<id>/upload.json            written last: an item without it is not whole
<yyyy>/<mm>/<id>/photos/<photo id>.jpg

Beside them may be what is not the library's, such as the recycle bin of a network share.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
import re

from ulid_transform import ulid_to_timestamp

from ..layout import PHOTOS, is_item_id
from ..sidecar import SIDECAR_FILE

MARKER = "library.json"
PROBES = ".probes/"
"""Where a check writes."""
_ABOVE_ITEMS = re.compile(r"[0-9]{4}/([0-9]{2}/)?")


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


def item_of(key: str) -> str | None:
    """Return the id of the upload or archive whose file a key is, None where it is none of any."""
    parts = key.split("/", 3)
    if len(parts) < 4 or not is_item_id(parts[2]):
        return None
    return parts[2] if key.startswith(item_prefix(parts[2])) else None


def leads_to_items(folder: str) -> bool:
    """Return whether a folder is one of an item, or of a year or month of them; its key ends with a slash."""
    return _ABOVE_ITEMS.fullmatch(folder) is not None or item_of(folder) is not None


def by_item(found: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Put the keys of each item together; they come in their order, and those that are none of an item are left out."""
    item_id, its = "", list[str]()
    for key in found:
        other = item_of(key)
        if other is None:
            continue
        if other != item_id:
            if its:
                yield item_id, its
            item_id, its = other, []
        its.append(key)
    if its:
        yield item_id, its


def photos_of(item_id: str, found: Iterable[str]) -> dict[str, str]:
    """Return the keys of an item's photos among these, by the photos' names; beside them a share may have pictures of its own."""
    prefix = photos_prefix(item_id)
    names = {key.removeprefix(prefix): key for key in found if key.startswith(prefix)}
    return {
        name: key for name, key in names.items() if is_item_id(name.rpartition(".")[0])
    }
