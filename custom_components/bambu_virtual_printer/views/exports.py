"""HTTP view for tables of archives, as long as their signed links are valid: files that were exported, and what is found now."""

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
import shutil
from tempfile import mkdtemp

from aiohttp import web

from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN
from ..engine.library.values.records import ArchiveQuery
from ..operations.permissions import Right
from .archives import attachment
from .common import admitted, view_text

BLOCK_BYTES = 256 * 1024
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
URL_EXPORTS = f"/api/{DOMAIN}/exports"
LINK_LASTS = timedelta(hours=1)
MAX_EXPORTS = 32
"""Exports that can be downloaded at a time; the oldest goes first."""


class TableKind(StrEnum):
    """What a table is downloaded as."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A table of what is found when it is asked for."""

    query: ArchiveQuery
    kind: TableKind


_EXPORTS: HassKey[OrderedDict[str, Path | _Found]] = HassKey(f"{DOMAIN}_exports")


@callback
def async_register_export_view(hass: HomeAssistant) -> None:
    """Register it."""
    hass.data[_EXPORTS] = OrderedDict()
    hass.http.register_view(ExportView)


@callback
def async_offer_export(hass: HomeAssistant, path: Path) -> str:
    """Serve a file that Home Assistant may use. Returns its signed path."""
    return _offer(hass, path)


@callback
def async_offer_table(hass: HomeAssistant, query: ArchiveQuery, kind: TableKind) -> str:
    """Serve what a query finds when it is asked for. Returns its signed path."""
    return _offer(hass, _Found(query=query, kind=kind))


def _offer(hass: HomeAssistant, table: Path | _Found) -> str:
    exports = hass.data[_EXPORTS]
    export_id = ulid_now()
    exports[export_id] = table
    while len(exports) > MAX_EXPORTS:
        exports.popitem(last=False)
    return async_sign_path(
        hass, f"{URL_EXPORTS}/{export_id}", LINK_LASTS, use_content_user=True
    )


class ExportView(HomeAssistantView):
    """A table of archives."""

    url = f"{URL_EXPORTS}/{{export_id}}"
    name = f"api:{DOMAIN}:export"

    async def get(self, request: web.Request, export_id: str) -> web.StreamResponse:
        """Send it as a file."""
        table = request.app[KEY_HASS].data[_EXPORTS].get(export_id)
        if isinstance(table, _Found):
            name = f"3d-prints-{dt_util.now():%Y-%m-%d}.{table.kind}"
            send = _send_csv if table.kind is TableKind.CSV else _send_workbook
            return await send(request, table.query, name)
        async with admitted(request, Right.MANAGE) as hub:
            hass = hub.hass
        # The file may have been replaced since the link was made.
        if table is None or not await hass.async_add_executor_job(
            _is_there, hass, table
        ):
            return self.json_message(
                view_text(request, "web_export_gone"), HTTPStatus.NOT_FOUND
            )
        return web.FileResponse(
            table, headers={"Content-Disposition": attachment(table.name)}
        )


async def _send_csv(
    request: web.Request, query: ArchiveQuery, name: str
) -> web.StreamResponse:
    """Send what a query finds, a page at a time. What goes wrong on the way breaks it off, so that nobody takes it for all."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": attachment(name),
            "Cache-Control": "no-store",
        }
    )
    async with admitted(request, Right.SEE) as hub:
        await response.prepare(request)
        async for piece in hub.archives.csv_pieces(query):
            await response.write(piece)
        await response.write_eof()
    return response


async def _send_workbook(
    request: web.Request, query: ArchiveQuery, name: str
) -> web.StreamResponse:
    """Send what a query finds as a workbook, which is written whole before its first byte can be sent."""
    async with admitted(request, Right.SEE) as hub, _folder(hub.hass) as folder:
        path = folder / name
        try:
            await hub.archives.export(path, query)
        except HomeAssistantError as err:
            return web.json_response(
                {"message": str(err)}, status=HTTPStatus.INTERNAL_SERVER_ERROR
            )
        response = web.StreamResponse(
            headers={
                "Content-Type": WORKBOOK,
                "Content-Disposition": attachment(name),
                "Cache-Control": "no-store",
            }
        )
        run = hub.hass.async_add_executor_job
        # Not a file response: that reads only after the folder is gone.
        file = await run(path.open, "rb")
        try:
            await response.prepare(request)
            while block := await run(file.read, BLOCK_BYTES):
                await response.write(block)
            await response.write_eof()
        finally:
            await run(file.close)
    return response


@asynccontextmanager
async def _folder(hass: HomeAssistant) -> AsyncIterator[Path]:
    """Have a folder for a moment."""
    folder = await hass.async_add_executor_job(mkdtemp, None, f"{DOMAIN}-table-")
    try:
        yield Path(folder)
    finally:
        await hass.async_add_executor_job(shutil.rmtree, folder, True)


def _is_there(hass: HomeAssistant, path: Path) -> bool:
    return (
        path.is_file()
        and not path.is_symlink()
        and hass.config.is_allowed_path(str(path))
    )
