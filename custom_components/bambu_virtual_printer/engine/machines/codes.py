"""What a printer's error codes mean: `print_error` and the health messages (HMS).

The two are different spaces: the same digits mean different things in them. `key` is that of a text of this product's own;
where it has none, the text is the number, and the maker's page has to do. Codes of an AMS are the same for every unit and slot,
whose numbers are in the code (machine codes of Bambu Studio's hms files; ha-bambulab).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Any

from .codes_data import (
    CANCELLED_CODES,
    HMS_KEYS,
    MAPPING_KEY,
    PRINT_ERROR_KEYS,
    STATUS_BELOW,
    UNKNOWN_KEY,
    UNVERIFIED_COMMAND_CODES,
    UNVERIFIED_COMMAND_HMS,
    WRONG_PATH_CODES,
)
from .fields import JsonObject, integer, objects, text, unsigned

_PAGE = "https://e.bambulab.com/index.php?e={digits}&s={space}&lang=en"
_MAX_MESSAGES = 64


class CodeSpace(StrEnum):
    """Which of the two kinds a code is of."""

    PRINT_ERROR = "device_error"
    """`print_error`, of the print. The value is that of the maker's pages."""
    HMS = "device_hms"
    """A health message."""


class Severity(StrEnum):
    """How bad a health message is (upper half of its `code`)."""

    FATAL = "fatal"
    SERIOUS = "serious"
    COMMON = "common"
    INFO = "info"


_SEVERITIES = {
    1: Severity.FATAL,
    2: Severity.SERIOUS,
    3: Severity.COMMON,
    4: Severity.INFO,
}


class CodeDevice(StrEnum):
    """Which device the unit in a code is (its first byte, and the second for external spools)."""

    AMS = "ams"
    AMS_LITE = "ams_lite"
    AMS_HT = "ams_ht"
    EXTERNAL = "external"


_DEVICES = {0x07: CodeDevice.AMS, 0x12: CodeDevice.AMS_LITE, 0x18: CodeDevice.AMS_HT}
_EXTERNAL_UNITS = {0xFE: "left", 0xFF: ""}
_LETTERS = "ABCDEFGH"
_SLOT_GROUPS = {1, 2}
_SLOTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCode:
    """An error as the printer reports it. `code` is written as on its screen: 0700-8012, 0500-0500-0001-0007.

    `key` names the text for people, which takes `code`, `unit` and `slot`. `device`, `unit` and `slot` are the AMS and slot it is
    about, where it is about one: unit A, B, …, "left" or empty for external spools, slot 1 to 4. `since` is when it began
    in the printer's own notation, empty where it has none; it sets two occurrences of a message apart.
    """

    space: CodeSpace
    code: str
    key: str = UNKNOWN_KEY
    severity: Severity | None = None
    device: CodeDevice | None = None
    unit: str = ""
    slot: int | None = None
    since: str = ""

    @property
    def page(self) -> str:
        """The maker's page about it."""
        return _PAGE.format(digits=self.code.replace("-", ""), space=self.space)

    @property
    def is_cancellation(self) -> bool:
        """Whether it only means that a person cancelled the print."""
        return self.space is CodeSpace.PRINT_ERROR and self.code in CANCELLED_CODES

    @property
    def is_unverified_command(self) -> bool:
        """Whether it means that a command was not signed, which Developer Mode would not ask for."""
        if self.space is CodeSpace.HMS:
            return self.code == UNVERIFIED_COMMAND_HMS
        return self.code in UNVERIFIED_COMMAND_CODES

    @property
    def is_wrong_path(self) -> bool:
        """Whether the printer could not open the file, for which the form of its URL may be the reason."""
        return self.space is CodeSpace.PRINT_ERROR and self.code in WRONG_PATH_CODES

    @property
    def is_bad_mapping(self) -> bool:
        """Whether the printer could not make sense of which spool is for which filament."""
        return self.key == MAPPING_KEY


def print_error(value: Any) -> ErrorCode | None:
    """Read `print_error`. None when there is none; a lower half below 0x4000 is a status (Bambuddy)."""
    number = unsigned(value)
    if not number or number & 0xFFFF < STATUS_BELOW:
        return None
    code = f"{number >> 16:04X}-{number & 0xFFFF:04X}"
    device, unit = _unit(number >> 16)
    return ErrorCode(
        space=CodeSpace.PRINT_ERROR,
        code=code,
        key=_key(code, PRINT_ERROR_KEYS),
        device=device,
        unit=unit,
    )


def health_messages(value: Any) -> tuple[ErrorCode, ...]:
    """Read the list `hms`."""
    found = map(_health_message, objects(value)[:_MAX_MESSAGES])
    return tuple(message for message in found if message)


def _health_message(fields: JsonObject) -> ErrorCode | None:
    attr, number = unsigned(fields.get("attr")), unsigned(fields.get("code"))
    if attr is None or number is None:
        return None
    code = "-".join(
        f"{half:04X}"
        for half in (attr >> 16, attr & 0xFFFF, number >> 16, number & 0xFFFF)
    )
    device, unit = _unit(attr >> 16)
    slot = None
    # The third byte: 0x10 to 0x13 for the motors of the slots, 0x20 to 0x23 for what is in them.
    if device not in {None, CodeDevice.EXTERNAL}:
        group, index = divmod(attr >> 8 & 0xFF, 16)
        slot = index + 1 if group in _SLOT_GROUPS and index < _SLOTS else None
    return ErrorCode(
        space=CodeSpace.HMS,
        code=code,
        key=_key(code, HMS_KEYS),
        severity=_SEVERITIES.get(number >> 16),
        device=device,
        unit=unit,
        slot=slot,
        since=text(fields.get("ts_unix"))
        or str(integer(fields.get("timestamp")) or ""),
    )


def _unit(module: int) -> tuple[CodeDevice | None, str]:
    """Return which AMS a code is about: 07NN, 12NN, 18NN; 07FE and NNFF are external spools."""
    device = _DEVICES.get(module >> 8)
    number = module & 0xFF
    if device is None:
        return None, ""
    if number in _EXTERNAL_UNITS:
        return CodeDevice.EXTERNAL, _EXTERNAL_UNITS[number]
    # Newer firmware numbers AMS HT from 0x80 on.
    letter = number & 0x7F if device is CodeDevice.AMS_HT else number
    return device, _LETTERS[letter] if letter < len(_LETTERS) else str(letter)


def _key(code: str, table: Iterable[tuple[re.Pattern[str], str]]) -> str:
    return next((key for pattern, key in table if pattern.fullmatch(code)), UNKNOWN_KEY)
