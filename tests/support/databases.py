"""A PostgreSQL server for the databases of many tests."""

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import tempfile

import pytest

from scripts.servers.postgresql import Server, reason_to_skip, running


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Server]:
    """Return a PostgreSQL server for databases of many tests; it asks for passwords at its address."""
    if reason := reason_to_skip():
        pytest.skip(reason)
    # Sockets have short names, and the server's user must be able to reach it.
    with tempfile.TemporaryDirectory(prefix="library-test-") as folder:
        Path(folder).chmod(0o755)
        low, high = os.getpid() & 0xFF, os.getpid() >> 8 & 0xFF
        with running(Path(folder), address=f"127.1.{high}.{low or 1}") as server:
            yield server


@pytest.fixture(scope="session")
def postgresql(shared_server: Server) -> Callable[[], str]:
    """Return a function that makes an empty PostgreSQL database and gives its URL."""
    return shared_server.new_database


@pytest.fixture
def postgresql_server(
    new_address: Callable[[], str],
) -> Iterator[Server]:
    """Return a PostgreSQL server that the test may stop and start."""
    if reason := reason_to_skip():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="library-test-") as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder), address=new_address()) as server:
            yield server
