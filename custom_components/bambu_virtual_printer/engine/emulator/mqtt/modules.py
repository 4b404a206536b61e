"""The printer's module list, the reply to `get_version` (firmware captures)."""

from dataclasses import dataclass

from ...protocol.printer_models import FIRMWARE_VERSION, Family, PrinterModel
from ...values import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    """A module of the printer with its own firmware."""

    name: str
    hw_ver: str
    sw_ver: str


# From captures of one printer of each family. The `ota` module, which carries the version and the product name, is
# added to all of them.
_MODULES: dict[Family, tuple[_Module, ...]] = {
    Family.X1: (
        _Module(name="rv1126", hw_ver="AP05", sw_ver="00.00.27.38"),
        _Module(name="mc", hw_ver="MC07", sw_ver="00.00.10.00"),
        _Module(name="th", hw_ver="TH07", sw_ver="00.00.04.00"),
    ),
    Family.P1: (
        _Module(name="esp32", hw_ver="AP04", sw_ver="01.07.22.25"),
        _Module(name="mc", hw_ver="MC07", sw_ver="00.00.10.00"),
        _Module(name="th", hw_ver="TH07", sw_ver="00.00.04.00"),
    ),
    Family.A1: (
        _Module(name="esp32", hw_ver="AP05", sw_ver="01.07.22.25"),
        _Module(name="mc", hw_ver="MC07", sw_ver="00.00.10.00"),
        _Module(name="th", hw_ver="TH09", sw_ver="00.00.04.00"),
    ),
    Family.P2: (
        _Module(name="ap", hw_ver="AP04", sw_ver="00.00.51.98"),
        _Module(name="mc", hw_ver="MC06", sw_ver="02.05.57.52"),
        _Module(name="smc", hw_ver="SMC01", sw_ver="02.01.12.00"),
        _Module(name="th", hw_ver="TH03", sw_ver="02.01.17.55"),
    ),
    Family.H2: (
        _Module(name="ap", hw_ver="AP05", sw_ver="00.00.51.98"),
        _Module(name="mc", hw_ver="MC09", sw_ver="02.05.57.52"),
        _Module(name="smc", hw_ver="SMC09", sw_ver="02.01.12.00"),
        _Module(name="th", hw_ver="TH08", sw_ver="02.01.17.55"),
    ),
}

# Models with another main board than their family, by which older clients distinguish an X1E from an X1C.
_MAIN_BOARDS = {"C13": "AP02"}


def modules(model: PrinterModel, serial: str) -> list[JsonObject]:
    """Return the module list of `get_version`, from which both slicers and ha-bambulab read model and version.

    OrcaSlicer needs all seven keys of every module. `serial` is the one by which the client knows the printer.
    """
    main_board, *others = _MODULES[model.family]
    return [
        _module(
            name="ota",
            hw_ver="OTA",
            sw_ver=FIRMWARE_VERSION,
            serial=serial,
            product_name=model.product_name,
        ),
        _module(
            name=main_board.name,
            hw_ver=_MAIN_BOARDS.get(model.code, main_board.hw_ver),
            sw_ver=main_board.sw_ver,
            serial=serial,
        ),
        *(
            _module(name=m.name, hw_ver=m.hw_ver, sw_ver=m.sw_ver, serial=serial)
            for m in others
        ),
    ]


def _module(
    *, name: str, hw_ver: str, sw_ver: str, serial: str, product_name: str = ""
) -> JsonObject:
    return {
        "name": name,
        "product_name": product_name,
        "sw_ver": sw_ver,
        "sw_new_ver": "",
        "hw_ver": hw_ver,
        "sn": serial,
        "flag": 0,
    }
