"""What can be done with the CA, for flows and actions alike: read one, export ours."""

from collections.abc import Sequence
from pathlib import Path

from ..engine.pki.authority import KEY_BITS
from ..engine.pki.transfer import (
    MAX_FILE_BYTES,
    MIN_PASSWORD_LENGTH,
    CaCandidate,
    CaProblem,
    CaTransferError,
    export_pkcs12,
    read_ca,
    read_folder,
)
from ..engine.regular_files import open_regular
from ..hub import Hub
from ..language.texts import Texts
from .certificates import async_offer_export

_REASONS = {
    CaProblem.TOO_BIG: "ca_too_big",
    CaProblem.UNREADABLE: "ca_unreadable",
    CaProblem.PASSWORD_NEEDED: "ca_password_needed",
    CaProblem.PASSWORD_WRONG: "ca_password_wrong",
    CaProblem.PASSWORD_TOO_SHORT: "ca_password_too_short",
    CaProblem.NO_CERTIFICATE: "ca_no_certificate",
    CaProblem.NO_KEY: "ca_no_key",
    CaProblem.KEY_DOES_NOT_FIT: "ca_key_does_not_fit",
    CaProblem.NOT_RSA: "ca_not_rsa",
    CaProblem.KEY_TOO_SHORT: "ca_key_too_short",
    CaProblem.NOT_A_CA: "ca_not_a_ca",
    CaProblem.NOT_SELF_SIGNED: "ca_not_self_signed",
    CaProblem.NOT_YET_VALID: "ca_not_yet_valid",
    CaProblem.EXPIRED: "ca_has_expired",
    CaProblem.RESERVED_NAME: "ca_reserved_name",
}


def reason_of(texts: Texts, error: Exception) -> str:
    """Say why a CA cannot be used; the system's own word where that is all there is."""
    if isinstance(error, CaTransferError):
        return texts(
            _REASONS[error.problem],
            password_length=MIN_PASSWORD_LENGTH,
            key_bits=KEY_BITS,
        )
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)


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
