"""Names and schemas of the fields that several actions take."""

from collections.abc import Callable
from typing import Any

import voluptuous as vol

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..engine.library.values.records import ArchiveSort
from ..engine.library.values.timing import (
    DEFAULT_SUN_HYSTERESIS_W,
    MAX_ONLY_WHILE_CHARS,
    Scope,
    Unknown,
)
from ..engine.library.values.verdicts import Verdict
from ..engine.values import Intent
from ..operations.plans import FILAMENT_RULES, PRIORITIES
from .options import OPTIONS

ATTR_ALL = "all"
ATTR_ANSWER = "answer"
ATTR_ARCHIVE_ID = "archive_id"
ATTR_BY = "by"
ATTR_CHEAPEST_BEFORE = "cheapest_before"
ATTR_CONFIRM = "confirm"
ATTR_COPIES = "copies"
ATTR_CURSOR = "cursor"
ATTR_DEVICE_ID = "device_id"
ATTR_DUE = "due"
ATTR_FAVOURITE = "favourite"
ATTR_FILAMENT = "filament"
ATTR_FILAMENT_RULE = "filament_rule"
ATTR_HOLD = "hold"
ATTR_INSTANCE = "instance"
ATTR_INTENT = "intent"
ATTR_JOB_ID = "job_id"
ATTR_LIMIT = "limit"
ATTR_LINK = "link"
ATTR_NAME = "name"
ATTR_NEW_TAG = "new_tag"
ATTR_NOT_BEFORE = "not_before"
ATTR_NOTE = "note"
ATTR_NOTES = "notes"
ATTR_ONLY_WHILE = "only_while"
ATTR_ONLY_WHILE_UNKNOWN = "only_while_unknown"
ATTR_OPTIONS = "options"
ATTR_PATH = "path"
ATTR_PERSON = "person"
ATTR_PLATES = "plates"
ATTR_POSITION = "position"
ATTR_PRINTED = "printed"
ATTR_PRINT_ANYWAY = "print_anyway"
ATTR_PRINT_ID = "print_id"
ATTR_PRIORITY = "priority"
ATTR_PROJECT = "project"
ATTR_PURGE = "purge"
ATTR_QUIET_HOURS = "quiet_hours"
ATTR_REASON = "reason"
ATTR_RECEIVED_AFTER = "received_after"
ATTR_RECEIVED_BEFORE = "received_before"
ATTR_REPRINT = "reprint"
ATTR_SEARCH = "search"
ATTR_SLICED_FOR = "sliced_for"
ATTR_SORT = "sort"
ATTR_SUN = "sun"
ATTR_TAG = "tag"
ATTR_TAGS = "tags"
ATTR_TARGET = "target_printer"
ATTR_UPLOAD_ID = "upload_id"
ATTR_VERDICT = "verdict"

MAX_WATTS = 1_000_000
DEFAULT_LIMIT = 50
MAX_LIMIT = 500

