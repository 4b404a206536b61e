"""The module list: what slicers and client libraries need of it."""

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.mqtt.modules import modules
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    FIRMWARE_VERSION,
    MODELS,
    Family,
)


@pytest.mark.parametrize("code", MODELS)
def test_every_module_has_the_seven_keys_and_the_clients_serial(code: str) -> None:
    for module in modules(MODELS[code], "00M09A000000001"):
        assert list(module) == [
            "name",
            "product_name",
            "sw_ver",
            "sw_new_ver",
            "hw_ver",
            "sn",
            "flag",
        ]
        assert module["sn"] == "00M09A000000001"
        assert module["sw_ver"]
        assert module["hw_ver"]
        assert module["flag"] == 0


@pytest.mark.parametrize("code", MODELS)
def test_version_and_product_name_are_in_the_ota_module(code: str) -> None:
    ota, *others = modules(MODELS[code], "s")
    assert ota["name"] == "ota"
    assert ota["sw_ver"] == FIRMWARE_VERSION
    assert ota["product_name"] == MODELS[code].product_name
    assert ota["product_name"].startswith("Bambu Lab ")
    assert [module["product_name"] for module in others] == [""] * len(others)


@pytest.mark.parametrize(
    ("family", "names"),
    [
        (Family.X1, ["ota", "rv1126", "mc", "th"]),
        (Family.P1, ["ota", "esp32", "mc", "th"]),
        (Family.A1, ["ota", "esp32", "mc", "th"]),
        (Family.P2, ["ota", "ap", "mc", "smc", "th"]),
        (Family.H2, ["ota", "ap", "mc", "smc", "th"]),
    ],
)
def test_models_have_the_modules_of_their_family(
    family: Family, names: list[str]
) -> None:
    for model in MODELS.values():
        if model.family is family:
            assert [module["name"] for module in modules(model, "s")] == names


@pytest.mark.parametrize(
    ("code", "main_board"),
    [
        ("BL-P001", "AP05"),
        ("BL-P002", "AP05"),
        ("C13", "AP02"),
        ("C11", "AP04"),
        ("C12", "AP04"),
        ("N2S", "AP05"),
    ],
)
def test_older_clients_find_the_main_board_they_tell_models_by(
    code: str, main_board: str
) -> None:
    boards = [module["hw_ver"] for module in modules(MODELS[code], "s")]
    assert [board for board in boards if board.startswith("AP0")] == [main_board]
