"""What has to be done differently for one family of printers or another, as a table.

Measured by users of Bambuddy, ha-bambulab, SnapCon, bambu-rs and open-bambu-networking; each row names where it is from.
"""

from dataclasses import dataclass
from enum import StrEnum
import re
import ssl

from ..protocol.printer_models import Family, find_model

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})\.(\d{1,4})")


class UrlForm(StrEnum):
    """How `project_file` names an uploaded file that lies in the root of the card."""

    FTP = "ftp://{name}"
    """What stock slicers send."""
    FTP_ROOT = "ftp:///{name}"
    """Works on P2S where the first does not (SnapCon; ha-bambulab for H2)."""
    SDCARD = "file:///sdcard/{name}"
    """What a printer calls its own card; A1, P1, X1 (OpenBambuAPI #10, platecli)."""
    MEMORY = "brtc://emmc/{name}"
    """What came through the file tunnel into internal memory (open-bambu-networking, P2S)."""

    def url(self, name: str) -> str:
        """Write the URL of a file."""
        return self.value.format(name=name)


class DataProtection(StrEnum):
    """The protection level of FTPS data connections (RFC 4217)."""

    PRIVATE = "P"
    CLEAR = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """How a model is to be treated."""

    family: Family
    nozzles: int = 1
    pushall_interval_s: float = 10.0
    """How far apart requests for a full report have to be. A1 and P1 lag when asked often (OpenBambuAPI)."""
    ftps_newest_tls: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
    """P2S, X2D and H2C drop resumed TLS 1.3 data connections (Bambuddy #1401, #1638, #2582); X1C and A1 end at 1.2."""
    data_protections: tuple[DataProtection, ...] = (DataProtection.PRIVATE,)
    """Which to try, in this order. Some A1 take data only in clear (Bambuddy)."""
    url_forms: tuple[UrlForm, UrlForm] = (UrlForm.FTP, UrlForm.SDCARD)
    """The one to send, and the one to try when the printer could not open the file."""
    signs_from: tuple[int, ...] | None = ()
    """The firmware from which commands have to be signed outside of Developer Mode; () always, None unknown."""
    active_within_s: float = 180.0
    """How long a start may take to show as an active phase (H2D Pro 210 s, P1P 135 s; Bambuddy #1078, #1150)."""
    has_chamber_sensor: bool = True
    """A1 and P1 report 5 °C instead."""
    has_door_sensor: bool = True
    slot_numbers_only: bool = False
    """Whether `ams_mapping` counts the slots of its only AMS from 0 although the unit is 16 (A2L)."""

    def asks_for_signatures(self, firmware: str) -> bool | None:
        """Return whether this firmware refuses unsigned commands outside of Developer Mode. None where unknown."""
        if self.signs_from is None:
            return None
        if self.signs_from == ():
            return True
        found = _VERSION.fullmatch(firmware)
        return (
            None
            if found is None
            else tuple(map(int, found.groups())) >= self.signs_from
        )


_TLS_1_2 = ssl.TLSVersion.TLSv1_2
_NEW_URLS = (UrlForm.FTP, UrlForm.FTP_ROOT)

_X1 = Traits(
    family=Family.X1,
    ftps_newest_tls=_TLS_1_2,
    signs_from=(1, 8, 50, 32),
)
_X1E = Traits(family=Family.X1, ftps_newest_tls=_TLS_1_2, signs_from=None)
_P1 = Traits(
    family=Family.P1,
    pushall_interval_s=300.0,
    signs_from=(1, 8, 2, 0),
    has_chamber_sensor=False,
    has_door_sensor=False,
)
_A1 = Traits(
    family=Family.A1,
    pushall_interval_s=300.0,
    ftps_newest_tls=_TLS_1_2,
    data_protections=(DataProtection.PRIVATE, DataProtection.CLEAR),
    signs_from=(1, 5, 0, 0),
    has_chamber_sensor=False,
    has_door_sensor=False,
)
_A2L = Traits(
    family=Family.A1,
    pushall_interval_s=300.0,
    ftps_newest_tls=_TLS_1_2,
    data_protections=(DataProtection.PRIVATE, DataProtection.CLEAR),
    has_chamber_sensor=False,
    has_door_sensor=False,
    slot_numbers_only=True,
)
_P2S = Traits(family=Family.P2, ftps_newest_tls=_TLS_1_2, url_forms=_NEW_URLS)
_H2S = Traits(family=Family.H2, url_forms=_NEW_URLS)
_H2D = Traits(family=Family.H2, nozzles=2, url_forms=_NEW_URLS, signs_from=(1, 1, 0, 0))
_H2D_PRO = Traits(
    family=Family.H2,
    nozzles=2,
    url_forms=_NEW_URLS,
    signs_from=(1, 1, 0, 0),
    active_within_s=240.0,
)
_NEW_H2 = Traits(
    family=Family.H2, nozzles=2, ftps_newest_tls=_TLS_1_2, url_forms=_NEW_URLS
)

TRAITS: dict[str, Traits] = {
    "BL-P001": _X1,
    "BL-P002": _X1,
    "C13": _X1E,
    "C11": _P1,
    "C12": _P1,
    "N1": _A1,
    "N2S": _A1,
    "N9": _A2L,
    "N7": _P2S,
    "O1S": _H2S,
    "O1D": _H2D,
    "O1E": _H2D_PRO,
    "O1C": _NEW_H2,
    "O1C2": _NEW_H2,
    "N6": _NEW_H2,
}


def find_traits(model_code: str) -> Traits:
    """Find how the model of this code, or of an old alias of it, is to be treated. Raises KeyError."""
    return TRAITS[find_model(model_code).code]
