"""Removes the parts of multipart uploads that were cut, which an object store keeps, and charges for, until somebody does.

obstore has no way to list them, so these two calls, ListMultipartUploads and AbortMultipartUpload of the S3 API, are
made here, signed by AWS's Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). A store
that does not know them has none. Everything here blocks.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import hashlib
import hmac
import http.client
import logging
import re
import ssl
from typing import NamedTuple
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from ...values.store_faults import StoreFault, store_error

_LOGGER = logging.getLogger(__name__)

ANSWER_WITHIN_S = 30.0
MAX_ANSWER_BYTES = 4 * 1024 * 1024
MAX_SWEPT = 1000
"""As many as one answer lists; the next sweep goes on."""
_EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_UNFIT = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Whose leftovers are swept, and with which keys."""

    url: str
    name: str
    root: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    certificates: str = field(repr=False)


class _Leftover(NamedTuple):
    key: str
    upload_id: str
    begun: datetime


def sweep(bucket: Bucket, older_than: timedelta, *, place: str) -> None:
    """Remove the parts of uploads that began so long ago. Raises StoreError when the store does not answer."""
    before = datetime.now(UTC) - older_than
    try:
        for leftover in _listed(bucket):
            if leftover.begun < before:
                _LOGGER.info("An upload to %s that was cut is removed", place)
                query = {"uploadId": leftover.upload_id}
                _ask(bucket, "DELETE", f"/{bucket.name}/{leftover.key}", query)
    except (OSError, http.client.HTTPException) as err:
        raise store_error(StoreFault.UNREACHABLE, place) from err
    except (TypeError, ValueError) as err:
        # What was given is of a kind that cannot be sent.
        raise store_error(StoreFault.FAILED, place, type(err).__name__) from err


def _listed(bucket: Bucket) -> list[_Leftover]:
    query = {"uploads": "", "prefix": bucket.root, "max-uploads": str(MAX_SWEPT)}
    status, content = _ask(bucket, "GET", f"/{bucket.name}", query)
    if status != http.client.OK or _UNFIT.search(content):
        _LOGGER.debug("The store does not list multipart uploads: %s", status)
        return []
    try:
        root = ET.fromstring(content)  # noqa: S314 - nothing in it declares entities
        return [_leftover(found) for found in root.iterfind("{*}Upload")]
    except (ET.ParseError, TypeError, ValueError) as err:
        _LOGGER.debug("The list of multipart uploads cannot be read: %s", err)
        return []


def _leftover(found: ET.Element) -> _Leftover:
    """Read one of them. Raises TypeError, ValueError."""
    begun = datetime.fromisoformat(found.findtext("{*}Initiated") or "")
    return _Leftover(
        key=found.findtext("{*}Key") or "",
        upload_id=found.findtext("{*}UploadId") or "",
        begun=begun if begun.tzinfo else begun.replace(tzinfo=UTC),
    )


def _ask(
    bucket: Bucket, method: str, path: str, query: dict[str, str]
) -> tuple[int, bytes]:
    """Send a signed request without a body. Returns the status and the answer. Raises OSError, HTTPException."""
    parts = urlsplit(bucket.url)
    path = quote(parts.path.rstrip("/") + path, safe="/-_.~")
    target = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(query.items())
    )
    connection = _connection(bucket, parts.scheme, parts.netloc)
    try:
        headers = _signed(bucket, method, path, target, parts.netloc)
        connection.request(method, f"{path}?{target}", headers=headers)
        response = connection.getresponse()
        return response.status, response.read(MAX_ANSWER_BYTES)
    finally:
        connection.close()


def _connection(bucket: Bucket, scheme: str, host: str) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, timeout=ANSWER_WITHIN_S)
    context = ssl.create_default_context()
    # No more is asked of certificates than obstore does, which has no strict mode.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if bucket.certificates:
        # Python reads no other letters, which can only be in comments.
        ascii_only = bucket.certificates.encode("ascii", "ignore").decode()
        context.load_verify_locations(cadata=ascii_only)
    return http.client.HTTPSConnection(host, timeout=ANSWER_WITHIN_S, context=context)


def _signed(
    bucket: Bucket, method: str, path: str, target: str, host: str
) -> dict[str, str]:
    """Return the headers of a request without a body, by Signature Version 4."""
    now = datetime.now(UTC)
    moment, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {
        "host": host,
        "x-amz-content-sha256": _EMPTY_SHA256,
        "x-amz-date": moment,
    }
    names = ";".join(headers)
    canonical = "\n".join(
        (
            method,
            path,
            target,
            *(f"{name}:{value}" for name, value in headers.items()),
            "",
            names,
            _EMPTY_SHA256,
        )
    )
    scope = f"{day}/{bucket.region}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    key = f"AWS4{bucket.secret_key}".encode()
    for part in (day, bucket.region, "s3", "aws4_request", to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"{bucket.access_key}/{scope}"
    return headers | {
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
    }
