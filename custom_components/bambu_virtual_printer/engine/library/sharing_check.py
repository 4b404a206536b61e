"""Looks whether the database and the store of a shared library can be used this moment, and how many files wait for them."""

import asyncio
from contextlib import suppress

from sqlalchemy import Connection, text

from ..explanations import Explanation
from ..storage import StorageError
from .context import LibraryContext
from .stored_files import StoredFiles
from .values.errors import LibraryError
from .values.shared import SharingCheck
from .values.store_faults import StoreFault, store_error

ANSWER_WITHIN_S = 10.0


async def check_sharing(context: LibraryContext, stored: StoredFiles) -> SharingCheck:
    """Ask both, and count. Does not raise."""
    version, why_no_database = "", None
    try:
        version = await context.index.read(_server_version)
    except LibraryError as err:
        why_no_database = err.explanation
    waiting = 0
    # While the library's folder is away, that is told otherwise.
    with suppress(StorageError):
        waiting = len(await context.archive_worker.run(stored.local_ids))
    return SharingCheck(
        server_version=version,
        why_no_database=why_no_database,
        place=stored.backend.place,
        why_no_store=await _why_no_store(stored),
        waiting=waiting,
    )


async def _why_no_store(stored: StoredFiles) -> Explanation | None:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await stored.fetches.run(stored.backend.check)
    except TimeoutError:
        return store_error(StoreFault.UNREACHABLE, stored.backend.place).explanation
    except StorageError as err:
        return err.explanation
    return None


def _server_version(connection: Connection) -> str:
    version: str = connection.execute(text("SHOW server_version")).scalar_one()
    return version.partition(" ")[0]
