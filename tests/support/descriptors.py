"""What this process has open."""

from pathlib import Path


def open_descriptors() -> set[str]:
    """Return the targets of all file descriptors: a path, or a name such as `socket:[1234]` (proc(5))."""
    found: set[str] = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.add(str(entry.readlink()))
        except FileNotFoundError:
            # The one that lists them.
            continue
    return found


def open_sockets() -> set[str]:
    """Return the names of all open sockets."""
    return {target for target in open_descriptors() if target.startswith("socket:")}
