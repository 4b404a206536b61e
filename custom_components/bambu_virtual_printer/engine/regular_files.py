"""Opens files that a person named: nothing but regular files, and never so that opening waits.

A FIFO waits for its other end when it is opened, a device may do anything, and both have no size. Everything here blocks
as long as the disk does.
"""

import errno
import os
from pathlib import Path
import stat
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read it. Raises OSError, also when it is no regular file."""
    # Looked at before it is opened, which would do something to some devices, and after, when it is no other any more.
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
