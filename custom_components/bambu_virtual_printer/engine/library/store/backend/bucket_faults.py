"""What the errors of object stores mean, by their codes (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).

The words of the store are not passed on: they may have an access key in them.
"""

from enum import StrEnum
import re

from ....storage import StorageError
from ...values.store_faults import StoreError, StoreFault, store_error

NO_SUCH_BUCKET = "NoSuchBucket"
NO_SUCH_KEY = "NoSuchKey"
_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,64})</Code>|\(code: ([A-Za-z0-9.]{1,64})\)")
_STATUS = re.compile(r"non-2xx status code: (\d{3})")
_BY_CODE = {
    "InvalidAccessKeyId": StoreFault.KEYS,
    "SignatureDoesNotMatch": StoreFault.KEYS,
    "InvalidToken": StoreFault.KEYS,
    "ExpiredToken": StoreFault.KEYS,
    "AuthorizationHeaderMalformed": StoreFault.REGION,
    "PermanentRedirect": StoreFault.REGION,
    "IllegalLocationConstraintException": StoreFault.REGION,
    "RequestTimeTooSkewed": StoreFault.CLOCK,
    NO_SUCH_BUCKET: StoreFault.NO_BUCKET,
    "InvalidBucketName": StoreFault.NO_BUCKET,
    NO_SUCH_KEY: StoreFault.MISSING,
    "BadDigest": StoreFault.DIFFERS,
    "XAmzContentSHA256Mismatch": StoreFault.DIFFERS,
    "XAmzContentChecksumMismatch": StoreFault.DIFFERS,
    "QuotaExceeded": StoreFault.FULL,
    "XMinioStorageFull": StoreFault.FULL,
    "EntityTooLarge": StoreFault.FAILED,
    "ServiceUnavailable": StoreFault.UNREACHABLE,
    "SlowDown": StoreFault.UNREACHABLE,
    "InternalError": StoreFault.UNREACHABLE,
}
_NOT_FOUND = "404"
_BY_STATUS = {
    # Without a code it is of something before the store, as of a reverse proxy while the store starts.
    _NOT_FOUND: StoreFault.UNREACHABLE,
    "500": StoreFault.UNREACHABLE,
    "502": StoreFault.UNREACHABLE,
    "503": StoreFault.UNREACHABLE,
    "504": StoreFault.UNREACHABLE,
    "507": StoreFault.FULL,
}
# What obstore panics about; most of it is found out before it is asked.
_NO_ADDRESS = re.compile(
    r"`Err` value: (Invalid(Port|Ipv[46]Address|DomainCharacter)|IdnaError|EmptyHost)|InvalidUri\("
)
_TLS = ("ertificate", "InvalidData", "InvalidContentType", "andshake", "AlertReceived")


class Doing(StrEnum):
    """What was asked of the store."""

    READING = "reading"
    WRITING = "writing"
    LISTING = "listing"
    REMOVING = "removing"


_DENIED = {
    Doing.READING: StoreFault.NOT_READ,
    Doing.WRITING: StoreFault.NOT_WRITTEN,
    Doing.LISTING: StoreFault.NOT_LISTED,
    Doing.REMOVING: StoreFault.NOT_REMOVED,
}


def code_of(text: str) -> str:
    """Return the store's code in the text of an error, or nothing."""
    match = _CODE.search(text)
    return (match[1] or match[2]) if match else ""


def fault_of(text: str, doing: Doing) -> StoreFault:
    """Return what the text of an error means; it may be the answer itself."""
    code = code_of(text)
    if (fault := _BY_CODE.get(code)) is not None:
        return fault
    status = _STATUS.search(text)
    if code in {"AccessDenied", "AllAccessDisabled"} or (
        status and status[1] in {"401", "403"}
    ):
        return _DENIED[doing]
    if status is not None:
        if code and status[1] == _NOT_FOUND:
            return StoreFault.FAILED
        return _BY_STATUS.get(status[1], StoreFault.FAILED)
    if _NO_ADDRESS.search(text):
        return StoreFault.ADDRESS
    if any(word in text for word in _TLS):
        return StoreFault.TLS
    if "HTTP error" in text:
        return StoreFault.UNREACHABLE
    return StoreFault.FAILED


def explained(
    err: BaseException, doing: Doing, *, place: str, bucket: str, key: str
) -> StoreError | None:
    """Return what an error of obstore means; None when it is none of obstore's."""
    if isinstance(err, StorageError) or not _is_of_driver(err):
        return None
    text = str(err)
    fault = fault_of(text, doing)
    match fault:
        case StoreFault.NO_BUCKET:
            what = bucket
        case StoreFault.FAILED:
            status = _STATUS.search(text)
            what = code_of(text) or (status[1] if status else type(err).__name__)
        case _:
            what = key
    return store_error(fault, place, what)


def _is_of_driver(err: BaseException) -> bool:
    """Return whether obstore raised it. Its panics are no Exception."""
    return type(err).__module__.startswith(("obstore", "pyo3_runtime")) or isinstance(
        err, (FileNotFoundError, ValueError)
    )
