"""Both kinds of places, empty each time."""

from collections.abc import Callable
import itertools
from pathlib import Path
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    BucketBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from scripts.servers.object_store import ObjectStore

_numbers = itertools.count()


@pytest.fixture
def bucket(s3: ObjectStore) -> Callable[..., BucketBackend]:
    """Return a function that makes a client of a part of a bucket that is this test's alone."""
    prefix = f"test-{next(_numbers)}"

    def make(**changes: Any) -> BucketBackend:
        return BucketBackend(s3.settings(**{"prefix": prefix} | changes))

    return make


@pytest.fixture(params=["folder", "bucket"])
def backend(
    request: pytest.FixtureRequest, tmp_path: Path
) -> FolderBackend | BucketBackend:
    """Return an empty place of either kind."""
    if request.param == "folder":
        root = tmp_path / "store"
        root.mkdir()
        return FolderBackend(root)
    made: BucketBackend = request.getfixturevalue("bucket")()
    return made
