"""How photos of archives are shown."""

from typing import Any

from ..engine.library.values.records import Photo
from .urls import photo_url


def photo_view(archive_id: str, photo: Photo) -> dict[str, Any]:
    """Show a photo."""
    return {
        "photo_id": photo.id,
        "added_at": photo.added_at.isoformat(),
        "content_type": photo.content_type,
        "size_bytes": photo.size_bytes,
        "url": photo_url(archive_id, photo.id),
    }
