"""The library's errors as Home Assistant's, for the person who asked; called on the event loop."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.core import async_get_hass
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import DOMAIN
from ..engine.library.values.errors import (
    FileTooLargeError,
    InvalidChangeError,
    JobStateError,
    NotFoundError,
    NothingToUndoError,
    NotSlicedError,
    TextField,
    TooLongError,
)
from ..engine.storage import StorageError, StorageFullError
from ..language.texts import Texts


def _reason(err: StorageError) -> str:
    return Texts(async_get_hass()).explained(err.explanation)


_TOO_LONG = {
    TextField.NAME: "name_too_long",
    TextField.NOTES: "notes_too_long",
    TextField.NOTE: "note_too_long",
    TextField.PROJECT: "project_too_long",
    TextField.TAG: "tag_too_long",
    TextField.TAGS: "too_many_tags",
    TextField.REASON: "reason_too_long",
    TextField.SEARCH: "too_many_words",
}


@contextmanager
def undo_errors(name: str) -> Iterator[None]:
    """Say that it is too late to undo something that is called so. Raises ServiceValidationError."""
    try:
        yield
    except NothingToUndoError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="nothing_to_undo",
            translation_placeholders={"name": name},
        ) from err


@contextmanager
def library_errors(item_id: str = "") -> Iterator[None]:
    """Translate what the library raises. `item_id` is the archive, upload or job that was named.

    Raises ServiceValidationError where the request was wrong, HomeAssistantError where the library failed.
    """
    try:
        yield
    except NotFoundError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_found",
            translation_placeholders={"id": item_id},
        ) from err
    except TooLongError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=_TOO_LONG[err.field],
            translation_placeholders={"limit": str(err.limit)},
        ) from err
    except FileTooLargeError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="file_too_large",
            translation_placeholders={"limit": f"{err.max_bytes // 1024**2} MB"},
        ) from err
    except NotSlicedError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_sliced",
            translation_placeholders={"reason": _reason(err)},
        ) from err
    except (JobStateError, InvalidChangeError) as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_possible",
            translation_placeholders={"reason": _reason(err)},
        ) from err
    except StorageFullError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="storage_full",
            translation_placeholders={"reason": _reason(err)},
        ) from err
    except StorageError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="library_error",
            translation_placeholders={"reason": _reason(err)},
        ) from err
