"""Queries about the tags and projects of archives, to be run by `Index.run`."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select

from ..values.sanitize import fold_case
from ..values.sent_by import FROM_ANYBODY, SentBy
from . import rows
from .schema import IS_LIVE, archive_tags, archives


def tags(connection: Connection, only: SentBy = FROM_ANYBODY) -> dict[str, int]:
    """Return all tags with how many archives have them, those of most archives first."""
    count = func.count()
    query = (
        select(func.min(archive_tags.c.tag).label("tag"), count.label("archives"))
        .group_by(archive_tags.c.tag_key)
        .order_by(count.desc(), archive_tags.c.tag_key)
    )
    if conditions := rows.sent_by(only, archives.c.person, archives.c.sender):
        query = query.join(archives, archives.c.id == archive_tags.c.archive_id).where(
            *conditions
        )
    return {row.tag: row.archives for row in connection.execute(query)}


def projects(connection: Connection, only: SentBy = FROM_ANYBODY) -> dict[str, int]:
    """Return all projects with how many archives belong to them, in the order of their names."""
    query = (
        select(archives.c.project, func.count().label("archives"))
        .where(
            IS_LIVE,
            archives.c.project != "",
            *rows.sent_by(only, archives.c.person, archives.c.sender),
        )
        .group_by(archives.c.project)
    )
    found = [(row.project, row.archives) for row in connection.execute(query)]
    return dict(sorted(found, key=lambda pair: fold_case(pair[0])))


def tagged_ids(connection: Connection, tag: str) -> list[str]:
    """Return the archives that have a tag."""
    query = select(archive_tags.c.archive_id).where(
        archive_tags.c.tag_key == fold_case(tag)
    )
    return list(connection.execute(query.order_by(archive_tags.c.archive_id)).scalars())


def write_tags(connection: Connection, archive_id: str, tags: Sequence[str]) -> None:
    """Store the tags of an archive that has none."""
    if tags:
        connection.execute(
            insert(archive_tags),
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
