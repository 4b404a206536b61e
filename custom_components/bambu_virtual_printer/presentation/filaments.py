"""How filaments, the places of spools and what is to be loaded are shown."""

from functools import lru_cache

from ..engine.dispatch.reasons import Load
from ..engine.machines.colors import distance, normalized
from ..engine.machines.filaments import Filament, TooLittle
from ..engine.machines.values import SpoolPlace
from ..language.sentences import Listed, Sentence, Weight, sentence
from ..language.texts import Texts

_LETTERS = "ABCDEFGH"
_FIRST_HT = 128
_LEFT = 254
# What people call a filament that looks like this.
_COLORS = {
    "000000": "color_black",
    "FFFFFF": "color_white",
    "8E9089": "color_gray",
    "C12E1F": "color_red",
    "FF6A13": "color_orange",
    "F4EE2A": "color_yellow",
    "00AE42": "color_green",
    "1B5E20": "color_dark_green",
    "00B1B7": "color_turquoise",
    "8FC7EA": "color_light_blue",
    "0A5ED8": "color_blue",
    "0A2989": "color_dark_blue",
    "7D3C98": "color_purple",
    "F5779E": "color_pink",
    "6F4E37": "color_brown",
    "E8DBB7": "color_beige",
}


def place_name(place: SpoolPlace, texts: Texts) -> str:
    """Name a place for a spool as the printer's screen does: A1, HT A, external."""
    return shown_place(place).text(texts)


def shown_place(place: SpoolPlace) -> Sentence:
    """Name a place for a spool as the printer's screen does: A1, HT A, external."""
    if place.is_external:
        return sentence(
            "place_external_left" if place.unit == _LEFT else "place_external"
        )
    letter = _LETTERS[place.unit % 16 % len(_LETTERS)]
    if place.unit >= _FIRST_HT:
        return sentence("place_ams_ht", unit=letter)
    return sentence("place_ams", unit=letter, slot=place.slot + 1)


@lru_cache(maxsize=1024)
def color_key(color: str) -> str | None:
    """Return the text that names a colour, None where it is unset."""
    full = normalized(color)
    if not full:
        return None
    if full[6:] != "FF":
        return "color_clear"
    return min(_COLORS.items(), key=lambda named: distance(full, named[0]) or 0.0)[1]


def filament_sentence(filament: Filament, *, is_exact: bool = False) -> Sentence:
    """Name a filament by its material and its colour; by its preset, where no other will do."""
    preset = filament.profile.partition(" @")[0]
    name = preset if is_exact and preset else filament.type
    said = sentence("as_it_stands", text=name)
    if key := color_key(filament.color):
        said = sentence("filament_in_color", filament=said, color=sentence(key))
    return said


def load_sentence(load: Load) -> Sentence:
    """Say what to load and where it can go, or which spools have too little left."""
    filament = filament_sentence(load.filament, is_exact=load.is_exact)
    if load.filament.grams:
        filament = sentence(
            "filament_with_weight",
            filament=filament,
            weight=Weight(load.filament.grams),
        )
    if load.too_little:
        spools = Listed(tuple(map(_left, load.too_little)))
        return sentence("filament_left", filament=filament, spools=spools)
    if load.empty:
        return sentence(
            "load_filament_in", filament=filament, places=_either(load.empty)
        )
    if load.exchangeable:
        return sentence(
            "load_filament_instead",
            filament=filament,
            places=_either(load.exchangeable),
        )
    return sentence("load_filament", filament=filament)


def _left(spool: TooLittle) -> Sentence:
    place = shown_place(spool.place)
    if spool.left_g is None:
        return sentence("spool_left_unknown", place=place)
    weight = Weight(spool.left_g)
    if not spool.reserved_g:
        return sentence("spool_left", place=place, weight=weight)
    return sentence(
        "spool_left_reserved",
        place=place,
        weight=weight,
        reserved=Weight(spool.reserved_g),
    )


def _either(places: tuple[SpoolPlace, ...]) -> Sentence:
    *others, last = map(shown_place, places)
    if not others:
        return last
    return sentence("either", first=Listed(tuple(others)), last=last)
