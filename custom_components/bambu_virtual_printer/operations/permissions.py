"""Who may see and do what; the one place where that is decided.

Actions, commands of the websocket API, web addresses, media, voice, to-do lists and settings that are entities all ask here,
with the right that they need, and operations ask once more about each thing. Automations act for nobody, and may do everything.

What somebody sent who is a user of Home Assistant is theirs: they see it, administrators do, and who approves for that virtual
printer. Everything else is the household's. Where somebody approves for a printer, nobody else decides about what is the
household's; of their own, people decide themselves. Who is reviewed decides about neither, and sends nothing that is not looked
at.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser

from ..const import DOMAIN
from ..engine.library.values.job import Job
from ..engine.library.values.records import Archive, Upload
from ..engine.values import UNNAMED, Sender
from .context import actor
from .people import People, Person


class Right(StrEnum):
    """What somebody has to be allowed."""

    SEE = "see"
    """Look at what there is, and get files and pictures."""
    WORK = "work"
    """Send, write on things, discard, hold, cancel, and say how a print went."""
    DECIDE = "decide"
    """Say that something is kept or printed, and how."""
    DELETE = "delete"
    """Delete what is in the archive."""
    MANAGE = "manage"
    """Change settings and rules, see secrets, use files by their paths, destroy for good."""


type Need = Right | Callable[[Mapping[str, Any]], Right]
"""The right that something needs, perhaps by the fields that it is asked with."""


def manage_with(field: str, otherwise: Right) -> Need:
    """Need the right to manage when a field is set, another one when it is not."""
    return lambda data: Right.MANAGE if data.get(field) else otherwise


def decide_with(field: str, otherwise: Right) -> Need:
    """Need the right to decide when a field is set, another one when it is not."""
    return lambda data: Right.DECIDE if data.get(field) else otherwise


def right_of(need: Need, data: Mapping[str, Any]) -> Right:
    """Return the right that is needed with these fields."""
    return need if isinstance(need, Right) else need(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An upload, an archive or a job: who sent it, empty where nobody knows, and by which virtual printer it came in."""

    person: str
    printer_id: str

    @classmethod
    def of(cls, thing: Upload | Archive | Job) -> Thing:
        """Return what counts of a thing."""
        person = thing.person if isinstance(thing, Job) else thing.file.person
        return cls(person=person, printer_id=thing.printer.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who looks: whose things are hidden from them, and what they may do with the others; for one answer, not to be kept."""

    hidden: Collection[str]
    rights: frozenset[Right]
    """What they may do with some things at least."""
    sends_to_archive: bool
    _to_thing: Callable[[Thing], frozenset[Right]]
    _found: dict[Thing, frozenset[Right]] = field(default_factory=dict)

    def rights_to(self, thing: Thing) -> frozenset[Right]:
        """Return what they may do with a thing."""
        if (rights := self._found.get(thing)) is None:
            rights = self._found[thing] = self._to_thing(thing)
        return rights


class NotPermittedError(Unauthorized):
    """Somebody may not do what they asked for; the text says who may."""

    def __init__(self, translation_key: str, *, user_id: str | None = None) -> None:
        """Refuse with a text of the exceptions."""
        super().__init__(user_id=user_id)
        self.generate_message = True
        self.translation_domain = DOMAIN
        self.translation_key = translation_key


class Permissions:
    """Answers for the users of this Home Assistant."""

    def __init__(self, hass: HomeAssistant, people: People) -> None:
        """Ask its users, and these people."""
        self._hass = hass
        self._people = people

    async def require(self, need: Need, data: Mapping[str, Any] | None = None) -> None:
        """Make sure that whoever acts has a right. Raises NotPermittedError, UnknownUser."""
        if user := await self._user():
            self.require_of(user, right_of(need, data or {}))

    async def require_for(
        self, right: Right, thing: Upload | Archive | Job | Thing
    ) -> None:
        """Make sure that whoever acts has a right to a thing. Raises NotPermittedError, UnknownUser."""
        if (user := await self._user()) is None:
            return
        self.require_of(user, right)
        thing = thing if isinstance(thing, Thing) else Thing.of(thing)
        if key := self._refusal(user, right, thing):
            raise NotPermittedError(key, user_id=user.id)

    def require_of(self, user: User, right: Right) -> None:
        """Make sure that a user has a right, to some things at least. Raises NotPermittedError."""
        if key := self._general_refusal(user, right):
            raise NotPermittedError(key, user_id=user.id)

    def allows(self, user: User, right: Right, thing: Thing | None = None) -> bool:
        """Tell whether a user has a right: to a thing, or to some things at least."""
        try:
            self.require_of(user, right)
        except NotPermittedError:
            return False
        return thing is None or self._refusal(user, right, thing) is None

    async def is_limited(self) -> bool:
        """Tell whether whoever acts may not do everything, so that things have to be looked at. Raises UnknownUser."""
        user = await self._user()
        return user is not None and not _has_all(user)

    async def sender(self, printer_id: str) -> Sender:
        """Return whoever acts as somebody who sends to a virtual printer. Raises UnknownUser.

        Who is reviewed elsewhere is nobody of this printer, but what they send waits here too.
        """
        if (user := await self._user()) is None:
            return UNNAMED
        people = self._people_of(user)
        for person in people:
            if person.printer_id == printer_id:
                return person.sender
        if self._is_reviewed(user):
            return Sender(name=people[0].name, is_reviewed=True)
        return UNNAMED

    async def sender_to_archive(self) -> Sender:
        """Return whoever acts as somebody who sends to no printer, where nothing waits. Raises NotPermittedError, UnknownUser."""
        if (user := await self._user()) is None:
            return UNNAMED
        if self._is_reviewed(user):
            raise NotPermittedError("only_approvers", user_id=user.id)
        people = self._people_of(user)
        if not people:
            return UNNAMED
        person = next((each for each in people if each.approves), people[0])
        return replace(person.sender, is_reviewed=False)

    def is_for_all(self, person_id: str) -> bool:
        """Tell whether somebody's things are hidden from nobody, and may be shown where it is not known who looks."""
        person = self._people.get(person_id)
        return person is None or not person.user_id

    async def own_people(self) -> list[Person]:
        """Return whom whoever acts is; everybody for those who may do everything. Raises UnknownUser."""
        user = await self._user()
        if user is None or _has_all(user):
            return list(self._people.of_printer())
        return self._people_of(user)

    async def hidden(self) -> Collection[str]:
        """Return the people whose things are hidden from whoever acts. Raises UnknownUser."""
        user = await self._user()
        return self.hidden_from(user) if user else frozenset()

    async def viewer(self) -> Viewer:
        """Return whoever acts as somebody who looks. Raises UnknownUser."""
        return self.viewer_of(await self._user())

    def viewer_of(self, user: User | None) -> Viewer:
        """Return a user as somebody who looks; None is Home Assistant itself."""
        if user is None or _has_all(user):
            return Viewer(
                hidden=frozenset(),
                rights=frozenset(Right),
                sends_to_archive=True,
                _to_thing=lambda _thing: frozenset(Right),
            )
        rights = frozenset(
            right for right in Right if not self._general_refusal(user, right)
        )

        def to_thing(thing: Thing) -> frozenset[Right]:
            return frozenset(
                right for right in rights if not self._refusal(user, right, thing)
            )

        return Viewer(
            hidden=self.hidden_from(user),
            rights=rights,
            sends_to_archive=Right.WORK in rights and not self._is_reviewed(user),
            _to_thing=to_thing,
        )

    def hidden_from(self, user: User) -> Collection[str]:
        """Return the people whose things are hidden from a user."""
        if _has_all(user):
            return frozenset()
        approved = self._approved_by(user)
        return frozenset(
            person.id
            for person in self._people.of_printer()
            if person.user_id not in ("", user.id) and person.printer_id not in approved
        )

    def _general_refusal(self, user: User, right: Right) -> str | None:
        """Return why a user does not have a right to anything, None if so."""
        if _has_all(user):
            return None
        if right is Right.MANAGE or (
            right is Right.DELETE and not self._people_of(user)
        ):
            return "only_administrators"
        policy = POLICY_READ if right is Right.SEE else POLICY_CONTROL
        return None if user.permissions.access_all_entities(policy) else "only_looking"

    def _refusal(self, user: User, right: Right, thing: Thing) -> str | None:
        """Return why a user who has a right does not have it to a thing, None if so."""
        if _has_all(user):
            return None
        person = self._people.get(thing.person)
        is_own = person is not None and person.user_id == user.id
        approved = self._approved_by(user)
        if thing.printer_id in approved or (person and person.printer_id in approved):
            is_refused = right is Right.DELETE and not is_own
            return "only_administrators" if is_refused else None
        if person is not None and is_own:
            is_theirs = right is not Right.DECIDE or not person.is_reviewed
            return None if is_theirs else "only_approvers"
        if person is not None and person.user_id:
            return "not_yours"
        if right is Right.DELETE:
            return "only_administrators"
        if right is Right.DECIDE and (
            self._has_approvers(thing.printer_id) or self._is_reviewed(user)
        ):
            return "only_approvers"
        return None

    def _approved_by(self, user: User) -> frozenset[str]:
        return frozenset(
            person.printer_id for person in self._people_of(user) if person.approves
        )

    def _is_reviewed(self, user: User) -> bool:
        """Tell whether a user is reviewed at some printer, and approves for none."""
        people = self._people_of(user)
        return (
            not _has_all(user)
            and any(person.is_reviewed for person in people)
            and not any(person.approves for person in people)
        )

    def _people_of(self, user: User) -> list[Person]:
        """Return whom a user is, at all printers."""
        return [each for each in self._people.of_printer() if each.user_id == user.id]

    def _has_approvers(self, printer_id: str) -> bool:
        return any(
            person.approves and person.user_id
            for person in self._people.of_printer(printer_id)
        )

    async def _user(self) -> User | None:
        """Return who acts; None for Home Assistant itself. Raises UnknownUser."""
        context = actor()
        if context is None or context.user_id is None:
            return None
        user = await self._hass.auth.async_get_user(context.user_id)
        if user is None:
            raise UnknownUser(context=context)
        return user


def seen[Item: Upload | Archive | Job](
    items: Iterable[Item], hidden: Collection[str]
) -> tuple[Item, ...]:
    """Return those of the items that are not of hidden people."""
    return tuple(item for item in items if Thing.of(item).person not in hidden)


def _has_all(user: User) -> bool:
    """Tell whether a user may do everything.

    Links are signed by a user of Home Assistant's own, for those who could see what they lead to.
    """
    return user.is_admin or user.system_generated
