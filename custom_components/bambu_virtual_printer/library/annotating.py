"""What people write on uploads and archives, cleaned and bounded."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .errors import InvalidChangeError
from .records import Annotations, ArchiveChanges
from .untrusted import folded, text

MAX_NOTES_CHARS = 10_000
MAX_TAG_CHARS = 64
MAX_TAGS = 64
MAX_LINK_CHARS = 2000


def annotated(annotations: Annotations, changes: ArchiveChanges) -> Annotations:
    """Return the annotations with the changes in them."""
    values: dict[str, Any] = {}
    if changes.notes is not None:
        values["notes"] = clean_notes(changes.notes)
    if changes.tags is not None:
        values["tags"] = clean_tags(changes.tags)
    if changes.favourite is not None:
        values["favourite"] = changes.favourite
    if changes.project is not None:
        values["project"] = text(changes.project)
    if changes.name is not None:
        values["name"] = text(changes.name)
    if changes.link is not None:
        values["link"] = clean_link(changes.link)
    return replace(annotations, **values)


def clean_notes(notes: str) -> str:
    """Return notes without what cannot be printed, their lines kept."""
    lines = notes[:MAX_NOTES_CHARS].splitlines()
    return "\n".join(text(line, max_chars=MAX_NOTES_CHARS) for line in lines).strip()


def clean_link(link: str) -> str:
    """Return a web address as it was given. Raises InvalidChangeError when it is none, since people will click on it."""
    link = link.strip()
    if link and not (
        len(link) <= MAX_LINK_CHARS
        and link.isprintable()
        and link.casefold().startswith(("https://", "http://"))
    ):
        raise InvalidChangeError(
            f"A link begins with https:// or http:// and has at most {MAX_LINK_CHARS} characters."
        )
    return link


def clean_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Return the tags, each once: of two that differ in case or accents only, the first one stays."""
    unique: dict[str, str] = {}
    for tag in tags:
        if clean := text(tag, max_chars=MAX_TAG_CHARS):
            unique.setdefault(folded(clean), clean)
    return tuple(unique.values())[:MAX_TAGS]
