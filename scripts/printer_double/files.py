"""What a printer makes sure of before it prints a file: that the plate is in it, and is what was sliced."""

import hashlib
import io
import zipfile


def is_printable(content: bytes, param: str, md5: str) -> bool:
    """Return whether a printer prints this plate of a 3MF: one that is whole, by the MD5 of the command and that beside the G-code."""
    if md5 and md5 != _md5(content):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            gcode = package.read(param)
            written = package.read(f"{param}.md5").decode()
    except KeyError, ValueError, zipfile.BadZipFile:
        return False
    return written == _md5(gcode)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest().upper()


def small_file(gcode: bytes = b"; EXECUTABLE_BLOCK_END\n", plates: int = 1) -> bytes:
    """Return the least that a printer prints."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for plate in range(1, plates + 1):
            package.writestr(f"Metadata/plate_{plate}.gcode", gcode)
            package.writestr(f"Metadata/plate_{plate}.gcode.md5", _md5(gcode))
    return made.getvalue()


FOREIGN = small_file()
"""What somebody has printed from elsewhere."""
