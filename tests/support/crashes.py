"""The death of the process at any step on the disk or in the index."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
import threading
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from custom_components.bambu_virtual_printer.engine.library.index.threads import Worker


class DiedError(BaseException):
    """The process is dead; nothing of it happens any more."""


class Death:
    """Lets a process live for a number of steps on the disk, and nothing happen after that."""

    def __init__(self, lifetime: int, *, after: bool) -> None:
        """`after` says whether the last step still happens."""
        self.steps = 0
        self.is_dead = False
        self._lifetime = lifetime
        self._after = after
        self._lock = threading.Lock()

    def step(self, happen: Callable[[], Any]) -> Any:
        with self._lock:
            if self.is_dead:
                raise DiedError
            self.steps += 1
            if self.steps < self._lifetime:
                return happen()
            self.is_dead = True
            if self._after:
                happen()
            raise DiedError


DISK_STEPS = ("rename", "replace", "mkdir", "fsync", "unlink", "rmdir")


@contextmanager
def dying(death: Death, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Count every change of the disk and of the index as a step, and end with the last one."""

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **kwargs: death.step(lambda: real(*args, **kwargs))

    def execute(*_: object) -> None:
        if death.is_dead:
            raise DiedError

    def commit(connection: Any) -> None:
        death.step(connection.connection.driver_connection.commit)

    async def run(
        self: Worker, work: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        if death.is_dead:
            raise DiedError
        return await real_run(self, work, *args, **kwargs)

    real_run = Worker.run
    event.listen(Engine, "before_cursor_execute", execute)
    event.listen(Engine, "commit", commit)
    with monkeypatch.context() as patch:
        for name in DISK_STEPS:
            patch.setattr(os, name, counted(getattr(os, name)))
        patch.setattr(Worker, "run", run)
        try:
            yield
        finally:
            event.remove(Engine, "commit", commit)
            event.remove(Engine, "before_cursor_execute", execute)
