"""What becomes of an upload: read, then archived or held, by the mode of the printer it came in by.

Every step can be repeated after a crash in the middle of it and comes to the same end; the folder and the state in the
index tell how far the last attempt came.
"""

import asyncio
from datetime import UTC, datetime
import logging

from ..model import Mode, PrintRequest, StorageError
from . import archive_rows, upload_rows
from .errors import LibraryError
from .events import ArchiveAdded, ArchiveChanged, UploadChanged, UploadHeld
from .names import display_name
from .package import ThreeMFError
from .records import Annotations, Upload, UploadState
from .sliced_file import SlicedFile
from .workshop import Workshop

_LOGGER = logging.getLogger(__name__)


class Intake:
    """Takes uploads in, one at a time: the other file thread stays free for those that are just being received."""

    def __init__(self, workshop: Workshop) -> None:
        """Start with nothing to do."""
        self._workshop = workshop
        self._turn = asyncio.Lock()
        self._closing = False

    def close(self) -> None:
        """Begin nothing new; what waits for its turn is done after the next start."""
        self._closing = True

    async def handle(self, upload_id: str, request: PrintRequest | None = None) -> None:
        """Decide about an upload; nothing happens when that was done before. Never raises, but tells in the log."""
        try:
            if request is not None:
                await self.note_request(upload_id, request)
            async with self._turn, self._workshop.locks(upload_id):
                if not self._closing:
                    await self._decide(upload_id)
        except LibraryError as err:
            # The index does not answer, so nothing can be written down; the next start goes on from here.
            _LOGGER.error("Upload %s could not be handled: %s", upload_id, err)

    async def note_request(self, upload_id: str, request: PrintRequest) -> None:
        """Write down what the slicer asked for, whatever became of the upload. Raises LibraryError."""
        workshop = self._workshop
        async with workshop.locks(upload_id):
            await workshop.index.run(upload_rows.set_request, upload_id, request)
            upload = await workshop.index.run(upload_rows.get, upload_id)
            if upload is None:
                return
            archive = await workshop.index.run(archive_rows.get, upload_id)
            await workshop.write_sidecar(
                upload, archive.annotations if archive else Annotations()
            )
            if archive is not None:
                workshop.emit(ArchiveChanged(archive=archive))
            elif upload.state is UploadState.PENDING:
                workshop.emit(UploadChanged(upload=upload))

    async def _decide(self, upload_id: str) -> None:
        upload = await self._workshop.index.run(upload_rows.get, upload_id)
        if upload is None or upload.state not in {
            UploadState.RECEIVED,
            UploadState.PENDING,
        }:
            return
        facts: SlicedFile | None = None
        reason = ""
        try:
            facts = await self._workshop.read(upload)
            if upload.printer.mode is Mode.IMMEDIATE:
                await self._archive(upload, facts)
                return
        except (ThreeMFError, StorageError) as err:
            reason = str(err)
        except Exception as err:
            _LOGGER.exception("Upload %s could not be archived", upload_id)
            reason = f"Unexpected error: {err!r}"
        await self._hold(upload, facts, reason)

    async def _archive(self, upload: Upload, facts: SlicedFile) -> None:
        """Move the file to the archive, then write it down. Raises StorageError, after which it is where it was."""
        workshop = self._workshop
        await workshop.files.run(workshop.folder.archive, upload.id, upload.file.sha256)
        try:
            archive = await workshop.index.run(
                archive_rows.add,
                upload,
                name=self._name(upload, facts),
                facts=facts,
                annotations=Annotations(),
                archived_at=datetime.now(UTC),
            )
        except Exception:
            await workshop.files.run(
                workshop.folder.unarchive, upload.id, upload.file.sha256
            )
            raise
        workshop.emit(ArchiveAdded(archive=archive))

    async def _hold(
        self, upload: Upload, facts: SlicedFile | None, reason: str
    ) -> None:
        """Leave the file where it is, for a person to decide. Raises LibraryError."""
        held = await self._workshop.index.run(
            upload_rows.hold,
            upload.id,
            name=self._name(upload, facts),
            facts=facts,
            reason=reason,
        )
        self._workshop.emit(UploadHeld(upload=held))

    def _name(self, upload: Upload, facts: SlicedFile | None) -> str:
        return display_name(
            upload.file.name, facts, self._workshop.settings.name_source
        )
