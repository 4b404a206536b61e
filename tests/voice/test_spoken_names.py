"""Which one is meant by a name as it is heard."""

import string

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.config.subentries import MachineConfig
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
    PrinterModel,
)
from custom_components.bambu_virtual_printer.language.sentences import (
    Sentence,
    sentence,
)
from custom_components.bambu_virtual_printer.voice.spoken_names import (
    AmbiguousNameError,
    Choice,
    Kind,
    SpokenNameError,
    UnknownNameError,
    find,
    find_target,
    likeness,
)

ANY_P1S = sentence("any_of_model", model="P1S")
WORDS = st.text(string.ascii_letters + string.digits + " _-.äß", max_size=30)


def choices(*names: str) -> list[Choice[int]]:
    return [Choice(name=name, item=number) for number, name in enumerate(names)]


def machine(name: str, model: str = "C12") -> MachineConfig:
    return MachineConfig(
        id=f"id of {name}",
        name=name,
        model=MODELS[model],
        host="127.0.0.1",
        serial="01P00A000000001",
        access_code="12345678",
    )


@given(WORDS, WORDS)
def test_likeness_is_between_nothing_and_the_very_same(said: str, name: str) -> None:
    assert 0 <= likeness(said, name) <= 1
    if any(letter.isalnum() for letter in name):
        assert likeness(name.upper(), name.upper()) == 1
        assert likeness(name.replace(" ", "_"), name) == 1
    else:
        assert likeness(said, name) == 0


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=1))
def test_the_very_name_is_always_found_however_alike_the_others_are(
    names: list[str],
) -> None:
    for name in names:
        assert find(Kind.UPLOAD, choices(*names), name) == names.index(name)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("benchy", 0),
        ("Benchi", 0),
        ("three d benchy", 0),
        ("gift box", 1),
        ("giftbox lid", 2),
        ("lid", 2),
        ("bracket version two", 4),
        ("bracket version 1", 3),
    ],
)
def test_names_are_found_as_they_are_heard(said: str, found: int) -> None:
    there = choices(
        "3DBenchy",
        "Gift box",
        "Gift_box_lid",
        "Bracket, version 1",
        "bracket-version-2",
    )
    assert find(Kind.UPLOAD, there, said) == found


@pytest.mark.parametrize(
    "said",
    [
        "auf irgendeinem Drucker P1S",
        "en cualquier impresora P1S",
        "n’importe quelle imprimante P1S",
        "qualsiasi stampante P1S",
        "een willekeurige printer P1S",
        "dowolnej drukarce P1S",
        "qualquer impressora P1S",
        "vilken skrivare som helst P1S",
    ],
)
def test_words_around_a_model_are_understood_in_other_languages(said: str) -> None:
    there = [machine("Garage"), machine("P1S of the attic")]
    assert find_target(there, said).name == ANY_P1S


@pytest.mark.parametrize(
    "said", ["Planter zwei", "Planter dos", "Planter deux", "Planter två"]
)
def test_numbers_are_understood_in_other_languages(said: str) -> None:
    assert find(Kind.UPLOAD, choices("Planter 1", "Planter 2", "Planter 3"), said) == 1


def test_what_is_not_clear_says_what_there_is() -> None:
    there = choices("Gift box", "Gift box lid", "Gift box", "Benchy")
    with pytest.raises(AmbiguousNameError) as ambiguous:
        find(Kind.JOB, there, "gift")
    assert ambiguous.value.names == ["Gift box", "Gift box lid"]
    for said in ("dinosaur", "", "!"):
        with pytest.raises(UnknownNameError) as unknown:
            find(Kind.JOB, there, said)
        assert unknown.value.names == ["Gift box", "Gift box lid", "Benchy"]
        assert (unknown.value.kind, unknown.value.said) == (Kind.JOB, said)
    with pytest.raises(UnknownNameError):
        find(Kind.JOB, [], "benchy")


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_every_model_is_a_target_by_its_name(model: PrinterModel) -> None:
    for said in (
        model.name,
        f"any Bambu Lab {model.name}",
        f"the {model.name.lower()}",
    ):
        found = find_target([machine("Garage")], said)
        assert (found.name, found.target) == (
            sentence("any_of_model", model=model.name),
            model.code,
        )


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("garage", "Garage"),
        ("the garage printer", "Garage"),
        ("my garage", "Garage"),
        ("garadge", "Garage"),
        ("my P1S", "My P1S"),
        ("P1S", ANY_P1S),
        ("P 1 S", ANY_P1S),
        ("p one s", ANY_P1S),
        ("a1 mini", "A1 mini"),
        ("any A1 mini", sentence("any_of_model", model="A1 mini")),
        ("X1 carbon", sentence("any_of_model", model="X1C")),
        ("any", sentence("any_printer_of_model")),
        ("any printer", sentence("any_printer_of_model")),
        ("the printer", "Printer"),
    ],
)
def test_targets_are_found_as_they_are_heard(said: str, named: str | Sentence) -> None:
    machines = [machine(name) for name in ("Garage", "My P1S", "A1 mini", "Printer")]
    if isinstance(named, str):
        named = sentence("as_it_stands", text=named)
    assert find_target(machines, said).name == named


@pytest.mark.parametrize("said", ["P1", "H2", "the submarine", "printer", ""])
def test_a_target_that_is_not_clear_is_nobodys(said: str) -> None:
    with pytest.raises(SpokenNameError) as error:
        find_target([], said)
    assert error.value.kind is Kind.PRINTER
