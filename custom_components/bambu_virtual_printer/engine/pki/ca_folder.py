"""The folder with the CA's certificate and key: writing one file, and changing both at once, safely across crashes."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
import shutil

from ..durable import make_folders, replace_file, sync_folder

# File names of the reference implementation, so that a copied folder keeps the slicers' trust.
CA_CERTIFICATE_FILE = "bbl_ca.crt"
CA_KEY_FILE = "bbl_ca.key"

# A complete pair on its way in, under a name that only a rename can give it.
_INCOMING = ".incoming"
_REPLACED = "replaced"


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that a crash leaves the old one or the new one; on return it is the new one. Blocks. Raises OSError."""
    replace_file(path, data, temporary=path.with_name(f".{path.name}.new"), mode=mode)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read."""
    write(path, data, 0o600)


def swap(folder: Path, certificate_pem: bytes, key_pem: bytes) -> Path:
    """Put another CA into the folder; returns where the old one is kept. Blocks. Raises OSError.

    A crash leaves the old pair or, with `finish_swap` at the next start, the new one.
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
    """Finish a swap that a crash cut short; does nothing otherwise. Blocks. Raises OSError."""
    incoming = folder / _INCOMING
    if not incoming.is_dir():
        return
    for name in (CA_KEY_FILE, CA_CERTIFICATE_FILE):
        # Missing means that it was moved before the crash.
        with suppress(FileNotFoundError):
            (incoming / name).replace(folder / name)
    sync_folder(folder)
    shutil.rmtree(incoming)
