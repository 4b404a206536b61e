"""Queries about the tags and projects of archives, to be run by `Index.run`."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from ..values.sanitize import fold_case
from . import archive_counts
from .archive_counts import Kind
from .schema import archive_tags
from .together import insert_each


def tags(connection: Connection, hidden: Collection[str] = ()) -> dict[str, int]:
    """Return all tags with how many archives have them, those of most archives first; those of `hidden` people do not count."""
    return {
        tag.name: tag.archives
        for tag in archive_counts.counted(connection, Kind.TAG, hidden)
    }


def projects(connection: Connection, hidden: Collection[str] = ()) -> dict[str, int]:
    """Return all projects with how many archives belong to them, in the order of their names; those of `hidden` people do not count."""
    found = archive_counts.counted(connection, Kind.PROJECT, hidden)
    return {
        project.key: project.archives
        for project in sorted(found, key=lambda each: fold_case(each.key))
    }


def tagged_ids(connection: Connection, tag: str) -> list[str]:
    """Return the archives that have a tag."""
    query = select(archive_tags.c.archive_id).where(
        archive_tags.c.tag_key == fold_case(tag)
    )
    return list(connection.execute(query.order_by(archive_tags.c.archive_id)).scalars())


def write_tags(connection: Connection, archive_id: str, tags: Sequence[str]) -> None:
    """Store the tags of an archive that has none."""
    insert_each(
        connection,
        archive_tags,
        [
            {
                "archive_id": archive_id,
                "tag_key": fold_case(tag),
                "tag": tag,
                "position": position,
            }
            for position, tag in enumerate(tags)
        ],
    )
