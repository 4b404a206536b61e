"""How connections of slicers end, as people are told of it."""

from ..explanations import Explanation, as_it_stands, explain, why_os

LEFT = explain("end_left", "the slicer left")
GOODBYE = explain("end_goodbye", "the slicer said goodbye")
PRINTER_LEFT = explain("end_printer_left", "the real printer left")
UNREACHABLE = explain("end_unreachable", "the real printer cannot be reached")
STOPPED = explain("end_stopped", "the printer was stopped")
WRONG_CODE = explain("end_wrong_code", "wrong access code")
REVOKED = explain("end_revoked", "its access code was revoked")
TOO_MANY_SLICERS = explain("end_too_many_slicers", "too many slicers are connected")
TOO_MANY_OF_CLIENT = explain(
    "end_too_many_of_client", "this computer has too many connections open"
)
NOT_READING = explain("end_not_reading", "the slicer stopped reading")
LATE = explain("end_late", "it did not log in in time")
DISPLACED = explain("end_displaced", "another connection needed its place")
IDLE = explain("end_idle", "nothing was said for too long")
INTERNAL = explain("end_internal", "Home Assistant had an internal error")


def protocol_error(err: Exception) -> Explanation:
    """Say that a client does not keep to the protocol; how, in the protocol's own words."""
    return explain(
        "end_protocol", "it does not keep to the protocol ({detail})", detail=str(err)
    )


def broken(err: Exception) -> Explanation:
    """Say that the connection of the slicer broke."""
    return explain("end_broken", "the connection broke: {why}", why=_why(err))


def printer_broken(err: Exception) -> Explanation:
    """Say that the connection of the real printer broke."""
    return explain(
        "end_printer_broken",
        "the connection of the real printer broke: {why}",
        why=_why(err),
    )


def _why(err: Exception) -> Explanation:
    return why_os(err) if isinstance(err, OSError) else as_it_stands(type(err).__name__)
