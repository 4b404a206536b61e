"""Times as people and automations give them."""

from datetime import UTC, date, datetime, time, timedelta

from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.typing import UndefinedType
from homeassistant.util import dt as dt_util

from ..const import DOMAIN

JUST_NOW = timedelta(minutes=1)
"""For so long a moment is not over yet: who says “now” means it, and forms know only whole minutes."""


def deadline(moment: date | datetime) -> datetime:
    """Return the moment in UTC by which something should be done. A day stands for its last minute."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(23, 59))
    return utc(moment)


def utc(moment: date | datetime) -> datetime:
    """Return the moment in UTC. What has no zone is local, and a day stands for its beginning."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt_util.get_default_time_zone())
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        # The very first and the very last day there are, as automations write "always" and "never".
        limit = datetime.max if moment.year == datetime.max.year else datetime.min
        return limit.replace(tzinfo=UTC)


def require_to_come(
    wanted: datetime | None | UndefinedType, before: datetime | None
) -> None:
    """Refuse a moment that is over, unless it is the one of `before`, to the minute. Raises ServiceValidationError."""
    if not isinstance(wanted, datetime) or wanted >= dt_util.utcnow() - JUST_NOW:
        return
    if before and before.replace(second=0, microsecond=0) == wanted.replace(
        second=0, microsecond=0
    ):
        return
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="time_over")
