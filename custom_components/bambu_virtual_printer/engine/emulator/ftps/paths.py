"""The folders of a printer's memory card.

The card is flat: every folder shows the same files, so it does not matter into which one a client uploads.
"""

ROOT = "/"
# Where slicers and the usual Python clients look on a real printer (measured).
FOLDERS = frozenset((ROOT, "/cache", "/image", "/sdcard", "/timelapse", "/usb"))


def resolve(folder: str, path: str) -> str:
    """Return `path` relative to `folder`, normalised: without empty parts, `.` and `..`, never outside of the root."""
    parts: list[str] = []
    whole = path if path.startswith("/") else f"{folder}/{path}"
    for part in whole.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return ROOT + "/".join(parts)


def parent(folder: str, path: str) -> str:
    """Return the folder of the last part of `path`, which is relative to `folder`."""
    return resolve(folder, path.rpartition("/")[0] + "/" if "/" in path else ".")
