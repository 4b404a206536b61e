from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    DEFAULT_MODEL,
    MODELS,
    find_model,
    new_serial_suffix,
    serial_number,
)

# Code, serial prefix and product name as printers report them.
FIELD_FACTS = [
    ("BL-P001", "00M00A", "Bambu Lab X1-Carbon"),
    ("BL-P002", "00M00A", "Bambu Lab X1"),
    ("C13", "03W00A", "Bambu Lab X1E"),
    ("C11", "01S00A", "Bambu Lab P1P"),
    ("C12", "01P00A", "Bambu Lab P1S"),
    ("N7", "22E00A", "Bambu Lab P2S"),
    ("N2S", "03900A", "Bambu Lab A1"),
    ("N1", "03000A", "Bambu Lab A1 mini"),
    ("N9", "26A19A", "Bambu Lab A2L"),
    ("N6", "20P90A", "Bambu Lab X2D"),
    ("O1D", "09400A", "Bambu Lab H2D"),
    ("O1E", "09400A", "Bambu Lab H2D Pro"),
    ("O1C", "09400A", "Bambu Lab H2C"),
    ("O1C2", "09400A", "Bambu Lab H2C"),
    ("O1S", "09400A", "Bambu Lab H2S"),
]


@pytest.mark.parametrize(("code", "prefix", "product_name"), FIELD_FACTS)
def test_models_carry_the_field_s_codes_prefixes_and_names(
    code: str, prefix: str, product_name: str
) -> None:
    model = find_model(code)
    assert (model.code, model.serial_prefix, model.product_name) == (
        code,
        prefix,
        product_name,
    )


def test_the_table_holds_nothing_else_and_starts_with_the_x1_carbon() -> None:
    assert set(MODELS) == {code for code, _, _ in FIELD_FACTS}
    assert DEFAULT_MODEL.code == "BL-P001"


def test_codes_that_slicers_refuse_are_only_aliases() -> None:
    assert find_model("3DPrinter-X1-Carbon").code == "BL-P001"
    assert find_model("3DPrinter-X1").code == "BL-P002"
    assert "3DPrinter-X1-Carbon" not in MODELS
    with pytest.raises(KeyError):
        find_model("C99")


def test_h2s_has_one_nozzle_although_it_shares_the_h2d_serial_prefix() -> None:
    assert find_model("O1S").nozzles == 1
    assert find_model("O1D").nozzles == 2
    assert find_model("O1S").serial_prefix == find_model("O1D").serial_prefix


@given(st.sampled_from(sorted(MODELS)))
def test_serials_have_15_characters(code: str) -> None:
    serial = serial_number(MODELS[code], new_serial_suffix(()))
    assert len(serial) == 15
    assert serial.isalnum()
    assert serial == serial.upper()


def test_a_used_suffix_is_never_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([5, 5, 42])
    monkeypatch.setattr("secrets.randbelow", lambda _limit: next(draws))
    assert new_serial_suffix({"000000005"}) == "000000042"


def test_each_slot_has_ten_data_ports_of_its_own() -> None:
    def _ports(slot: int) -> range:
        return Identity(
            name="x",
            model=DEFAULT_MODEL,
            serial_suffix="000000001",
            access_code="12345678",
            bind_ip="127.0.0.1",
            slot=slot,
        ).data_ports

    assert _ports(0) == range(50000, 50010)
    assert _ports(3) == range(50030, 50040)
    assert _ports(99) == range(50990, 51000)
    assert _ports(100) == range(50000, 50010)


def test_the_access_code_is_not_in_the_identity_s_repr() -> None:
    identity = Identity(
        name="x",
        model=DEFAULT_MODEL,
        serial_suffix="000000001",
        access_code="s3cr3t99",
        bind_ip="127.0.0.1",
    )
    assert "s3cr3t99" not in repr(identity)
