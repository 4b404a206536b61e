"""The printer models that can be emulated, and serial numbers.

Codes and serial prefixes are those of Bambu Studio's printer files and of firmware captures (docs/protocol.md, Models and serials).
"""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
import secrets

from .ports import PICTURES_PORT, VIDEO_PORT

# The same in announcements, detect replies and the ota module: slicers enable features by it, and compare them.
FIRMWARE_VERSION = "01.07.00.00"

SERIAL_SUFFIX_DIGITS = 9


class Family(StrEnum):
    """Models that run the same kind of firmware and report the same hardware modules."""

    X1 = "x1"
    P1 = "p1"
    A1 = "a1"
    P2 = "p2"
    H2 = "h2"


class CameraKind(StrEnum):
    """What the camera of a model sends."""

    PICTURES = "pictures"
    """JPEG pictures, about one a second, over TCP 6000."""
    VIDEO = "video"
    """H.264 by RTSP over TLS, on TCP 322, if a person has allowed it at the printer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterModel:
    """One model. `code` is sent in announcements and detect replies; `product_name` in `get_version`."""

    code: str
    name: str
    product_name: str
    profile_name: str
    """Its name in sliced files (`printer_model` in project_settings.config)."""
    serial_prefix: str
    family: Family
    extra_ports: tuple[int, ...]
    """TCP ports of the real one beside bind, MQTT and FTPS: 322 video, 6000 pictures or file tunnel, 2024 to 2026
    undocumented, but used by slicers (docs/protocol.md, Ports)."""
    idle_stage: int
    """The value of `stg_cur` while nothing is printed; 0 means printing (firmware captures)."""
    nozzles: int = 1
    file_tunnel: bool = False
    """Whether the real one takes files through the tunnel on port 6000 (bit 31 of `fun` in recordings, 2026)."""
    prints_from_memory: bool = False
    """Whether it prints what the tunnel has brought (bit 0 of `fun2` in recordings)."""

    @property
    def camera(self) -> CameraKind:
        """What its camera sends."""
        return (
            CameraKind.VIDEO if VIDEO_PORT in self.extra_ports else CameraKind.PICTURES
        )


_IDLE_STAGES = {
    Family.X1: -1,
    Family.P1: 255,
    Family.A1: 255,
    Family.P2: -1,
    Family.H2: -1,
}

_EXTRA_PORTS = {
    Family.X1: (VIDEO_PORT, PICTURES_PORT),
    Family.P1: (PICTURES_PORT, 2024, 2025, 2026),
    Family.A1: (PICTURES_PORT, 2024, 2025, 2026),
    Family.P2: (VIDEO_PORT, PICTURES_PORT),
    Family.H2: (VIDEO_PORT, PICTURES_PORT),
}


def _model(
    code: str,
    name: str,
    serial_prefix: str,
    family: Family,
    *,
    nozzles: int = 1,
    file_tunnel: bool = False,
    prints_from_memory: bool = False,
    product_name: str | None = None,
    profile_name: str | None = None,
) -> PrinterModel:
    return PrinterModel(
        code=code,
        name=name,
        product_name=product_name or f"Bambu Lab {name}",
        profile_name=profile_name or f"Bambu Lab {name}",
        serial_prefix=serial_prefix,
        family=family,
        extra_ports=_EXTRA_PORTS[family],
        idle_stage=_IDLE_STAGES[family],
        nozzles=nozzles,
        file_tunnel=file_tunnel,
        prints_from_memory=prints_from_memory,
    )


MODELS: dict[str, PrinterModel] = {
    model.code: model
    for model in (
        _model(
            "BL-P001",
            "X1C",
            "00M00A",
            Family.X1,
            file_tunnel=True,
            product_name="Bambu Lab X1-Carbon",
            profile_name="Bambu Lab X1 Carbon",
        ),
        _model("BL-P002", "X1", "00M00A", Family.X1, file_tunnel=True),
        _model("C13", "X1E", "03W00A", Family.X1),
        _model("C11", "P1P", "01S00A", Family.P1),
        _model("C12", "P1S", "01P00A", Family.P1),
        _model(
            "N7", "P2S", "22E00A", Family.P2, file_tunnel=True, prints_from_memory=True
        ),
        _model("N2S", "A1", "03900A", Family.A1),
        _model("N1", "A1 mini", "03000A", Family.A1),
        _model("N9", "A2L", "26A19A", Family.A1),
        _model("O1D", "H2D", "09400A", Family.H2, nozzles=2, file_tunnel=True),
        _model("O1E", "H2D Pro", "09400A", Family.H2, nozzles=2, file_tunnel=True),
        _model("O1C", "H2C", "09400A", Family.H2, nozzles=2, file_tunnel=True),
        _model(
            "O1C2",
            "H2C dual",
            "09400A",
            Family.H2,
            nozzles=2,
            file_tunnel=True,
            product_name="Bambu Lab H2C",
            profile_name="Bambu Lab H2C",
        ),
        _model("O1S", "H2S", "09400A", Family.H2, file_tunnel=True),
        _model(
            "N6",
            "X2D",
            "20P90A",
            Family.H2,
            nozzles=2,
            file_tunnel=True,
            prints_from_memory=True,
        ),
    )
}

DEFAULT_MODEL = MODELS["BL-P001"]

# Codes that older software stored; today's slicers refuse a printer that announces them (docs/protocol.md, Models and serials).
_ALIASES = {
    "3DPrinter-X1-Carbon": "BL-P001",
    "3DPrinter-X1": "BL-P002",
    "O2D": "O1E",
}


def find_model(code: str) -> PrinterModel:
    """Find the model of this code or of an old alias of it. Raises KeyError."""
    return MODELS[_ALIASES.get(code, code)]


def find_sliced_for(profile_name: str) -> PrinterModel | None:
    """Find the model that a sliced file is for, by its slicer's name of it; None for those of other makers."""
    return next(
        (model for model in MODELS.values() if model.profile_name == profile_name),
        None,
    )


def new_serial_suffix(used: Container[str]) -> str:
    """Draw a random 9-digit suffix that is not in `used`.

    Random, because a fixed first number makes two installations on one network collide.
    """
    while True:
        suffix = (
            f"{secrets.randbelow(10**SERIAL_SUFFIX_DIGITS):0{SERIAL_SUFFIX_DIGITS}d}"
        )
        if suffix not in used:
            return suffix


def serial_number(model: PrinterModel, suffix: str) -> str:
    """Return the serial number: the model's prefix and the printer's suffix, 15 characters."""
    return model.serial_prefix + suffix
