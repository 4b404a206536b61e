"""Explanations: keys that people's languages have, the same words in English for logs, and what is kept of them."""

import errno
import socket
import ssl

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.explanations import (
    Explanation,
    as_it_stands,
    explain,
    from_stored,
    stored,
    why_failed,
    why_os,
)
from custom_components.bambu_virtual_printer.engine.library.values.annotations import (
    clean_notes,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.language.sentences import said
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation

KEPT = explain("file_not_kept", "The file cannot be kept: {why}.")
DISK_FULL = KEPT.because(OSError(errno.ENOSPC, "No space left on device"))

values = st.text() | st.integers() | st.floats(allow_nan=False)
explanations = st.recursive(
    st.builds(
        lambda value: explain("folder_not_there", "The folder {folder}", folder=value),
        values,
    ),
    lambda inner: st.builds(
        lambda value: explain("file_not_kept", "The file: {why}", why=value), inner
    ),
    max_leaves=4,
)


@given(explanations)
def test_what_is_kept_is_read_again(explanation: Explanation) -> None:
    assert from_stored(stored(explanation)) == explanation


@given(st.text())
def test_what_people_wrote_stands_as_it_is(text: str) -> None:
    """An explanation that is stored begins with what no note can have in it."""
    note = clean_notes(text)
    kept = stored(as_it_stands(note))
    assert kept == note
    read = from_stored(kept)
    assert str(read) == note if note else read is None


@pytest.mark.parametrize(
    "kept",
    [
        "The archive was deleted.",
        "\x1f",
        "\x1f[]",
        "\x1f{}",
        '\x1f{"key": "a", "english": "{b}", "values": {}}',
        '\x1f{"key": "a", "english": "b", "values": []}',
    ],
)
def test_sentences_of_older_versions_stand_as_they_are(kept: str) -> None:
    assert from_stored(kept) == as_it_stands(kept)


def test_nothing_is_kept_of_no_explanation() -> None:
    assert stored(None) == ""
    assert from_stored("") is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EACCES, "Permission denied"), "permission denied"),
        (OSError(errno.EXDEV, "Invalid link"), "the system reports EXDEV"),
        (OSError("odd"), "the system reports odd"),
        (OSError(), "the system reports OSError"),
        (TimeoutError(), "no answer"),
        (socket.gaierror(-2, "Name unknown"), "its name cannot be resolved"),
        (ssl.SSLError(), "TLS failed (SSLError)"),
    ],
)
def test_the_systems_errors_are_said_in_words(error: OSError, words: str) -> None:
    assert str(why_os(error)) == words


def test_the_file_is_named_that_the_system_tells_of() -> None:
    missing = FileNotFoundError(errno.ENOENT, "No such file", "/config/ca.pem")
    assert str(why_failed(missing)) == "/config/ca.pem: it is not there"
    assert str(why_failed(ZeroDivisionError("x"))) == (
        "unexpected error: ZeroDivisionError('x')"
    )


@pytest.mark.usefixtures("only_english")
async def test_explanations_are_said_in_the_households_language(
    hass: HomeAssistant, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hub.texts.explained(DISK_FULL) == str(DISK_FULL)
    assert str(DISK_FULL) == "The file cannot be kept: there is no room left."
    read = translation._load_translations_files_by_language

    def _with_german(files: dict) -> dict:  # type: ignore[type-arg]
        loaded = read({"en": files["en"]} if "en" in files else {})
        common = {
            "file_not_kept": "Die Datei kann nicht behalten werden: {why}.",
            "os_no_room": "kein Platz mehr",
        }
        return loaded | {"de": {"bambu_virtual_printer": {"common": common}}}

    monkeypatch.setattr(
        translation, "_load_translations_files_by_language", _with_german
    )
    await hass.config.async_update(language="de")
    await translation.async_load_integrations(hass, {"bambu_virtual_printer"})
    german = "Die Datei kann nicht behalten werden: kein Platz mehr."
    assert hub.texts.explained(DISK_FULL) == german
    assert said(DISK_FULL).text(hub.texts) == german
    assert hub.texts.explained(from_stored(stored(DISK_FULL))) == german


async def test_what_another_version_stored_is_said_in_english(hub: Hub) -> None:
    unknown = explain("of_another_version", "It was {how}.", how="odd")
    assert hub.texts.explained(from_stored(stored(unknown))) == "It was odd."


def test_explanations_are_texts_for_the_panel() -> None:
    assert said(DISK_FULL).as_json() == {
        "text_key": "file_not_kept",
        "values": {"why": {"text_key": "os_no_room", "values": {}}},
    }
