"""The options' steps about where the library is: on this Home Assistant, or shared by several."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ulid_transform import ulid_now
import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)

from ..config.shared_library import (
    CONF_CACHE_GB,
    DEFAULT_CACHE_GB,
    SharedLibrarySettings,
)
from ..engine.library.values.shared_contents import SharedContents
from ..engine.storage import StorageError
from ..language.markdown import as_markdown
from ..sharing.move_state import Direction, MoveState, Phase
from ..sharing.opening import async_adopt, async_begin_anew
from .library_files import FilesSteps
from .library_move import NOTHING

CONF_TAKE_ALONG = "take_along"
MAX_CACHE_GB = 10_000
MAX_INSTANCES_SHOWN = 20

CACHE = NumberSelector(
    NumberSelectorConfig(
        min=0,
        max=MAX_CACHE_GB,
        step="any",
        mode=NumberSelectorMode.BOX,
        unit_of_measurement="GB",
    )
)
JOIN_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TAKE_ALONG, default=True): BooleanSelector(),
        vol.Required(CONF_CACHE_GB, default=DEFAULT_CACHE_GB): CACHE,
    }
)


class LibrarySteps(FilesSteps):
    """The steps of sharing the library, and of no longer sharing it."""

    async def _async_after_files(self) -> ConfigFlowResult:
        """Go on with what was found, or change how the shared library is reached."""
        if self._lost_id:
            return await self.async_step_rebuild()
        if (shared := self._shared) is not None:
            assert self._database is not None and self._files is not None
            return await self._async_use(
                replace(shared, database=self._database, files=self._files)
            )
        if self._found.contents.library_id:
            return await self.async_step_join()
        return await self.async_step_create()

    async def async_step_rebuild(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Fill an empty database from what lies in the store of a library whose database is lost."""
        if user_input is None:
            return self._page(
                "rebuild", NOTHING, {"server": self._found.check.server_version}
            )
        assert self._database is not None and self._files is not None
        shared = self._shared
        settings = SharedLibrarySettings(
            library_id=self._lost_id,
            database=self._database,
            files=self._files,
            cache_gb=DEFAULT_CACHE_GB if shared is None else shared.cache_gb,
        )
        try:
            await async_begin_anew(self.hass, self.config_entry, settings)
        except StorageError as err:
            return self._refused(err)
        return await self._async_use(settings)

    async def async_step_create(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin a shared library."""
        if user_input is not None:
            return await self._async_join(ulid_now(), user_input, is_new=True)
        return self._page("create", JOIN_SCHEMA, self._about_database)

    async def async_step_join(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what is in the shared library, and join it."""
        contents = self._found.contents
        if user_input is not None:
            return await self._async_join(contents.library_id, user_input)
        return self._page(
            "join",
            JOIN_SCHEMA,
            self._about_database
            | {
                "archives": str(contents.archives),
                "pending": str(contents.pending),
                "jobs": str(contents.jobs),
                "instances": self._instances(contents),
            },
        )

    @property
    def _about_database(self) -> dict[str, str]:
        """What is told of the database: its version, and what is wanted of it."""
        check, contents = self._found.check, self._found.contents
        notes = []
        if not check.has_trigrams:
            notes.append(self._texts("library_without_trigrams"))
        if contents.library_id and not contents.instances and not contents.is_old:
            notes.append(self._texts("library_of_nobody"))
        if contents.is_old:
            notes.append(self._texts("library_of_older_version"))
        return {"server": check.server_version, "notes": "\n\n".join(notes)}

    def _instances(self, contents: SharedContents) -> str:
        """Name the instances, and when they were last seen."""
        lines = [
            self._texts(
                "library_instance",
                name=as_markdown(one.name),
                version=one.version,
                seen=self._texts.date_time(one.seen_at),
            )
            for one in contents.instances[:MAX_INSTANCES_SHOWN]
        ]
        return "\n".join(f"- {line}" for line in lines) or "-"

    async def _async_join(
        self, library_id: str, answers: Mapping[str, Any], *, is_new: bool = False
    ) -> ConfigFlowResult:
        """Move the library, or use the shared one from now on."""
        assert self._database is not None and self._files is not None
        settings = SharedLibrarySettings(
            library_id=library_id,
            database=self._database,
            files=self._files,
            cache_gb=answers[CONF_CACHE_GB],
        )
        if answers[CONF_TAKE_ALONG]:
            return await self._async_move(
                MoveState(
                    direction=Direction.TO_SHARED,
                    phase=Phase.COPYING,
                    settings=settings.as_stored(),
                    is_new=is_new,
                )
            )
        try:
            await async_adopt(self.hass, self.config_entry, settings)
        except StorageError as err:
            return self._refused(err)
        return await self._async_use(settings)

    def _page(
        self, step_id: str, schema: vol.Schema, placeholders: Mapping[str, str]
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id, data_schema=schema, description_placeholders=placeholders
        )
