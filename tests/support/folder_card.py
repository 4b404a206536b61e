"""A memory card in a folder: the storage as the FTPS server sees it, with real files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
import itertools
from pathlib import Path
import shutil
import zipfile

from custom_components.bambu_virtual_printer.engine.storage import (
    Incoming,
    StorageError,
    StoredFile,
)
from custom_components.bambu_virtual_printer.engine.values import (
    UNNAMED,
    ReceivedFile,
    Sender,
)


@dataclass
class FolderCard:
    """Keeps every upload below `root`; `incoming` and `kept` are what a test looks at."""

    root: Path
    reserve_bytes: int = 0
    folder_is_missing: bool = False
    begin_error: StorageError | None = None
    commit_error: StorageError | None = None
    incoming: dict[str, Incoming] = field(default_factory=dict)
    kept: dict[str, tuple[ReceivedFile, Path]] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    async def free_bytes(self) -> int:
        if self.begin_error:
            raise self.begin_error
        return max(0, shutil.disk_usage(self.root).free - self.reserve_bytes)

    async def begin(self, name: str) -> Incoming:
        if self.begin_error:
            raise self.begin_error
        upload_id = f"upload-{next(self._ids)}"
        folder = self.root / "inbox" / upload_id
        if not self.folder_is_missing:
            folder.mkdir(parents=True)
        incoming = Incoming(id=upload_id, name=name, path=folder / "file")
        self.incoming[upload_id] = incoming
        return incoming

    async def commit(
        self,
        incoming: Incoming,
        *,
        size_bytes: int,
        sha256: str,
        peer: str,
        encrypted: bool,
        sender: Sender = UNNAMED,
    ) -> ReceivedFile:
        if self.commit_error:
            await self.abandon(incoming)
            raise self.commit_error
        file = ReceivedFile(
            id=incoming.id,
            name=incoming.name,
            size_bytes=size_bytes,
            sha256=sha256,
            peer=peer,
            received_at=datetime.now(UTC),
            encrypted=encrypted,
            sender=sender.name,
            person=sender.person,
        )
        path = self.root / "kept" / incoming.id
        path.parent.mkdir(exist_ok=True)
        incoming.path.rename(path)
        await self.abandon(incoming)
        self.kept[incoming.id] = file, path
        return file

    async def abandon(self, incoming: Incoming) -> None:
        del self.incoming[incoming.id]
        shutil.rmtree(incoming.path.parent, ignore_errors=self.folder_is_missing)

    async def files(self, client: Sender = UNNAMED) -> Sequence[StoredFile]:
        newest = {file.name: file for file, _path in self.kept.values()}
        for file, _path in self.kept.values():
            if client.person and file.person == client.person:
                newest[file.name] = file
        return [
            StoredFile(
                id=file.id,
                name=file.name,
                size_bytes=file.size_bytes,
                modified=file.received_at,
                person=file.person,
            )
            for file in reversed(newest.values())
        ]

    async def locate(self, name: str, client: Sender = UNNAMED) -> Path | None:
        found = self._keys(name, client)
        return self.kept[found[-1]][1] if found else None

    async def content(self, upload_id: str) -> Path | None:
        found = self.kept.get(upload_id)
        return found[1] if found else None

    async def picture(self, name: str, client: Sender = UNNAMED) -> bytes | None:
        return self.pictures.get(name) if self._keys(name, client) else None

    async def members(
        self, name: str, parts: Sequence[str], client: Sender = UNNAMED
    ) -> Mapping[str, bytes]:
        path = await self.locate(name, client)
        if path is None:
            return {}
        with zipfile.ZipFile(path) as archive:
            return {
                part: archive.read(part) for part in parts if part in archive.namelist()
            }

    async def remove(self, name: str, client: Sender = UNNAMED) -> bool:
        gone = self._keys(name, client)
        for key in gone:
            del self.kept[key]
        return bool(gone)

    async def rename(
        self, name: str, new_name: str, client: Sender = UNNAMED
    ) -> str | None:
        found = next(iter(self._keys(name, client)), None)
        if found is not None:
            await self.remove(new_name, client)
            file, path = self.kept[found]
            self.kept[found] = replace(file, name=new_name), path
        return found

    def _keys(self, name: str, client: Sender) -> list[str]:
        """Return what has a name and the client may have, oldest first."""
        return [
            key
            for key, (file, _path) in self.kept.items()
            if file.name == name and client.may_have(file.person)
        ]

    def leftovers(self) -> list[Path]:
        """Everything on the disk that belongs to no kept file."""
        inbox = self.root / "inbox"
        return [*inbox.iterdir()] if inbox.exists() else []
