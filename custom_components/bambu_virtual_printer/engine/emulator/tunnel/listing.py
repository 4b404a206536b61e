"""What the file tunnel shows of the memory card: lists, and pictures of files."""

from collections.abc import Iterable, Mapping, Sequence
import io
from typing import Any
import zipfile

from ...protocol import file_tunnel
from ...protocol.file_tunnel import Call, Result
from ...reception.names import NameRefusedError, file_name
from ...storage import StoredFile

MODEL = "model"
_TYPES_WITHOUT_FILES = frozenset({"timelapse", "video"})
STORAGES = ("emmc", "udisk")
"""Both are the one memory card."""
THUMBNAIL = "thumbnail"
MAX_PATHS = 64
MAX_PICTURE_BYTES = 512 * 1024
"""What fits into one frame."""
_PNG = "image/png"
_ZIP = "application/zip"


def abilities(call: Call) -> bytes:
    """Return what can be stored where."""
    if not call.fields:
        return file_tunnel.reply(call, Result.BAD_JSON)
    return file_tunnel.reply(call, Result.OK, {"storage": list(STORAGES)})


def listed(call: Call, files: Iterable[StoredFile]) -> bytes:
    """Return the list of files that a client asks for."""
    kind = call.fields.get("type")
    if kind not in _TYPES_WITHOUT_FILES | {MODEL}:
        return file_tunnel.reply(call, Result.BAD_TYPE)
    entries = [_entry(file) for file in files] if kind == MODEL else []
    return file_tunnel.reply(
        call,
        Result.OK,
        {
            "type": kind,
            "storage": call.fields.get("storage") or STORAGES[0],
            "file_lists": entries,
        },
    )


def names_in(fields: Mapping[str, Any], *keys: str) -> list[str]:
    """Return the paths that a call names, under the first of these keys that it has; none if there are too many."""
    for key in keys:
        match fields.get(key):
            case str() as path:
                return [path]
            case list() as paths if 0 < len(paths) <= MAX_PATHS:
                return [path for path in paths if isinstance(path, str)]
    return []


def name_of(path: str) -> str | None:
    """Return the name of the file that a path means, None if it can mean none."""
    try:
        return file_name(path)
    except NameRefusedError:
        return None


def split_part(path: str) -> tuple[str, str]:
    """Return the file and the part of it that a path like `Cube.gcode.3mf#thumbnail` means; without a part, its picture."""
    path, _, part = path.partition("#")
    return path, part or THUMBNAIL


def picture(call: Call, path: str, data: bytes | None, *, is_last: bool) -> bytes:
    """Return the reply with one picture, or that there is none."""
    result = Result.OK if is_last else Result.GO_ON
    if data is None or len(data) > MAX_PICTURE_BYTES:
        return file_tunnel.reply(
            call, Result.NO_FILE if is_last else result, {"path": path, "size": 0}
        )
    return file_tunnel.reply(
        call,
        result,
        {
            "path": path,
            "thumbnail": path,
            "mimetype": _PNG,
            "size": len(data),
            "continue": not is_last,
        },
        data,
    )


def parts(call: Call, path: str, members: Mapping[str, bytes]) -> bytes:
    """Return the reply with members of a file, in an archive."""
    if not members:
        return file_tunnel.reply(call, Result.NO_FILE)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    data = buffer.getvalue()
    fields = {"path": path, "mimetype": _ZIP, "size": len(data), "continue": False}
    return file_tunnel.reply(call, Result.OK, fields, data)


def grouped(paths: Sequence[str]) -> dict[str, list[str]]:
    """Return which parts of which files are asked for."""
    wanted: dict[str, list[str]] = {}
    for path in paths:
        file, part = split_part(path)
        wanted.setdefault(file, []).append(part)
    return wanted


def _entry(file: StoredFile) -> Mapping[str, Any]:
    return {
        "name": file.name,
        "path": file.name,
        "time": int(file.modified.timestamp()),
        "size": file.size_bytes,
    }
