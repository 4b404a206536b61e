"""Which print request belongs to which plate of a file.

Slicers print one plate at a time. Of a file with several they ask once for each, in any order.
"""

from collections.abc import Sequence

from ...values import PrintRequest

MAX_REQUESTS = 36
"""How many are kept for one file: a project in Bambu Studio 2 has at most so many plates."""


def with_request(
    known: Sequence[PrintRequest], request: PrintRequest
) -> tuple[PrintRequest, ...]:
    """Return what was asked for, oldest first; what a later request replaces is left out."""
    kept = [
        other
        for other in known
        if request.plate is not None and other.plate != request.plate
    ]
    return (*kept, request)[-MAX_REQUESTS:]


def request_for(requests: Sequence[PrintRequest], plate: int) -> PrintRequest | None:
    """Return the last request for a plate."""
    return next((item for item in reversed(requests) if is_for(item, plate)), None)


def is_for(request: PrintRequest, plate: int) -> bool:
    """Return whether a request is for a plate: for the one it names, for all if it names none."""
    return request.plate in (None, plate)
