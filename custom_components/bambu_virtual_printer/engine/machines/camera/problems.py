"""Why a camera shows nothing."""

from enum import StrEnum


class CameraProblem(StrEnum):
    """What a person has to mend, or wait for."""

    OFF = "off"
    """The printer says that its liveview is turned off (`rtsp_url` "disable")."""
    UNREACHABLE = "unreachable"
    """It does not answer."""
    TOO_MANY_VIEWERS = "too_many_viewers"
    """It takes the connection and answers no handshake: its places are taken (P1S: two, Bambuddy #2757)."""
    WRONG_CODE = "wrong_code"
    """It refuses the access code."""
    NOT_THE_PRINTER = "not_the_printer"
    """Its certificate is not that of this printer, and it was told nothing."""
    STALLED = "stalled"
    """It sends nothing any more."""
    LOST = "lost"
    """The connection broke, or what came made no sense."""

    @property
    def needs_a_person(self) -> bool:
        """Whether it stays until a person does something."""
        return self in _FOR_A_PERSON


_FOR_A_PERSON = frozenset(
    {CameraProblem.OFF, CameraProblem.WRONG_CODE, CameraProblem.NOT_THE_PRINTER}
)


class CameraError(Exception):
    """There is no picture; `problem` says why. The text is for a log."""

    def __init__(self, problem: CameraProblem, detail: str = "") -> None:
        """Keep why."""
        super().__init__(detail or problem.value)
        self.problem = problem
