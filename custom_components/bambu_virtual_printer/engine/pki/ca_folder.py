"""The folder with the CA's certificate and key: crash-safe writing of one file, and replacement of the pair."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
import shutil

from ..durable import make_folders, replace_file, sync_folder

# File names of the reference implementation, so that a copied folder keeps the slicers' trust.
CA_CERTIFICATE_FILE = "bbl_ca.crt"
CA_KEY_FILE = "bbl_ca.key"

# A complete new pair: the folder gets this name by a rename once both files are written.
_INCOMING = ".incoming"
_REPLACED = "replaced"


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file atomically and durably: a crash leaves the old or the new one. Blocks. Raises OSError."""
    replace_file(path, data, temporary=path.with_name(f".{path.name}.new"), mode=mode)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read. Blocks. Raises OSError."""
    write(path, data, 0o600)


def swap(folder: Path, certificate_pem: bytes, key_pem: bytes) -> Path:
    """Replace the CA's pair. Returns the folder that keeps the old one. Blocks. Raises OSError.

    After a crash the old pair is in place or, once `finish_swap` ran at the next start, the new one.
    """
    finish_swap(folder)
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
    backup = folder / _REPLACED / stamp
    make_folders(backup, 0o700)
    write(
        backup / CA_CERTIFICATE_FILE, (folder / CA_CERTIFICATE_FILE).read_bytes(), 0o600
    )
    write_private(backup / CA_KEY_FILE, (folder / CA_KEY_FILE).read_bytes())

    preparing = folder / f"{_INCOMING}.new"
    if preparing.exists():
        shutil.rmtree(preparing)
    preparing.mkdir(mode=0o700)
    write(preparing / CA_CERTIFICATE_FILE, certificate_pem)
    write_private(preparing / CA_KEY_FILE, key_pem)
    sync_folder(preparing)
    preparing.rename(folder / _INCOMING)
    sync_folder(folder)
    finish_swap(folder)
    return backup


def finish_swap(folder: Path) -> None:
    """Finish a swap that a crash interrupted, if there was one. Blocks. Raises OSError."""
    incoming = folder / _INCOMING
    if not incoming.is_dir():
        return
    for name in (CA_KEY_FILE, CA_CERTIFICATE_FILE):
        # Missing means that it was moved before the crash.
        with suppress(FileNotFoundError):
            (incoming / name).replace(folder / name)
    sync_folder(folder)
    shutil.rmtree(incoming)
