"""Writes the sentences into the configuration folder, the only place from which Home Assistant reads any.

A file that was written has its own checksum in its first line. As long as that is right it is ours: it is updated with the
integration and can be removed. Where it is not, a person has changed the file, and it is left alone.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
import re

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.file import write_utf8_file_atomic
from homeassistant.util.language import matches

from ..const import DOMAIN

CONVERSATION = "conversation"
FOLDER = "custom_sentences"
FILE_NAME = f"{DOMAIN}.yaml"
SENTENCES = Path(__file__).parent / "sentences"
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt-BR", "sv", "zh-CN")
"""As Assist names them; each has a file in `SENTENCES`."""

_FIRST_LINE = f"# {DOMAIN} sha256:{{digest}}\n"
_DIGEST = re.compile(rf"# {DOMAIN} sha256:([0-9a-f]{{64}})")


class Result(StrEnum):
    """What became of the file of a language."""

    WRITTEN = "written"
    CURRENT = "current"
    """It was there already."""
    EDITED = "edited"
    """A person has changed it, and it was left alone."""
    LINK = "link"
    """A person has put a link in its place, which was left alone."""
    REMOVED = "removed"


async def async_install(
    hass: HomeAssistant, languages: Iterable[str] | None = None
) -> Mapping[str, Result]:
    """Write the sentences of these languages, or of those that are spoken here. Raises OSError."""
    chosen = _spoken(hass) if languages is None else languages
    sources = {
        language: source
        for language in chosen
        if (source := source_of(language)) is not None
    }
    done = await hass.async_add_executor_job(_install, _folder(hass), sources)
    await _async_reload(hass, done)
    return done


async def async_remove(
    hass: HomeAssistant, languages: Iterable[str] | None = None
) -> Mapping[str, Result]:
    """Remove the sentences of these languages, or all. Raises OSError."""
    done = await hass.async_add_executor_job(_remove, _folder(hass), languages)
    await _async_reload(hass, done)
    return done


async def async_update(hass: HomeAssistant) -> Mapping[str, Result]:
    """Write anew what another version wrote. Raises OSError."""
    done = await hass.async_add_executor_job(_update, _folder(hass))
    await _async_reload(hass, done)
    return done


def source_of(language: str) -> str | None:
    """Return the language whose sentences people of a language understand; None without any."""
    if (base := language.partition("-")[0]) == "zh" and language != "zh-CN":
        # Written with other characters.
        return None
    return next(
        (found for found in matches(language, LANGUAGES) if found.startswith(base)),
        None,
    )


@callback
def _spoken(hass: HomeAssistant) -> set[str]:
    """Return the languages of the household and of its assistants, as Assist names them: so it names its folders."""
    spoken = {hass.config.language}
    # What is not loaded may not be installed either.
    if "assist_pipeline" in hass.config.components:
        from homeassistant.components.assist_pipeline import async_get_pipelines  # noqa: PLC0415

        spoken |= {one.conversation_language for one in async_get_pipelines(hass)}
    known: Iterable[str] = LANGUAGES
    if CONVERSATION in hass.config.components:
        from home_assistant_intents import get_languages  # noqa: PLC0415

        known = get_languages()
    return {found[0] for one in spoken if (found := matches(one, known))}


async def _async_reload(hass: HomeAssistant, done: Mapping[str, Result]) -> None:
    """Let Assist read what has changed."""
    if not {Result.WRITTEN, Result.REMOVED}.isdisjoint(
        done.values()
    ) and hass.services.has_service(CONVERSATION, "reload"):
        await hass.services.async_call(CONVERSATION, "reload", {}, blocking=True)


def _folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(FOLDER))


# --- files: blocking


def _install(folder: Path, sources: Mapping[str, str]) -> dict[str, Result]:
    return {
        language: _write(folder / language / FILE_NAME, source)
        for language, source in sources.items()
    }


def _update(folder: Path) -> dict[str, Result]:
    return {
        path.parent.name: _write(path, source)
        for path in _installed(folder)
        if (source := source_of(path.parent.name)) is not None
    }


def _remove(folder: Path, languages: Iterable[str] | None) -> dict[str, Result]:
    wanted = None if languages is None else frozenset(languages)
    done = {}
    for path in _installed(folder):
        language = path.parent.name
        if wanted is not None and language not in wanted:
            continue
        if path.is_symlink():
            done[language] = Result.LINK
            continue
        if not _is_ours(path.read_text(encoding="utf-8")):
            done[language] = Result.EDITED
            continue
        path.unlink()
        with suppress(OSError):
            # There may be others' sentences.
            path.parent.rmdir()
        done[language] = Result.REMOVED
    return done


def _installed(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/{FILE_NAME}"))


def _write(path: Path, source: str) -> Result:
    if path.is_symlink():
        return Result.LINK
    ours = _signed((SENTENCES / f"{source}.yaml").read_text(encoding="utf-8"))
    try:
        found = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    else:
        if found == ours:
            return Result.CURRENT
        if not _is_ours(found):
            return Result.EDITED
    write_utf8_file_atomic(str(path), ours)
    return Result.WRITTEN


def _signed(sentences: str) -> str:
    digest = sha256(sentences.encode()).hexdigest()
    return _FIRST_LINE.format(digest=digest) + sentences


def _is_ours(text: str) -> bool:
    first, _, sentences = text.partition("\n")
    found = _DIGEST.fullmatch(first)
    return found is not None and found[1] == sha256(sentences.encode()).hexdigest()
