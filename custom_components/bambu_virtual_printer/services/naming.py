"""Which archive, upload or job an action means: by its id, or by its name where only one is called so."""

from collections.abc import Callable, Iterable
from dataclasses import replace
import re

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..engine.library.values.job import Job
from ..engine.library.values.records import ArchiveQuery
from ..hub import Hub
from ..operations.people import Person
from ..presentation import job_title

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
PAGE_SIZE = 500
MAX_WORDS = 8
"""Words of a name that are searched for; what is found is compared with all of it."""
MAX_CANDIDATES = 5
MAX_ENDED_PAGES = 10
"""Pages of ended jobs in which a name is looked for, the newest first."""


async def async_archive_id(hub: Hub, named: str) -> str:
    """Find an archive by its id or its name. Raises ServiceValidationError, HomeAssistantError."""
    if _ULID.fullmatch(named) or not (words := named.split()):
        return named
    found: list[tuple[str, str]] = []
    query = ArchiveQuery(text=" ".join(words[:MAX_WORDS]), limit=PAGE_SIZE)
    cursor = None
    while True:
        page = await hub.archives.page(replace(query, cursor=cursor))
        found += [
            # Everybody reads the error in their own language.
            (
                archive.id,
                f"{archive.name} ({dt_util.as_local(archive.archived_at).date()})",
            )
            for archive in page.archives
            if _is_called(named, (archive.name, archive.title))
        ]
        if (cursor := page.cursor) is None:
            return _only(named, found)


async def async_upload_id(hub: Hub, named: str) -> str:
    """Find a pending upload by its id or its name. Raises ServiceValidationError, HomeAssistantError."""
    if _ULID.fullmatch(named):
        return named
    found: list[tuple[str, str]] = []
    cursor = None
    while True:
        page = await hub.review.pending(printer_id=None, limit=PAGE_SIZE, cursor=cursor)
        found += [
            (upload.id, f"{upload.name} ({upload.printer.name})")
            for upload in page.uploads
            if _is_called(named, (upload.name, upload.file.name))
        ]
        if (cursor := page.cursor) is None:
            return _only(named, found)


async def async_undoable_id(hub: Hub, named: str) -> str:
    """Find what was decided about by its id or its name: the last that was discarded or deleted, or else an archive.

    Raises ServiceValidationError, HomeAssistantError.
    """
    if _ULID.fullmatch(named):
        return named
    for upload in await hub.review.discarded():
        if _is_called(named, (upload.name, upload.file.name)):
            return upload.id
    return await async_archive_id(hub, named)


async def async_job_id(
    hub: Hub, named: str, fits: Callable[[Job], bool] = lambda job: True
) -> str:
    """Find a job by its id or its name: one in the queue, or else the last that ended. Raises ServiceValidationError, HomeAssistantError.

    Of one name, those that an action `fits` go before others.
    """
    if _ULID.fullmatch(named):
        return named
    queued = [job for job in await hub.queue.queued_jobs() if _is_job(hub, job, named)]
    found = [job for job in queued if fits(job)]
    if not found and (ended := await _last_ended(hub, named, fits)):
        return ended.id
    if not (found := found or queued) and (ended := await _last_ended(hub, named)):
        # It is called so; the action says what is wrong with it.
        return ended.id
    return _only(named, [(job.id, job.title) for job in found])


def person_named(hub: Hub, named: str) -> Person | None:
    """Find somebody by the ID, or by a name that nobody else has. Raises ServiceValidationError for one of several."""
    if person := hub.people.get(named):
        return person
    found = [
        (person.id, person.name)
        for person in hub.people.of_printer()
        if _is_called(named, (person.name,))
    ]
    return hub.people.get(_only(named, found)) if found else None


def as_called(hub: Hub, named: str | None) -> str | None:
    """Return the name of a person as it is spelled; anything else, such as an ID or who was removed, as it is."""
    if named is None:
        return None
    names = {folded(person.name): person.name for person in hub.people.of_printer()}
    return names.get(folded(named), named)


async def _last_ended(
    hub: Hub, named: str, fits: Callable[[Job], bool] = lambda job: True
) -> Job | None:
    """Return the newest of the jobs that ended of which both hold. Raises HomeAssistantError."""
    cursor = None
    for _ in range(MAX_ENDED_PAGES):
        page = await hub.queue.history(limit=PAGE_SIZE, cursor=cursor)
        for job in page.jobs:
            if fits(job) and _is_job(hub, job, named):
                return job
        if (cursor := page.cursor) is None:
            break
    return None


def _is_job(hub: Hub, job: Job, named: str) -> bool:
    titles = [
        job_title(job, hub.texts, is_marked=is_marked) for is_marked in (True, False)
    ]
    return _is_called(named, (job.title, *titles, job.name))


def _is_called(named: str, names: Iterable[str]) -> bool:
    wanted = folded(named)
    return any(folded(name) == wanted for name in names)


def folded(name: str) -> str:
    """Return a name as names are compared."""
    return " ".join(name.casefold().split())


def _only(named: str, found: list[tuple[str, str]]) -> str:
    """Return the id of the only one. Raises ServiceValidationError when there is none, or several."""
    match found:
        case []:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_found",
                translation_placeholders={"id": named},
            )
        case [(found_id, _)]:
            return found_id
    shown = [f"{name}: {found_id}" for found_id, name in found[:MAX_CANDIDATES]]
    if len(found) > MAX_CANDIDATES:
        shown.append("…")
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="ambiguous_name",
        translation_placeholders={"name": named, "candidates": ", ".join(shown)},
    )
