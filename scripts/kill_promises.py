"""What the kill tests promise to slicers and people, and what of it does not hold."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
import hashlib
import io
from random import Random
import ssl
from typing import Any, Self

from scripts.demo import DemoPrinter
from scripts.home_assistant import Api
from scripts.kill_files import Files, all_of
from scripts.slicer import upload


@dataclass
class Promises:
    """What slicers and people were told, and what has to hold from then on."""

    uploads: dict[str, str] = field(default_factory=dict)
    """Names by the SHA-256 of the acknowledged files."""
    approvals: dict[str, bool] = field(default_factory=dict)
    """Whether to the queue, by the ids of the approved uploads."""
    started: int = 0

    async def upload(
        self, printer: DemoPrinter, context: ssl.SSLContext, files: Files
    ) -> None:
        """Upload the next file. Raises SlicerError, after which nothing was promised."""
        name, content = files.next()
        self.started += 1
        await asyncio.to_thread(
            upload,
            printer.ip,
            printer.access_code,
            context,
            name,
            io.BufferedReader(io.BytesIO(content)),
        )
        self.uploads[hashlib.sha256(content).hexdigest()] = name

    async def approve(
        self, api: Api, uploads: Iterable[Mapping[str, Any]], random: Random
    ) -> None:
        """Approve pending uploads, now to the archive and now to the queue. Raises ScriptError, aiohttp.ClientError."""
        for pending in uploads:
            to_queue = random.random() < 0.5
            answer = await api.action(
                "queue_pending" if to_queue else "archive_pending",
                upload_id=pending["upload_id"],
            )
            if answer["uploads"][0]["result"] == "done":
                self.approvals[pending["upload_id"]] = to_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a Home Assistant says is there."""

    archives: Mapping[str, Mapping[str, Any]]
    pending: Mapping[str, Mapping[str, Any]]
    jobs: Sequence[Mapping[str, Any]]

    @classmethod
    async def at(cls, api: Api) -> Self:
        """Look at everything. Raises ScriptError, aiohttp.ClientError."""
        archives = await all_of(api, "list_archives", "archives")
        pending = await all_of(api, "list_pending", "uploads")
        return cls(
            archives={item["archive_id"]: item for item in archives},
            pending={item["upload_id"]: item for item in pending},
            jobs=(await api.action("list_queue"))["jobs"],
        )

    def broken(self, promises: Promises, kept: Counter[str], place: str) -> list[str]:
        """Return what does not hold; `kept` counts the files in a place by their SHA-256."""
        items = (*self.archives.values(), *self.pending.values())
        listed = Counter(item["sha256"] for item in items)
        wrong = []
        for digest, name in promises.uploads.items():
            if listed[digest] != 1:
                wrong.append(f"{name} is listed {listed[digest]} times")
            if kept[digest] != 1:
                wrong.append(f"{name} is {place} {kept[digest]} times")
        wrong += [f"{sha256} is listed twice" for sha256, n in listed.items() if n > 1]
        wrong += [
            f"a file {place} belongs to nothing: {sha256}"
            for sha256 in kept.keys() - listed.keys()
        ]
        queued = Counter(job["archive_id"] for job in self.jobs)
        for upload_id, to_queue in promises.approvals.items():
            if upload_id not in self.archives:
                wrong.append(f"{upload_id} was approved and is no archive")
            elif (
                to_queue
                and queued[upload_id] != self.archives[upload_id]["plate_count"]
            ):
                wrong.append(f"{upload_id} was queued and has {queued[upload_id]} jobs")
        for archive_id, archive in self.archives.items():
            if (
                archive["mode"] == "queue"
                and queued[archive_id] != archive["plate_count"]
            ):
                wrong.append(f"{archive['name']} has {queued[archive_id]} jobs")
        if [job["position"] for job in self.jobs] != list(range(1, len(self.jobs) + 1)):
            wrong.append("the queue has gaps")
        return wrong
