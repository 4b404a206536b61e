"""Times as people and automations give them."""

from datetime import UTC, date, datetime, time

from homeassistant.util import dt as dt_util


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
