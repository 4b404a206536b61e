"""What the kill tests have in common: files of which no two are alike, and lists read to their end."""

import asyncio
from contextlib import suppress
import io
from pathlib import Path
from typing import Any
import zipfile

from scripts.demo import DemoPrinter
from scripts.home_assistant import Api
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from scripts.slicer import SlicerError, detect

LISTEN_TIMEOUT_S = 60.0
PAGE = 500


class Files:
    """Sliced files of which no two are alike, made from one by adding a few bytes."""

    def __init__(self, folder: Path) -> None:
        """Slice the one."""
        path = folder / "base.gcode.3mf"
        write_sliced_file(path, SlicedFileSpec(title="", plates=2))
        self._base = path.read_bytes()
        self._count = 0

    def next(self) -> tuple[str, bytes]:
        """Return a name and the bytes of a new file."""
        self._count += 1
        content = io.BytesIO(self._base)
        with zipfile.ZipFile(content, "a") as package:
            package.writestr("Metadata/number.txt", str(self._count))
        return f"Part {self._count}.gcode.3mf", content.getvalue()


async def serial_of(printer: DemoPrinter) -> str:
    """Return the serial number of a printer, once it listens. Raises TimeoutError."""
    async with asyncio.timeout(LISTEN_TIMEOUT_S):
        while True:
            with suppress(SlicerError):
                return (await detect(printer.ip)).serial
            await asyncio.sleep(0.1)


async def all_of(api: Api, action: str, key: str) -> list[dict[str, Any]]:
    """Return all pages of what an action lists. Raises ScriptError."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await api.action(action, limit=PAGE, **cursor)
        found += page[key]
        if page["cursor"] is None:
            return found
        cursor = {"cursor": page["cursor"]}
