"""Errors as clients get them: a code to act by, and the key of a text to show."""

from typing import Any

from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)

# Of errors whose request was not wrong in itself: things are not so that it could be done.
_REFUSED = frozenset(
    {
        "cancel_not_confirmed",
        "cancel_refused",
        "cancel_unanswered",
        "copy_not_in_line",
        "copy_under_way",
        "job_at_no_printer",
        "job_has_no_question",
        "job_has_question",
        "not_copied",
        "not_possible",
        "nothing_to_undo",
    }
)
_OF_KEY = {"not_found": "not_found", "not_loaded": "not_loaded"}


def error_code(err: HomeAssistantError) -> str:
    """Return what kind of error it is."""
    match err:
        case Unauthorized():
            return "unauthorized"
        case ServiceValidationError(translation_key=str() as key):
            return _OF_KEY.get(key, "refused" if key in _REFUSED else "invalid")
        case ServiceValidationError():
            return "invalid"
    return "failed"


def error_view(err: HomeAssistantError) -> dict[str, Any]:
    """Show an error as websocket messages and HTTP responses do."""
    return {
        "code": error_code(err),
        "message": str(err),
        "translation_domain": err.translation_domain,
        "translation_key": err.translation_key,
        "translation_placeholders": err.translation_placeholders,
    }
