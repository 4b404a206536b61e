"""Another name for a file on a printer's card, and with it for the upload or archive that it is."""

import asyncio

from sqlalchemy import Connection

from ..storage import StorageError
from .context import LibraryContext
from .index import archive_rows, card_rows, upload_rows
from .values.errors import still_read
from .values.events import ArchiveChanged, UploadChanged
from .values.names import display_name
from .values.records import Archive, Upload, UploadState

# A client may rename what it has just sent; until the file is read, its name is not final.
_READ_WITHIN_S = 20.0
_LOOK_AGAIN_S = 0.1
_BEING_READ = {UploadState.RECEIVED, UploadState.ARCHIVING}


class Renaming:
    """Renames files of one printer's card."""

    def __init__(
        self, context: LibraryContext, printer_id: str, person: str = ""
    ) -> None:
        """Use the tools of the library; with `person`, no file that somebody else sent is replaced."""
        self._context = context
        self._printer_id = printer_id
        self._person = person

    async def rename(self, upload_id: str, new_name: str) -> str | None:
        """Give an upload that is on the card another name.

        Returns its id, None when it is not there any more.
        Raises StorageError, also when it takes too long to read the upload.
        """
        await self._has_been_read(upload_id, new_name)
        context = self._context
        async with context.locks(upload_id):
            renamed = await context.index.run(self._write_down, upload_id, new_name)
            if renamed is None:
                return None
            upload, archive = renamed
            await context.write_sidecar(upload, archive)
        if archive is not None:
            context.emit(ArchiveChanged(archive=archive))
        elif upload.state is UploadState.PENDING:
            context.emit(UploadChanged(upload=upload))
        return upload_id

    async def _has_been_read(self, upload_id: str, name: str) -> None:
        try:
            async with asyncio.timeout(_READ_WITHIN_S):
                while await self._is_being_read(upload_id):
                    await asyncio.sleep(_LOOK_AGAIN_S)
        except TimeoutError:
            raise StorageError(still_read(name)) from None

    async def _is_being_read(self, upload_id: str) -> bool:
        upload = await self._context.index.read(upload_rows.get, upload_id)
        return upload is not None and upload.state in _BEING_READ

    def _write_down(
        self, connection: Connection, upload_id: str, new_name: str
    ) -> tuple[Upload, Archive | None] | None:
        if not card_rows.rename(
            connection, self._printer_id, upload_id, new_name, self._person
        ):
            return None
        upload = upload_rows.existing(connection, upload_id)
        source = self._context.settings.name_source
        detail = archive_rows.details(connection, upload_id)
        if detail is None:
            name = upload.annotations.name or display_name(
                new_name, upload.facts, source
            )
            upload_rows.call(connection, upload_id, name)
            return upload_rows.existing(connection, upload_id), None
        name = display_name(new_name, detail.facts, source)
        archive = archive_rows.rename_file(connection, detail.archive, new_name, name)
        return upload, archive
