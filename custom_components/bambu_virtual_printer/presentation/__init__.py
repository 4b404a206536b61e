"""How things are shown: attributes of events and entities, responses of actions, web addresses. Plain JSON values."""

from ..language.markdown import as_markdown
from ..language.texts import Texts
from .archives import archive_details, archive_summary, wrong_model
from .jobs import (
    free_from_view,
    job_text,
    job_title,
    job_view,
    queue_view,
    waiting_text,
    wrong_target,
)
from .links import DownloadLinks, async_download_path, html_link
from .photos import photo_view
from .requests import request_view
from .uploads import (
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
    PANEL_PATH,
    URL_ARCHIVES,
    cover_url,
    file_url,
    panel_url,
    photo_url,
    plate_url,
)
from .wording import Wording

__all__ = [
    "CA_URL",
    "CONTENT_TYPE_3MF",
    "CONTENT_TYPE_PNG",
    "PANEL_PATH",
    "URL_ARCHIVES",
    "DownloadLinks",
    "Texts",
    "Wording",
    "archive_details",
    "archive_summary",
    "as_markdown",
    "async_download_path",
    "cover_url",
    "file_url",
    "free_from_view",
    "html_link",
    "job_text",
    "job_title",
    "job_view",
    "known_view",
    "panel_url",
    "photo_url",
    "photo_view",
    "plate_url",
    "queue_view",
    "received_attributes",
    "request_view",
    "upload_details",
    "upload_summary",
    "upload_text",
    "waiting_text",
    "wrong_model",
    "wrong_target",
]
