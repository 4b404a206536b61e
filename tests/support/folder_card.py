"""A memory card for tests of the emulator alone: real files in a folder, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
import itertools
from pathlib import Path
import shutil

from custom_components.bambu_virtual_printer.engine.storage import Incoming, StoredFile
from custom_components.bambu_virtual_printer.engine.values import ReceivedFile


@dataclass
class FolderCard:
    """Keeps uploads in a folder of their own each, like the library does."""

    folder: Path
    reserve_bytes: int = 0
    kept: dict[str, ReceivedFile] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    async def free_bytes(self) -> int:
        return max(0, shutil.disk_usage(self.folder).free - self.reserve_bytes)

    async def begin(self, name: str) -> Incoming:
        item_id = f"upload{next(self._ids)}"
        (self.folder / item_id).mkdir(parents=True)
        return Incoming(id=item_id, name=name, path=self.folder / item_id / "file.part")

    async def commit(
        self,
        incoming: Incoming,
        *,
        size_bytes: int,
        sha256: str,
        peer: str,
        encrypted: bool,
        sender: str = "",
    ) -> ReceivedFile:
        incoming.path.rename(incoming.path.with_suffix(""))
        file = ReceivedFile(
            id=incoming.id,
            name=incoming.name,
            size_bytes=size_bytes,
            sha256=sha256,
            peer=peer,
            received_at=datetime.now(UTC),
            encrypted=encrypted,
            sender=sender,
        )
        self.kept[incoming.id] = file
        return file

    async def abandon(self, incoming: Incoming) -> None:
        incoming.path.unlink(missing_ok=True)
        incoming.path.parent.rmdir()

    async def files(self) -> Sequence[StoredFile]:
        newest = {file.name: file for file in self.kept.values()}
        return [
            StoredFile(
                id=file.id,
                name=file.name,
                size_bytes=file.size_bytes,
                modified=file.received_at,
            )
            for file in reversed(newest.values())
        ]

    async def locate(self, name: str) -> Path | None:
        for file in await self.files():
            if file.name == name:
                return self.folder / file.id / "file"
        return None

    async def remove(self, name: str) -> bool:
        gone = [item_id for item_id, file in self.kept.items() if file.name == name]
        for item_id in gone:
            del self.kept[item_id]
        return bool(gone)

    async def rename(self, name: str, new_name: str) -> str | None:
        for item_id, file in self.kept.items():
            if file.name == name:
                await self.remove(new_name)
                self.kept[item_id] = replace(file, name=new_name)
                return item_id
        return None
