"""One notification for many, when too much came at once."""

from collections import Counter
from collections.abc import Iterable

from ..config.notifications import Topic
from ..const import DOMAIN
from ..language.texts import Texts
from ..presentation import panel_url
from .matters import read_tag
from .messages import Message

SUMMARY_TAG = f"{DOMAIN}.summary"
_COUNTS = {
    Topic.PENDING: "notice_sum_pending",
    Topic.PRINTED: "notice_sum_printed",
    Topic.FAILED: "notice_sum_failed",
    Topic.PLATE: "notice_sum_plate",
    Topic.FILAMENT: "notice_sum_filament",
    Topic.LATE: "notice_sum_late",
    Topic.QUESTION: "notice_sum_question",
    Topic.REPRINT: "notice_sum_reprint",
    Topic.OWN: "notice_sum_own",
}
_PAGES = {Topic.PENDING: "inbox", Topic.PLATE: "printers"}


def summary_of(tags: Iterable[str], texts: Texts) -> Message:
    """Write how much there is of each topic. It opens the page of the first."""
    counts = Counter(read_tag(tag)[0] for tag in tags)
    topics = [topic for topic in Topic if topic in counts]
    return Message(
        tag=SUMMARY_TAG,
        title=texts("panel_title"),
        text="\n".join(texts.count(_COUNTS[topic], counts[topic]) for topic in topics),
        url=panel_url(_PAGES.get(topics[0], "queue")),
    )
