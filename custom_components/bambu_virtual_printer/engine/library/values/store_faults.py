"""What can be wrong with a place for files that several Home Assistants share."""

from dataclasses import replace
from enum import StrEnum

from ...explanations import Explanation, explain
from .errors import LibraryError


class StoreFault(StrEnum):
    """What is wrong with a store."""

    ADDRESS = "address"
    """What was given is no address."""
    UNREACHABLE = "unreachable"
    """Nothing answers there."""
    TLS = "tls"
    """Its certificate is not trusted, or it speaks no TLS."""
    KEYS = "keys"
    """The access key or the secret key is wrong."""
    REGION = "region"
    CLOCK = "clock"
    """Its clock or ours is wrong, so that no signature is accepted."""
    NO_BUCKET = "no_bucket"
    NO_FOLDER = "no_folder"
    OTHER_LIBRARY = "other_library"
    NOT_LISTED = "not_listed"
    NOT_WRITTEN = "not_written"
    NOT_READ = "not_read"
    NOT_REMOVED = "not_removed"
    FULL = "full"
    DIFFERS = "differs"
    """What is stored is not what was sent."""
    MISSING = "missing"
    """A file is not there."""
    NO_DRIVER = "no_driver"
    """The library that speaks with it is not installed."""
    FAILED = "failed"
    """It answered with another error."""


class StoreError(LibraryError):
    """The store failed; `fault` says how. The explanation has no keys in it."""

    def __init__(self, fault: StoreFault, explanation: Explanation) -> None:
        """Keep what is wrong."""
        super().__init__(explanation)
        self.fault = fault


def store_error(fault: StoreFault, place: str, what: str = "") -> StoreError:
    """Return an error; `what` is the file, the folder or the store's own word that it is about."""
    text = _TEXTS[fault]
    return StoreError(fault, replace(text, values={"place": place, "what": what}))


_TEXTS: dict[StoreFault, Explanation] = {
    StoreFault.ADDRESS: explain(
        "store_address",
        "The address of the object store begins with http or https, then come a host name and, if need be, a port up to 65535. It has no user and no password in it.",
    ),
    StoreFault.UNREACHABLE: explain("store_unreachable", "{place} does not answer."),
    StoreFault.TLS: explain(
        "store_tls",
        "No safe connection to {place} is possible: its certificate is not trusted, or it does not speak TLS.",
    ),
    StoreFault.KEYS: explain(
        "store_keys",
        "{place} does not accept the access key or the secret key.",
    ),
    StoreFault.REGION: explain("store_region", "{place} is in another region."),
    StoreFault.CLOCK: explain(
        "store_clock",
        "{place} has another time than this computer, and therefore accepts no keys.",
    ),
    StoreFault.NO_BUCKET: explain(
        "store_no_bucket", "There is no bucket {what} at {place}."
    ),
    StoreFault.NO_FOLDER: explain(
        "store_no_folder",
        "The folder {place} is not there. Its disk or network share may be missing.",
    ),
    StoreFault.OTHER_LIBRARY: explain(
        "store_other_library",
        "{place} has the files of another library.",
    ),
    StoreFault.NOT_LISTED: explain(
        "store_not_listed", "{place} does not list its files."
    ),
    StoreFault.NOT_WRITTEN: explain(
        "store_not_written",
        "{place} does not allow writing files.",
    ),
    StoreFault.NOT_READ: explain(
        "store_not_read", "{place} does not allow reading files."
    ),
    StoreFault.NOT_REMOVED: explain(
        "store_not_removed",
        "{place} does not allow deleting files.",
    ),
    StoreFault.FULL: explain("store_full", "There is no room left in {place}."),
    StoreFault.DIFFERS: explain("store_differs", "{what} in {place} is damaged."),
    StoreFault.MISSING: explain("store_missing", "{what} is not in {place}."),
    StoreFault.NO_DRIVER: explain(
        "store_no_driver",
        "The software for object stores is not installed.",
    ),
    StoreFault.FAILED: explain(
        "store_failed",
        "{place} answered with an error: {what}.",
    ),
}
