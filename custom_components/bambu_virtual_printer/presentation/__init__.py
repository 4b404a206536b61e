"""How things are shown: attributes of events and entities, responses of actions, web addresses. Plain JSON values."""

from ..language.markdown import as_markdown
from ..language.texts import Texts
from .archives import (
    archive_details,
    archive_summary,
    wrong_model,
    wrong_model_sentence,
)
from .filaments import place_name, shown_place
from .jobs import (
    free_from_view,
    job_failure_text,
    job_text,
    job_title,
    job_view,
    may_start_again,
    queue_view,
    state_sentence,
    target_sentence,
    told_job_view,
    waiting_sentence,
    waiting_text,
    wrong_target,
    wrong_target_sentence,
)
from .links import SignedLinks, html_link, page_link
from .machines import error_sentence, problem_sentence, shown_error
from .photos import photo_view
from .requests import request_view
from .uploads import (
    failure_sentence,
    failure_text,
    known_view,
    received_attributes,
    upload_details,
    upload_summary,
    upload_text,
)
from .urls import (
    CA_URL,
    CONTENT_TYPE_3MF,
    CONTENT_TYPE_PNG,
    CONTENT_TYPE_WEBP,
    PANEL_PATH,
    SMALL_WIDTH,
    URL_ARCHIVES,
    cover_url,
    file_url,
    panel_url,
    photo_url,
    plate_url,
    small,
)
from .verdicts import answer_sentence, verdict_view
from .wording import Wording

__all__ = [
    "CA_URL",
    "CONTENT_TYPE_3MF",
    "CONTENT_TYPE_PNG",
    "CONTENT_TYPE_WEBP",
    "PANEL_PATH",
    "SMALL_WIDTH",
    "URL_ARCHIVES",
    "SignedLinks",
    "Texts",
    "Wording",
    "answer_sentence",
    "archive_details",
    "archive_summary",
    "as_markdown",
    "cover_url",
    "error_sentence",
    "failure_sentence",
    "failure_text",
    "file_url",
    "free_from_view",
    "html_link",
    "job_failure_text",
    "job_text",
    "job_title",
    "job_view",
    "known_view",
    "may_start_again",
    "page_link",
    "panel_url",
    "photo_url",
    "photo_view",
    "place_name",
    "plate_url",
    "problem_sentence",
    "queue_view",
    "received_attributes",
    "request_view",
    "shown_error",
    "shown_place",
    "small",
    "state_sentence",
    "target_sentence",
    "told_job_view",
    "upload_details",
    "upload_summary",
    "upload_text",
    "verdict_view",
    "waiting_sentence",
    "waiting_text",
    "wrong_model",
    "wrong_model_sentence",
    "wrong_target",
    "wrong_target_sentence",
]
