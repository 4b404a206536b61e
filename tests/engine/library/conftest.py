"""Sliced files, a library in a folder of its own, and a slicer's way of sending to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
import itertools
import os
from pathlib import Path
import tempfile

import pytest

from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    BucketBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    StoreBackend,
)
from scripts.servers import object_store

from .sharing import House


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Return a function that gives the URL of an empty database, of either kind."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        numbers = itertools.count()
        return lambda: f"sqlite:///{folder}/{next(numbers)}.db"
    make: Callable[[], str] = request.getfixturevalue("postgresql")
    return make


@pytest.fixture(scope="session")
def object_stores() -> Iterator[Callable[[], object_store.ObjectStore]]:
    """Return a function that starts an object store, or gives the one that runs."""
    if reason := object_store.reason_to_skip():
        pytest.skip(reason)
    # Its sockets have short names.
    with (
        tempfile.TemporaryDirectory(prefix="object-store-") as folder,
        ExitStack() as running,
    ):
        started: list[object_store.ObjectStore] = []

        def get() -> object_store.ObjectStore:
            if not started:
                # Test runs beside one another do not take each other's ports.
                low, high = os.getpid() & 0xFF, os.getpid() >> 8 & 0xFF
                address = f"127.2.{high}.{low or 1}"
                server = object_store.server(Path(folder), address=address)
                started.append(running.enter_context(server))
            return started[0]

        yield get


@pytest.fixture
def s3(
    loopback: None, object_stores: Callable[[], object_store.ObjectStore]
) -> object_store.ObjectStore:
    """Return an object store, which a test may kill and start again."""
    return object_stores()


_houses = itertools.count()


@pytest.fixture(params=["folder", "bucket"])
def house(
    request: pytest.FixtureRequest,
    loopback: None,
    tmp_path: Path,
    postgresql: Callable[[], str],
) -> House:
    """Return a library in PostgreSQL that instances can share, with its files in either kind of store."""
    new_backend: Callable[[], StoreBackend]
    if request.param == "folder":
        root = tmp_path / "store"
        root.mkdir()
        new_backend = partial(FolderBackend, root)
    else:
        s3: object_store.ObjectStore = request.getfixturevalue("s3")
        new_backend = partial(
            BucketBackend, s3.settings(prefix=f"house-{next(_houses)}")
        )
    return House(
        folder=tmp_path / "instances",
        database_url=postgresql(),
        new_backend=new_backend,
    )
