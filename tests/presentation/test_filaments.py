"""How filaments are named, and what is to be loaded where."""

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.reasons import Load
from custom_components.bambu_virtual_printer.engine.machines.filaments import (
    Filament,
    TooLittle,
)
from custom_components.bambu_virtual_printer.engine.machines.values import SpoolPlace
from custom_components.bambu_virtual_printer.language.texts import Texts
from custom_components.bambu_virtual_printer.presentation.filaments import (
    color_key,
    filament_sentence,
    load_sentence,
)
from homeassistant.core import HomeAssistant

A2, A4 = SpoolPlace(unit=0, slot=1), SpoolPlace(unit=0, slot=3)
PETG = Filament(
    index=0,
    type="PETG",
    color="101010FF",
    grams=84.2,
    preset_id="GFG02",
    profile="Bambu PETG HF @BBL P1S",
)


@pytest.mark.parametrize(
    ("color", "key"),
    [
        ("000000", "color_black"),
        ("#F8F8F8", "color_white"),
        ("C12E1FFF", "color_red"),
        ("00AE42FF", "color_green"),
        ("0A2CA5FF", "color_dark_blue"),
        ("FFFFFF40", "color_clear"),
        ("", None),
        ("no colour", None),
    ],
)
def test_a_colour_is_called_what_people_call_it(color: str, key: str | None) -> None:
    assert color_key(color) == key


@pytest.mark.usefixtures("printer")
async def test_what_to_load_is_said_with_its_weight_and_the_places_for_it(
    hass: HomeAssistant,
) -> None:
    texts = Texts(hass)

    def said(**fields: object) -> str:
        return load_sentence(Load(filament=PETG, **fields)).text(texts)  # type: ignore[arg-type]

    assert said(empty=(A2, A4)) == "Load PETG black (84 g) into A2 or A4"
    assert said(empty=(A4,)) == "Load PETG black (84 g) into A4"
    assert (
        said(exchangeable=(A2,)) == "Load PETG black (84 g) in place of what is in A2"
    )
    assert said() == "Load PETG black (84 g)"
    assert said(is_exact=True) == "Load Bambu PETG HF black (84 g)"
    left = TooLittle(place=A2, left_g=50.4)
    assert said(too_little=(left,)) == "PETG black (84 g): A2 has 50 g left"
    taken = TooLittle(place=A2, left_g=100.0, reserved_g=30.0)
    unknown = TooLittle(place=A4, left_g=None)
    assert said(too_little=(taken, unknown)) == (
        "PETG black (84 g): A2 has 100 g left, of which jobs before it take 30 g,"
        " it is not known how much A4 has left"
    )


@pytest.mark.usefixtures("printer")
async def test_a_filament_without_a_colour_is_named_by_its_material(
    hass: HomeAssistant,
) -> None:
    plain = Filament(index=0, type="TPU")
    assert filament_sentence(plain).text(Texts(hass)) == "TPU"
    assert load_sentence(Load(filament=plain)).text(Texts(hass)) == "Load TPU"
