"""A computer that has no threads left."""

from collections.abc import Iterator
from contextlib import contextmanager
import threading
from unittest.mock import patch


@contextmanager
def no_threads() -> Iterator[None]:
    """Let no thread be started, as Linux does at the limit of a process."""

    def _refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with patch.object(threading.Thread, "start", _refuse):
        yield
