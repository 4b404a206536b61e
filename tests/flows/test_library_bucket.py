"""The files of a shared library in a bucket: checked with a real object store, and its secret key shown to nobody."""

from collections.abc import Callable
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.config.shared_library import (
    CONF_SHARED_LIBRARY,
)
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.data_entry_flow import FlowResultType
from scripts.servers.object_store import ObjectStore
from tests.engine.library.conftest import object_stores, s3

from .test_library import step, suggested, to_files, url

__all__ = ["object_stores", "s3", "step", "to_files", "url"]


async def test_files_in_a_bucket_are_checked_and_used(
    entry: MockConfigEntry,
    hub: Hub,
    step: Callable[..., Any],
    to_files: Any,
    s3: ObjectStore,
) -> None:
    settings = s3.settings()
    answers = {
        "endpoint": settings.endpoint,
        "bucket": settings.bucket,
        "access_key": settings.access_key,
    }
    form = await step(await to_files(), "bucket")
    form = await step(form, **answers, secret_key="wrong")
    assert form["errors"] == {"secret_key": "refused"}
    form = await step(form, **answers, secret_key=settings.secret_key)
    assert form["step_id"] == "create"
    await step(form, take_along=False, cache_gb=1)
    assert entry.data[CONF_SHARED_LIBRARY]["files"]["bucket"] == "prints"
    form = await step(await step(), "share_again")
    form = await step(await step(form, suggested(form)), "bucket")
    assert "secret_key" not in suggested(form)
    result = await step(form, **answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.data[CONF_SHARED_LIBRARY]["files"]["secret_key"] == settings.secret_key
