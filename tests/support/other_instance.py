"""What another Home Assistant does to a library that it shares."""

from dataclasses import replace

from sqlalchemy import Connection

from custom_components.bambu_virtual_printer.engine.library.index import (
    upload_rows,
    verdict_rows,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ChangedElsewhere,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.verdicts import (
    Reprint,
)
from custom_components.bambu_virtual_printer.hub import Hub

OTHER_ID = "01JDXCE0000000000000000000"


async def decide_elsewhere(hub: Hub, upload_id: str) -> None:
    """Discard a pending upload in the index, and let the hub hear that something changed there."""
    index = hub.library._context.index
    await index.run(upload_rows.let_go, upload_id, UploadState.DISCARDED, None)
    changed_elsewhere(hub)


async def decline_elsewhere(hub: Hub, job_id: str) -> None:
    """Answer the offer to print a failed copy again in the index, and let the hub hear that something changed there."""

    def decline(connection: Connection) -> None:
        judgement = verdict_rows.last_of_job(connection, job_id)
        assert judgement
        declined = replace(judgement, reprint=Reprint.DECLINED)
        verdict_rows.answer_offer(connection, declined)

    await hub.library._context.index.run(decline)
    changed_elsewhere(hub)


def changed_elsewhere(hub: Hub) -> None:
    """Let the hub hear that something changed in the index."""
    hub.feed.handle_library_event(ChangedElsewhere(instances=frozenset({OTHER_ID})))
