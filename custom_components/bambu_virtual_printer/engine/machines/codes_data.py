"""The error codes that this product has texts for. A dot in a code stands for any digit: the unit or the slot.

Meanings are those of the printers' own messages (Bambu Studio's hms files, ha-bambulab) and of field reports.
"""

import re

STATUS_BELOW = 0x4000
"""Lower halves of `print_error` below this are a status and no fault."""

CANCELLED_CODES = frozenset({"0300-400C", "0500-400E"})
UNVERIFIED_COMMAND_CODES = frozenset({"0502-4007", "0502-4009"})
UNVERIFIED_COMMAND_HMS = "0500-0500-0001-0007"
WRONG_PATH_CODES = frozenset({"0500-C010", "0500-4002"})


def _table(rows: dict[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(code), key) for code, key in rows.items())


PRINT_ERROR_KEYS = _table(
    {
        "0300-400C": "cancelled",
        "0500-400E": "cancelled",
        "0500-4002": "path_unusable",
        "0500-4003": "file_unreadable",
        "0500-4004": "busy",
        "0500-C010": "storage_unreadable",
        "0502-4007": "command_not_signed",
        "0502-4009": "command_malformed",
        "0500-803C": "nozzle_mismatch",
        "0300-8015": "external_spool_empty",
        "07F[EF]-C006": "feed_by_hand",
        "12FF-C006": "feed_by_hand",
        "(07|12|18)..-8012": "mapping_unusable",
        "12..-8001": "ams_lite_cut_failed",
        "12..-8006": "ams_lite_feed_failed",
        "12..-8007": "ams_lite_extrude_failed",
        "0300-8014": "nozzle_covered",
        "0300-800A": "spaghetti",
        "0300-4000": "homing_failed",
        "07F[EF]-80..": "external_spool_fault",
        "(07|18)..-....": "ams_fault",
        "12..-....": "ams_lite_fault",
    }
)
HMS_KEYS = _table(
    {
        UNVERIFIED_COMMAND_HMS: "command_not_verified",
        "0500-0400-0003-0057": "air_purifier_notice",
        "(07|12)F[EF]-....-....-....": "external_spool_fault",
        "(07|18)..-2[0-3]00-0002-0001": "slot_empty",
        "(07|12|18)..-[12][0-3]..-....-....": "slot_fault",
        "(07|12|18)..-....-....-....": "ams_fault",
        "03..-....-....-....": "motion_fault",
        "05..-....-....-....": "system_fault",
        "0C..-....-....-....": "camera_fault",
    }
)
