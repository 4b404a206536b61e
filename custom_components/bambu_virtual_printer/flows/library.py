"""The options' steps about where the library is: on this Home Assistant, or shared by several."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ulid_transform import ulid_now
import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_PORT
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..config.options import LibraryFolderError, check_shared_folder
from ..config.shared_library import (
    CONF_ACCESS_KEY,
    CONF_BUCKET,
    CONF_CACHE_GB,
    CONF_CERTIFICATES,
    CONF_ENCRYPTION,
    CONF_ENDPOINT,
    CONF_PATH,
    CONF_PREFIX,
    CONF_REGION,
    CONF_SECRET_KEY,
    CONF_USER,
    DEFAULT_CACHE_GB,
    DEFAULT_PORT,
    DatabaseSettings,
    DatabaseUrlError,
    Encryption,
    FilesSettings,
    FolderSettings,
    SharedLibrarySettings,
    bucket_settings,
)
from ..engine.library.values.errors import IndexFault, IndexUnavailableError
from ..engine.library.values.shared_contents import SharedContents
from ..engine.library.values.store_faults import StoreError, StoreFault
from ..engine.storage import StorageError
from ..language.markdown import as_markdown
from ..language.texts import Texts
from ..sharing.drivers import (
    DriversMissingError,
    async_fetch_drivers,
    async_has_drivers,
)
from ..sharing.move_state import Direction, MoveState, Phase
from ..sharing.opening import (
    FoundDatabase,
    async_adopt,
    async_look_at_database,
    async_look_at_files,
)
from .library_move import LibraryMoveSteps

CONF_TAKE_ALONG = "take_along"
MAX_CACHE_GB = 10_000
MAX_INSTANCES_SHOWN = 20

PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
CACHE = NumberSelector(
    NumberSelectorConfig(
        min=0,
        max=MAX_CACHE_GB,
        step="any",
        mode=NumberSelectorMode.BOX,
        unit_of_measurement="GB",
    )
)
DATABASE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Optional(CONF_PORT): NumberSelector(
            NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)
        ),
        vol.Optional(CONF_NAME): TextSelector(),
        vol.Optional(CONF_USER): TextSelector(),
        vol.Optional(CONF_PASSWORD): PASSWORD,
        vol.Required(CONF_ENCRYPTION): SelectSelector(
            SelectSelectorConfig(
                options=[one.value for one in Encryption],
                translation_key="database_encryption",
            )
        ),
    }
)
FOLDER_SCHEMA = vol.Schema({vol.Required(CONF_PATH): TextSelector()})
BUCKET_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_ENDPOINT): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL)
        ),
        vol.Required(CONF_BUCKET): TextSelector(),
        vol.Optional(CONF_PREFIX): TextSelector(),
        vol.Optional(CONF_REGION): TextSelector(),
        vol.Required(CONF_ACCESS_KEY): TextSelector(),
        vol.Optional(CONF_SECRET_KEY): PASSWORD,
        vol.Optional(CONF_CERTIFICATES): TextSelector(
            TextSelectorConfig(multiline=True)
        ),
    }
)
JOIN_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_TAKE_ALONG, default=True): BooleanSelector(),
        vol.Required(CONF_CACHE_GB, default=DEFAULT_CACHE_GB): CACHE,
    }
)
_FIELDS_OF_INDEX_FAULTS = {
    IndexFault.URL: CONF_HOST,
    IndexFault.ADDRESS: CONF_HOST,
    IndexFault.CREDENTIALS: CONF_PASSWORD,
    IndexFault.DATABASE: CONF_NAME,
    IndexFault.ENCODING: CONF_NAME,
    IndexFault.RIGHTS: CONF_USER,
    IndexFault.VERSION: CONF_HOST,
}
_FIELDS_OF_STORE_FAULTS = {
    StoreFault.ADDRESS: CONF_ENDPOINT,
    StoreFault.UNREACHABLE: CONF_ENDPOINT,
    StoreFault.TLS: CONF_ENDPOINT,
    StoreFault.CLOCK: CONF_ENDPOINT,
    StoreFault.KEYS: CONF_SECRET_KEY,
    StoreFault.REGION: CONF_REGION,
    StoreFault.NO_BUCKET: CONF_BUCKET,
    StoreFault.NOT_LISTED: CONF_ACCESS_KEY,
    StoreFault.NOT_READ: CONF_ACCESS_KEY,
    StoreFault.NOT_REMOVED: CONF_ACCESS_KEY,
    StoreFault.NOT_WRITTEN: CONF_ACCESS_KEY,
}


class LibrarySteps(LibraryMoveSteps):
    """The steps of sharing the library, and of no longer sharing it."""

    _database: DatabaseSettings | None = None
    _files: FilesSettings | None = None
    _found: FoundDatabase
    _fetching: asyncio.Task[None] | None = None
    _no_drivers: DriversMissingError | None = None

    # --- drivers ----------------------------------------------------------------------------------------------------

    async def async_step_share(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin, with what the form is checked by."""
        if (shared := self._shared) is not None:
            self._database, self._files = shared.database, shared.files
        return await self.async_step_drivers()

    async def async_step_share_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change how the shared library is reached."""
        return await self.async_step_share()

    async def async_step_drivers(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Fetch the drivers, which may take a while."""
        if self._fetching is None:
            self._fetching = self.hass.async_create_task(
                async_fetch_drivers(self.hass), "fetch drivers", eager_start=False
            )
        if not self._fetching.done():
            return self.async_show_progress(
                step_id="drivers",
                progress_action="drivers",
                progress_task=self._fetching,
            )
        self._no_drivers = None
        try:
            self._fetching.result()
        except DriversMissingError as err:
            self._no_drivers = err
        self._fetching = None
        return self.async_show_progress_done(next_step_id="database")

    # --- the database -----------------------------------------------------------------------------------------------

    async def async_step_database(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the database, and look whether it can be used."""
        errors: dict[str, str] = {}
        reason = ""
        if user_input is not None:
            try:
                self._database = self._database_of(user_input)
            except DatabaseUrlError as err:
                errors[CONF_HOST] = "database_url"
                reason = self._texts.explained(err.explanation)
            else:
                if not await async_has_drivers(self.hass):
                    return await self.async_step_drivers()
                for field in (CONF_NAME, CONF_USER):
                    if not getattr(self._database, field):
                        errors[field] = "required"
                if not errors:
                    try:
                        self._found = await async_look_at_database(self._database)
                    except IndexUnavailableError as err:
                        field = _FIELDS_OF_INDEX_FAULTS.get(err.fault, "base")
                        errors[field] = "refused"
                        reason = self._texts.explained(err.explanation)
                    else:
                        return await self.async_step_files()
        elif self._no_drivers is not None:
            errors["base"] = "refused"
            reason = self._texts.error(self._no_drivers)
        return self.async_show_form(
            step_id="database",
            data_schema=self.add_suggested_values_to_schema(
                DATABASE_SCHEMA, self._shown_database
            ),
            errors=errors,
            description_placeholders={"reason": reason},
            last_step=False,
        )

    def _database_of(self, answers: Mapping[str, Any]) -> DatabaseSettings:
        """Read the form; a URL says more than the other fields. Raises DatabaseUrlError."""
        host = answers[CONF_HOST].strip()
        known = self._database
        password = answers.get(CONF_PASSWORD) or (known.password if known else "")
        if "://" in host:
            given = DatabaseSettings.from_url(host)
            return replace(
                given,
                name=given.name or answers.get(CONF_NAME, ""),
                user=given.user or answers.get(CONF_USER, ""),
                password=given.password or password,
            )
        return DatabaseSettings(
            host=host,
            port=int(answers.get(CONF_PORT) or DEFAULT_PORT),
            name=answers.get(CONF_NAME, "").strip(),
            user=answers.get(CONF_USER, "").strip(),
            password=password,
            encryption=Encryption(answers[CONF_ENCRYPTION]),
        )

    @property
    def _shown_database(self) -> dict[str, Any]:
        """What the form is filled with, never with the password."""
        if self._database is None:
            return {CONF_PORT: DEFAULT_PORT, CONF_ENCRYPTION: Encryption.PREFER.value}
        return {
            key: value
            for key, value in self._database.as_stored().items()
            if key != CONF_PASSWORD
        }

    # --- the files --------------------------------------------------------------------------------------------------

    async def async_step_files(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what kind of place the files are in."""
        return self.async_show_menu(step_id="files", menu_options=["folder", "bucket"])

    async def async_step_folder(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the folder of the files."""
        faults = _Faults()
        shown: Mapping[str, Any] = {}
        if isinstance(self._files, FolderSettings):
            shown = {CONF_PATH: str(self._files.path)}
        if user_input is not None:
            shown = user_input
            path = Path(user_input[CONF_PATH].strip())
            try:
                await self.hass.async_add_executor_job(
                    check_shared_folder, self.hass, path
                )
            except LibraryFolderError as err:
                faults = _Faults(
                    CONF_PATH, "folder_refused", self._texts.explained(err.explanation)
                )
            else:
                faults = await self._async_look_at_files(FolderSettings(path=path))
            if not faults.field:
                return await self._async_after_files()
        return self.async_show_form(
            step_id="folder",
            data_schema=self.add_suggested_values_to_schema(FOLDER_SCHEMA, shown),
            errors=faults.errors,
            description_placeholders={"reason": faults.reason},
            last_step=False,
        )

    async def async_step_bucket(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the bucket of the files."""
        faults = _Faults()
        if user_input is not None:
            known = self._known_bucket.get(CONF_SECRET_KEY, "")
            answers = {CONF_SECRET_KEY: known} | user_input
            faults = await self._async_look_at_files(bucket_settings(answers))
            if not faults.field:
                return await self._async_after_files()
        shown = user_input or self._known_bucket
        return self.async_show_form(
            step_id="bucket",
            data_schema=self.add_suggested_values_to_schema(
                BUCKET_SCHEMA,
                {key: value for key, value in shown.items() if key != CONF_SECRET_KEY},
            ),
            errors=faults.errors,
            description_placeholders={"reason": faults.reason},
            last_step=False,
        )

    @property
    def _known_bucket(self) -> Mapping[str, Any]:
        if self._files is None or isinstance(self._files, FolderSettings):
            return {}
        return asdict(self._files)

    async def _async_look_at_files(self, files: FilesSettings) -> _Faults:
        """Look whether the files can be there, and are those of the library in the database."""
        is_folder = isinstance(files, FolderSettings)
        self._files = files
        try:
            marked = await async_look_at_files(files)
        except StorageError as err:
            fault = err.fault if isinstance(err, StoreError) else StoreFault.FAILED
            field = _FIELDS_OF_STORE_FAULTS.get(fault, "base")
            return _Faults(
                CONF_PATH if is_folder else field,
                "refused",
                self._texts.explained(err.explanation),
            )
        if (marked or "") != self._found.contents.library_id:
            field = CONF_PATH if is_folder else CONF_BUCKET
            return _Faults(field, "files_of_other_library")
        shared = self._shared
        if shared is not None and shared.library_id != marked:
            return _Faults("base", "other_shared_library")
        return _Faults()

    # --- joining ----------------------------------------------------------------------------------------------------

    async def _async_after_files(self) -> ConfigFlowResult:
        """Go on with what was found, or change how the shared library is reached."""
        if (shared := self._shared) is not None:
            assert self._database is not None and self._files is not None
            return self._switch(
                replace(shared, database=self._database, files=self._files)
            )
        if self._found.contents.library_id:
            return await self.async_step_join()
        return await self.async_step_create()

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
        return self._switch(settings)

    # --- shared parts -----------------------------------------------------------------------------------------------

    def _page(
        self, step_id: str, schema: vol.Schema, placeholders: Mapping[str, str]
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id, data_schema=schema, description_placeholders=placeholders
        )

    @property
    def _shared(self) -> SharedLibrarySettings | None:
        return SharedLibrarySettings.from_entry(self.config_entry)

    @property
    def _texts(self) -> Texts:
        return Texts(self.hass)


@dataclass(frozen=True, slots=True)
class _Faults:
    """What is wrong with what was entered, and at which field."""

    field: str = ""
    key: str = ""
    reason: str = ""

    @property
    def errors(self) -> dict[str, str]:
        return {self.field: self.key} if self.field else {}
