"""The options' steps about the files of a shared library: a folder or a bucket, and whether it can be used."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..config.options import LibraryFolderError
from ..config.shared_library import (
    CONF_ACCESS_KEY,
    CONF_BUCKET,
    CONF_CERTIFICATES,
    CONF_ENDPOINT,
    CONF_PATH,
    CONF_PREFIX,
    CONF_REGION,
    CONF_SECRET_KEY,
    FilesSettings,
    FolderSettings,
    bucket_settings,
)
from ..engine.library.values.store_faults import StoreError, StoreFault
from ..engine.storage import StorageError
from ..sharing.opening import async_check_shared_folder, async_look_at_files
from .library_database import PASSWORD, DatabaseSteps

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


class FilesSteps(DatabaseSteps):
    """The steps about the files, which go on with what was found."""

    _lost_id = ""
    """The library whose files were found, for which there is no database any more."""

    @abstractmethod
    async def _async_after_files(self) -> ConfigFlowResult:
        """Go on, once database and files can be used and belong together."""

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
                await async_check_shared_folder(self.hass, self.config_entry, path)
            except LibraryFolderError as err:
                faults = _Faults(
                    CONF_PATH, "folder_refused", self._texts.explained(err.explanation)
                )
            except StorageError as err:
                faults = _Faults(
                    CONF_PATH, "refused", self._texts.explained(err.explanation)
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
        known = self._found.contents.library_id
        # The store of a library, and a database with none: that of this one is lost.
        self._lost_id = marked if marked and not known else ""
        if (marked or "") != known and not self._lost_id:
            field = CONF_PATH if is_folder else CONF_BUCKET
            return _Faults(field, "files_of_other_library")
        shared = self._shared
        if shared is not None and shared.library_id != marked:
            return _Faults("base", "other_shared_library")
        return _Faults()


@dataclass(frozen=True, slots=True)
class _Faults:
    """What is wrong with what was entered, and at which field."""

    field: str = ""
    key: str = ""
    reason: str = ""

    @property
    def errors(self) -> dict[str, str]:
        return {self.field: self.key} if self.field else {}
