"""What people write on uploads and archives: cleaned, and refused where it is more than is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ...explanations import explain
from ...printable import MAX_TEXT_CHARS
from .errors import InvalidChangeError, TextField, TooLongError
from .records import Annotations, ArchiveChanges
from .sanitize import clean_text, fold_case

MAX_NOTES_CHARS = 10_000
MAX_TAG_CHARS = 64
MAX_TAGS = 64
MAX_LINK_CHARS = 2000


def annotated(annotations: Annotations, changes: ArchiveChanges) -> Annotations:
    """Return the annotations with the changes in them. Raises InvalidChangeError."""
    values: dict[str, Any] = {}
    if changes.notes is not None:
        values["notes"] = clean_notes(changes.notes)
    if changes.tags is not None:
        values["tags"] = clean_tags(changes.tags)
    if changes.favourite is not None:
        values["favourite"] = changes.favourite
    if changes.project is not None:
        values["project"] = clean_line(TextField.PROJECT, changes.project)
    if changes.name is not None:
        values["name"] = clean_line(TextField.NAME, changes.name)
    if changes.link is not None:
        values["link"] = clean_link(changes.link)
    return replace(annotations, **values)


def clean_line(
    field: TextField, written: str, *, max_chars: int = MAX_TEXT_CHARS
) -> str:
    """Return one printable line that a person wrote. Raises TooLongError."""
    line = clean_text(written, max_chars=max(1, len(written)))
    if len(line) > max_chars:
        raise TooLongError(field, max_chars)
    return line


def clean_notes(written: str, field: TextField = TextField.NOTES) -> str:
    """Return notes without what cannot be printed, their lines kept. Raises TooLongError."""
    lines = written.splitlines()
    notes = "\n".join(
        clean_text(line, max_chars=max(1, len(line))) for line in lines
    ).strip()
    if len(notes) > MAX_NOTES_CHARS:
        raise TooLongError(field, MAX_NOTES_CHARS)
    return notes


def clean_link(link: str) -> str:
    """Return a web address as it was given. Raises InvalidChangeError when it is none, since people will click on it."""
    link = link.strip()
    if link and not (
        len(link) <= MAX_LINK_CHARS
        and link.isprintable()
        and link.casefold().startswith(("https://", "http://"))
    ):
        raise InvalidChangeError(
            explain(
                "link_invalid",
                "A link begins with https:// or http:// and has {limit} characters at most.",
                limit=MAX_LINK_CHARS,
            )
        )
    return link


def clean_tags(written: Sequence[str]) -> tuple[str, ...]:
    """Return the tags, each once, as `unique_tags`. Raises TooLongError when there are too many or one is too long."""
    tags = unique_tags(
        clean_line(TextField.TAG, tag, max_chars=MAX_TAG_CHARS) for tag in written
    )
    if len(tags) > MAX_TAGS:
        raise TooLongError(TextField.TAGS, MAX_TAGS)
    return tags


def unique_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that are not empty, each once: of two that differ in case or accents only, the first one stays."""
    unique: dict[str, str] = {}
    for tag in filter(None, tags):
        unique.setdefault(fold_case(tag), tag)
    return tuple(unique.values())
