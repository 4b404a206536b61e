"""Sends a file to a virtual printer over Home Assistant's own address, with an upload key, as OrcaSlicer does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
import secrets

import aiohttp

from scripts.slicer import SlicerError, Step

BLOCK_BYTES = 256 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=120)


async def send_to_door(
    path: Path,
    url: str,
    key: str,
    *,
    prints: bool = False,
    plate: int | None = None,
    on_step: Callable[[Step], None] = lambda _: None,
    on_block: Callable[[int], None] = lambda _: None,
) -> None:
    """Test the connection, then send. Raises SlicerError, OSError."""
    base = url.rstrip("/")
    headers = {"X-Api-Key": key}
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session:
            async with session.get(f"{base}/api/version") as answer:
                if answer.status != 200:
                    raise SlicerError(f"HTTP {answer.status}: {await answer.text()}")
                on_step(Step(text="Connected", detail=(await answer.json())["text"]))
            boundary = f"------------------------{secrets.token_hex(8)}"
            body = _form(path, boundary, prints, plate, on_block)
            length = (await asyncio.to_thread(path.stat)).st_size + sum(
                len(part) for part in form_frame(path.name, boundary, prints, plate)
            )
            async with session.post(
                f"{base}/api/files/local",
                data=body,
                headers={
                    "Content-Type": f"multipart/form-data; boundary={boundary}",
                    "Content-Length": str(length),
                },
            ) as answer:
                if answer.status != 201:
                    raise SlicerError(f"HTTP {answer.status}: {await answer.text()}")
                on_step(Step(text="Sent", detail=path.name))
    except aiohttp.ClientError as err:
        raise SlicerError(str(err) or repr(err)) from err


def form_frame(
    name: str, boundary: str, prints: bool, plate: int | None
) -> tuple[bytes, bytes]:
    """Return what stands before and behind the file in a form."""
    fields = {"print": "true" if prints else "false", "path": ""}
    if plate is not None:
        fields["plateindex"] = str(plate)
    before = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    )
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    before += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{escaped}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return before.encode(), f"\r\n--{boundary}--\r\n".encode()


async def _form(
    path: Path,
    boundary: str,
    prints: bool,
    plate: int | None,
    on_block: Callable[[int], None],
) -> AsyncIterator[bytes]:
    before, behind = form_frame(path.name, boundary, prints, plate)
    yield before
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
            on_block(len(block))
    yield behind
