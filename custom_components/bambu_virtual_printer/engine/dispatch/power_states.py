"""What goes on with a printer's power, as far as jobs wait for it."""

from enum import StrEnum


class PowerState(StrEnum):
    """What is going on with a printer's power."""

    ON = "on"
    """It is on, or at least it reports."""
    OFF = "off"
    """It is off, and nothing is to be printed there now."""
    SWITCHING_ON = "switching_on"
    STARTING = "starting"
    """The plug is on, and the first report is awaited."""
    NO_REPORT = "no_report"
    """The plug is on, and the printer has not reported in time."""
    SWITCHING_OFF = "switching_off"
    KEPT_OFF = "kept_off"
    """A job could begin, but somebody has switched the printer off since the job was there."""
    SWITCH_FAILED = "switch_failed"
    """The switch did not do what it was told. It is tried again."""
    UNAVAILABLE = "unavailable"
    """The switch says nothing."""
