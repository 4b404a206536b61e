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


def request_for(
    requests: Sequence[PrintRequest], plate: int, plate_count: int
) -> PrintRequest | None:
    """Return the last request for a plate of a file that has so many to print."""
    return next(
        (item for item in reversed(requests) if is_for(item, plate, plate_count)), None
    )


def is_for(request: PrintRequest, plate: int, plate_count: int) -> bool:
    """Return whether a request is for a plate: for the one it names, for all if it names none, and for the only one."""
    return plate_count == 1 or request.plate is None or request.plate == plate
