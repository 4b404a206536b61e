"""Opens files that a person named: regular files only, so that opening never waits.

A FIFO blocks until its other end is opened, a device may do anything, and both have no size. Everything here blocks on
the disk only.
"""

import errno
import os
from pathlib import Path
import stat
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading. Raises OSError, also if it is not a regular file."""
    # Checked before opening, which has effects on some devices, and after, when it cannot be replaced any more.
    _check(path.stat())
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        _check(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except:
        os.close(descriptor)
        raise


def _check(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file")
