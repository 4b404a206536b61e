"""What people said of prints: whether one came out well, and whether a failed one is printed again.

A verdict is about what came off the plate. How the printer ended, finished or failed, is the state of the job.
"""

from enum import StrEnum


class Verdict(StrEnum):
    """How a print came out, by a person's word."""

    GOOD = "good"
    FAILED = "failed"


class Reprint(StrEnum):
    """The offer to print a failed copy again. It is answered once."""

    NONE = ""
    """There is none: nothing was said, or that it is good."""
    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
