"""What can be done with the CA, for flows and actions alike: read one, export ours."""

from collections.abc import Sequence
from pathlib import Path

from ..engine.pki.transfer import (
    MAX_FILE_BYTES,
    CaCandidate,
    export_pkcs12,
    read_ca,
    read_folder,
)
from ..engine.regular_files import open_regular
from ..hub import Hub
from .certificates import async_offer_export


async def async_export(hub: Hub, password: str) -> str:
    """Export certificate and key under a password. Returns a signed path that is good for ten minutes.

    Raises CaTransferError.
    """
    content = await hub.hass.async_add_executor_job(
        export_pkcs12, hub.certificates.authority, password
    )
    return async_offer_export(hub.hass, content)


def read_candidate(paths: Sequence[Path], password: str | None) -> CaCandidate:
    """Read a CA from files that belong together, or from one `certs` folder. Blocks.

    Raises CaTransferError, OSError.
    """
    if len(paths) == 1 and paths[0].is_dir():
        return read_folder(paths[0], password)
    contents = []
    for path in paths:
        with open_regular(path) as file:
            # One byte more than allowed is enough to be refused.
            contents.append(file.read(MAX_FILE_BYTES + 1))
    return read_ca(contents, password)
