"""Finds uploads, jobs and real printers by spoken names, tolerating misrecognized ones."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
import re

from ..config.subentries import MachineConfig
from ..engine.library.values.job import Job
from ..engine.library.values.records import Archive, ArchiveQuery, Upload
from ..engine.library.values.targets import TARGET_ANY
from ..engine.protocol.printer_models import MODELS
from ..hub import Hub
from ..language.sentences import Sentence, sentence
from .words import ANY, NUMBERS, OF_PRINTERS

ALIKE = 0.6
"""How much a name has to be like what was said: 1 is the very same."""
AS_ALIKE = 0.05
"""Candidates whose likeness differs by less than this are ambiguous."""
MAX_ARCHIVES = 500
"""Archives that are looked at; comparing names takes a tenth of a millisecond each."""
BY_WORD = 0.95
"""What a name counts of which every word occurs, but not as a whole."""


class Kind(StrEnum):
    """What was to be found."""

    UPLOAD = "upload"
    JOB = "job"
    ARCHIVE = "archive"
    PRINTER = "printer"


class SpokenNameError(Exception):
    """It is not clear what was meant. `names` is what there is to choose from."""

    def __init__(self, kind: Kind, said: str, names: Sequence[str]) -> None:
        """Keep what was looked for, what was said, and what there is."""
        super().__init__(f"No one {kind} is meant by {said}")
        self.kind = kind
        self.said = said
        self.names = names


class UnknownNameError(SpokenNameError):
    """Nothing is called like that."""


class AmbiguousNameError(SpokenNameError):
    """Several are called like that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice[Item]:
    """Something that may be meant; `name` is what people are shown, `also` what else they may say."""

    name: str
    item: Item
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTarget:
    """Where jobs are to be printed: in words, and as plans name it."""

    name: Sentence
    target: str


_MODEL_NAMES = {model.name for model in MODELS.values()}
_MODELS = [
    Choice(
        name=model.name,
        item=SpokenTarget(
            name=sentence("any_of_model", model=model.name), target=model.code
        ),
        # Slicers say X1 Carbon; and what they call one model is another one's name.
        also=tuple(
            {model.profile_name.removeprefix("Bambu Lab ")} - _MODEL_NAMES,
        ),
    )
    for model in MODELS.values()
]


async def find_upload(hub: Hub, said: str) -> Upload:
    """Find a pending upload, the one that waits longest among those of one name.

    Raises SpokenNameError, HomeAssistantError.
    """
    uploads: list[Upload] = []
    cursor = None
    while True:
        page = await hub.review.pending(printer_id=None, limit=200, cursor=cursor)
        uploads += page.uploads
        if (cursor := page.cursor) is None:
            break
    choices = [Choice(name=upload.name, item=upload) for upload in reversed(uploads)]
    return await _find_beside(hub, Kind.UPLOAD, choices, said)


async def find_job(hub: Hub, said: str) -> Job:
    """Find an unfinished job, the first in line among those of one name. Raises SpokenNameError, HomeAssistantError."""
    jobs = await hub.queue.queued_jobs()
    choices = [Choice(name=job.title, item=job) for job in jobs]
    return await _find_beside(hub, Kind.JOB, choices, said)


async def find_archive(hub: Hub, said: str) -> Archive:
    """Find an archive, the newest of one name, among the newest. Raises SpokenNameError, HomeAssistantError."""
    page = await hub.archives.page(ArchiveQuery(limit=MAX_ARCHIVES))
    choices = [Choice(name=archive.name, item=archive) for archive in page.archives]
    return await _find_beside(hub, Kind.ARCHIVE, choices, said)


def find_target(machines: Collection[MachineConfig], said: str) -> SpokenTarget:
    """Find a real printer by its name, or any of a model by the model's. Raises SpokenNameError."""
    for machine in machines:
        if _letters(machine.name) == _letters(said):
            return _target_of(machine)
    words = _words(said)
    telling = [word for word in words if word not in OF_PRINTERS]
    is_any = not ANY.isdisjoint(words)
    if not telling and is_any:
        return SpokenTarget(name=sentence("any_printer_of_model"), target=TARGET_ANY)
    choices = [
        Choice(name=machine.name, item=_target_of(machine))
        for machine in machines
        if not is_any
    ]
    choices += _MODELS
    return find(Kind.PRINTER, choices, " ".join(telling) or said)


def find[Item](kind: Kind, choices: Sequence[Choice[Item]], said: str) -> Item:
    """Find what is meant, the first of its name.

    Raises UnknownNameError with all names, or AmbiguousNameError with those that could be meant.
    """
    scored = [
        (max(likeness(said, name) for name in (choice.name, *choice.also)), choice)
        for choice in choices
    ]
    best = max((score for score, _ in scored), default=0.0)
    if best < ALIKE:
        raise UnknownNameError(kind, said, _names(choices))
    # The very name is meant, however much another one is like it.
    least = best if best == 1 else best - AS_ALIKE
    meant = [choice for score, choice in scored if score >= least]
    if len(names := _names(meant)) > 1:
        raise AmbiguousNameError(kind, said, names)
    return meant[0].item


def likeness(said: str, name: str) -> float:
    """Return how much a name is like what was said, from 0 to 1: as a whole, or word for word."""
    spoken, called = _words(said), _words(name)
    if not spoken or not called:
        return 0.0
    whole = _ratio("".join(spoken), "".join(called))
    by_word = sum(max(_ratio(word, other) for other in called) for word in spoken)
    return max(whole, by_word / len(spoken) * BY_WORD)


async def _find_beside[Item](
    hub: Hub, kind: Kind, choices: Sequence[Choice[Item]], said: str
) -> Item:
    """Find beside the event loop: comparing takes a tenth of a millisecond a name."""
    return await hub.hass.async_add_executor_job(find, kind, choices, said)


def _target_of(machine: MachineConfig) -> SpokenTarget:
    return SpokenTarget(
        name=sentence("as_it_stands", text=machine.name), target=machine.id
    )


def _names(choices: Iterable[Choice[object]]) -> list[str]:
    return list(dict.fromkeys(choice.name for choice in choices))


def _letters(text: str) -> str:
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    words = re.findall(r"\w+", text.casefold().replace("_", " "))
    return [NUMBERS.get(word, word) for word in words]


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