TAGS = vol.All(cv.ensure_list, [cv.string])
PAGE: dict[Any, Any] = {
    vol.Optional(ATTR_LIMIT, default=DEFAULT_LIMIT): vol.All(
        vol.Coerce(int), vol.Range(min=1, max=MAX_LIMIT)
    ),
    vol.Optional(ATTR_CURSOR): cv.string,
}
# Who sent something, by name or id, and which button of the slicer was pressed.
SENT_BY: dict[Any, Any] = {
    vol.Optional(ATTR_PERSON): cv.string,
    vol.Optional(ATTR_INTENT): vol.All(
        vol.In([intent.value for intent in Intent]), Intent
    ),
}
# What an archive can be found by, beside its printer.
ARCHIVE_FILTERS: dict[Any, Any] = {
    **SENT_BY,
    vol.Optional(ATTR_SEARCH, default=""): cv.string,
    vol.Optional(ATTR_TAGS, default=[]): TAGS,
    vol.Optional(ATTR_SLICED_FOR): cv.string,
    vol.Optional(ATTR_PROJECT): cv.string,
    vol.Optional(ATTR_INSTANCE): cv.string,
    vol.Optional(ATTR_FAVOURITE): cv.boolean,
    vol.Optional(ATTR_FILAMENT): cv.string,
    vol.Optional(ATTR_PRINTED): cv.boolean,
    vol.Optional(ATTR_RECEIVED_AFTER): cv.datetime,
    vol.Optional(ATTR_RECEIVED_BEFORE): cv.datetime,
    vol.Optional(ATTR_SORT, default=ArchiveSort.NEWEST.value): vol.All(
        vol.In([sort.value for sort in ArchiveSort]), ArchiveSort
    ),
}
NOTES: dict[Any, Any] = {
    vol.Optional(ATTR_NAME): cv.string,
    vol.Optional(ATTR_NOTES): cv.string,
    vol.Optional(ATTR_TAGS): TAGS,
    vol.Optional(ATTR_FAVOURITE): cv.boolean,
    vol.Optional(ATTR_PROJECT): cv.string,
    vol.Optional(ATTR_LINK): cv.string,
}
# None and an empty text clear a time.
TIME = vol.Any(None, vol.All("", lambda _: None), cv.datetime)
# Which spools a job may use.
SPOOLS: dict[Any, Any] = {
    vol.Optional(ATTR_FILAMENT_RULE): vol.In(FILAMENT_RULES),
    vol.Optional(ATTR_PRINT_ANYWAY): cv.boolean,
}
UNKNOWN = vol.All(vol.In([each.value for each in Unknown]), Unknown)
WATTS = vol.All(vol.Coerce(float), vol.Range(min=0, max=MAX_WATTS))
# Fields of `quiet_hours` and `sun` of a job; what is empty is none.
QUIET_HOURS = vol.Schema(
    {
        vol.Optional("from"): vol.Any(None, cv.time),
        vol.Optional("until"): vol.Any(None, cv.time),
        vol.Optional("schedule"): vol.Any(None, "", cv.entity_domain("schedule")),
        vol.Optional("scope", default=Scope.BEGIN): vol.All(
            vol.In([each.value for each in Scope]), Scope
        ),
        vol.Optional("unknown", default=Unknown.HOLD): UNKNOWN,
    }
)
SUN = vol.Schema(
    {
        vol.Optional("sensor"): vol.Any(None, "", cv.entity_domain("sensor")),
        vol.Optional("limit"): vol.Any(None, WATTS),
        vol.Optional("hysteresis", default=DEFAULT_SUN_HYSTERESIS_W): WATTS,
        vol.Optional("unknown", default=Unknown.HOLD): UNKNOWN,
    }
)
# What else a job waits for; an empty text clears a condition.
TIMING: dict[Any, Any] = {
    vol.Optional(ATTR_ONLY_WHILE): vol.Any(
        vol.All(None, lambda _: ""),
        vol.All(cv.string, vol.Length(max=MAX_ONLY_WHILE_CHARS)),
    ),
    vol.Optional(ATTR_ONLY_WHILE_UNKNOWN): vol.In([each.value for each in Unknown]),
    vol.Optional(ATTR_CHEAPEST_BEFORE): TIME,
    vol.Optional(ATTR_QUIET_HOURS): vol.Any(None, QUIET_HOURS),
    vol.Optional(ATTR_SUN): vol.Any(None, SUN),
}
PLAN: dict[Any, Any] = {
    **TIMING,
    vol.Optional(ATTR_TARGET): cv.string,
    vol.Optional(ATTR_PLATES): vol.All(cv.ensure_list, [cv.positive_int]),
    vol.Optional(ATTR_COPIES): cv.positive_int,
    vol.Optional(ATTR_HOLD): cv.boolean,
    vol.Optional(ATTR_PRIORITY): vol.In(PRIORITIES),
    vol.Optional(ATTR_NOT_BEFORE): TIME,
    vol.Optional(ATTR_DUE): TIME,
    vol.Optional(ATTR_OPTIONS): OPTIONS,
    **SPOOLS,
}


VERDICT = vol.All(vol.In([verdict.value for verdict in Verdict]), Verdict)
# Of which print somebody says something, and who does.
SPOKEN: dict[Any, Any] = {
    vol.Optional(ATTR_PRINT_ID, default=""): cv.string,
    vol.Optional(ATTR_BY, default=""): cv.string,
}
# What somebody says of a print, beside the verdict.
SAYING: dict[Any, Any] = {
    **SPOKEN,
    vol.Optional(ATTR_REASON, default=""): cv.string,
    vol.Optional(ATTR_REPRINT): cv.boolean,
}


def at_most_one(
    translation_key: str, *fields: str
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what checks that one of some fields is given at most; the error is translated, unlike those of schemas.

    That raises ServiceValidationError.
    """

    def check(data: dict[str, Any]) -> dict[str, Any]:
        if sum(field in data for field in fields) > 1:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key=translation_key
            )
        return data

    return check
