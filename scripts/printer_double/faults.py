"""What a simulated printer can be told to do wrong. Each was reported from the field."""

from dataclasses import dataclass, field
from enum import StrEnum


class Refusal(StrEnum):
    """How commands are refused outside of Developer Mode."""

    NONE = "none"
    VERIFY_FAILED = "verify_failed"
    """A failed reply: X1, H2, P2S."""
    HEALTH_MESSAGE = "health_message"
    """An echo without a result, and a health message: P1S 01.10.00.00."""
    SILENCE = "silence"
    """Nothing at all: A1 mini 01.07.02.00."""


class StartScript(StrEnum):
    """What comes of a start that was answered with success."""

    PRINTS = "prints"
    NOTHING = "nothing"
    """The names change, and that is all: A1."""
    WRONG_PATH = "wrong_path"
    """The file cannot be opened by any URL."""
    LATE = "late"
    """FINISH goes on for a while: H2D."""
    FAILS_IN_PREPARE = "fails_in_prepare"
    PAUSES = "pauses"
    """PAUSE straight after the start, by 0500-803C: P2S."""


class LateCode(StrEnum):
    """How a cancellation shows."""

    LATE = "late"
    """FAILED with no error; the code comes later: P2S."""
    BRIEF = "brief"
    """The code comes with FAILED and is gone a little later: A1."""
    NEVER = "never"


class FinalReply(StrEnum):
    """How an upload ends on the control connection."""

    COMPLETE = "complete"
    BROKEN = "broken"
    """426 after the last byte."""
    MISSING = "missing"
    """No 226 at all."""
    FULL = "full"
    """552: the card is full."""
    GONE = "gone"
    """The connection ends."""


@dataclass(kw_only=True)
class Faults:
    """The orders. They may be changed at any time."""

    # MQTT
    refusal: Refusal = Refusal.NONE
    tls_stalls: bool = False
    """TCP is accepted, and the handshake never answered: all slots are taken."""
    slots: int | None = None
    """How many clients there is room for when it is switched on; the handshake of others is never answered, as on an A1."""
    silent: bool = False
    """The login and the subscription are good, and nothing is reported: wrong serial."""
    drops_logins: int = 0
    """So many sessions end as soon as they have begun."""
    wrong_puback: bool = False
    """QoS 1 is acknowledged with another packet id."""
    kills_request_subscribers: bool = True
    """P1S and A1."""
    anonymous_replies: bool = False
    """Replies name no command: A1 mini."""
    stray_byte: bool = False
    """Reports have a byte that is no UTF-8: A1 mini 01.07.02.00."""
    foreign_replies: bool = False
    """Replies that nobody asked for come along: P2S."""
    ignores: set[str] = field(default_factory=set)
    """Commands that nothing comes of, not even a reply."""

    # printing
    start: StartScript = StartScript.PRINTS
    late_steps: int = 3
    resolves: tuple[str, ...] = (
        "ftp://",
        "ftp:///",
        "file:///sdcard/",
        "brtc://emmc/",
    )
    """What a URL may begin with to be found."""
    cancel_code: LateCode = LateCode.LATE
    breaks_off_at_percent: int | None = None
    """The print fails there, with 0300-4000."""

    # the camera
    camera_places: int = 2
    """So many viewers; others get TCP, and no handshake until one leaves: P1S."""
    camera_stalls: bool = False
    """Nothing is sent after the login."""
    camera_header_says: int = 0
    """The size that headers name, if not the picture's."""

    # the file tunnel
    memory_is_full: bool = False

    # FTPS
    protections: str = "PC"
    """The levels that PROT agrees to."""
    data_tls_fails: bool = False
    """PROT P is agreed to, and the handshake of data connections never succeeds: some A1."""
    stor_replies: list[str] = field(default_factory=list)
    """What the next STORs are answered with instead of 150."""
    final_replies: list[FinalReply] = field(default_factory=list)
    """How the next uploads end; complete ones after these."""
    cuts_after_bytes: list[int] = field(default_factory=list)
    """The next uploads are cut there."""
    seconds_per_block: float = 0.0
    knows_size: bool = True
    free_bytes: int | None = None
    login_ends: int = 0
    """So many control connections end before the login."""
