"""Room on a disk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The disk the library is on."""

    free_bytes: int
    disk_bytes: int
