"""The error codes that this product has texts for, by the keys of the translations. A dot stands for the unit or the slot.

Meanings are those of the printers' own messages (Bambu Studio's hms files, ha-bambulab) and of field reports.
"""

import re

UNKNOWN_KEY = "printer_error_unknown"
MAPPING_KEY = "printer_error_mapping_unusable"
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
        "0300-400C": "printer_error_cancelled",
        "0500-400E": "printer_error_cancelled",
        "0500-4002": "printer_error_path_unusable",
        "0500-4003": "printer_error_file_unreadable",
        "0500-4004": "printer_error_busy",
        "0500-C010": "printer_error_storage_unreadable",
        "0502-4007": "printer_error_command_not_signed",
        "0502-4009": "printer_error_command_malformed",
        "0500-803C": "printer_error_nozzle_mismatch",
        "0300-8015": "printer_error_external_spool_empty",
        "07F[EF]-C006": "printer_error_feed_by_hand",
        "12FF-C006": "printer_error_feed_by_hand",
        "(07|12|18)..-8012": MAPPING_KEY,
        "12..-8001": "printer_error_ams_lite_cut_failed",
        "12..-8006": "printer_error_ams_lite_feed_failed",
        "12..-8007": "printer_error_ams_lite_extrude_failed",
        "0300-8014": "printer_error_nozzle_covered",
        "0300-800A": "printer_error_spaghetti",
        "0300-4000": "printer_error_homing_failed",
        "07F[EF]-80..": "printer_error_external_spool_fault",
        "(07|18)..-....": "printer_error_ams_fault",
        "12..-....": "printer_error_ams_lite_fault",
    }
)
HMS_KEYS = _table(
    {
        UNVERIFIED_COMMAND_HMS: "printer_error_command_not_verified",
        "0500-0400-0003-0057": "printer_error_air_purifier_notice",
        "(07|12)F[EF]-....-....-....": "printer_error_external_spool_fault",
        "(07|18)..-2[0-3]00-0002-0001": "printer_error_slot_empty",
        "(07|12|18)..-[12][0-3]..-....-....": "printer_error_slot_fault",
        "(07|12|18)..-....-....-....": "printer_error_ams_fault",
        "03..-....-....-....": "printer_error_motion_fault",
        "05..-....-....-....": "printer_error_system_fault",
        "0C..-....-....-....": "printer_error_camera_fault",
    }
)
