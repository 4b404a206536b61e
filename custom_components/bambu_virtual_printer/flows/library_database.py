"""The options' steps about the database of a shared library: what it takes to speak with it, and whether it can be used."""

from abc import abstractmethod
import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_PORT
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..config.shared_library import (
    CONF_ENCRYPTION,
    CONF_USER,
    DEFAULT_PORT,
    UNREADABLE,
    DatabaseSettings,
    DatabaseUrlError,
    Encryption,
    FilesSettings,
    SharedLibrarySettings,
)
from ..engine.library.values.errors import IndexFault, IndexUnavailableError
from ..language.texts import Texts
from ..sharing.drivers import (
    DriversMissingError,
    async_fetch_drivers,
    async_has_drivers,
)
from ..sharing.opening import FoundDatabase, async_look_at_database
from .library_move import LibraryMoveSteps

PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
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
_FIELDS_OF_INDEX_FAULTS = {
    IndexFault.URL: CONF_HOST,
    IndexFault.ADDRESS: CONF_HOST,
    IndexFault.CREDENTIALS: CONF_PASSWORD,
    IndexFault.DATABASE: CONF_NAME,
    IndexFault.ENCODING: CONF_NAME,
    IndexFault.RIGHTS: CONF_USER,
    IndexFault.VERSION: CONF_HOST,
}


class DatabaseSteps(LibraryMoveSteps):
    """The first steps of sharing the library, or of changing how it is reached."""

    _database: DatabaseSettings | None = None
    _files: FilesSettings | None = None
    _found: FoundDatabase
    _fetching: asyncio.Task[None] | None = None
    _no_drivers: DriversMissingError | None = None

    @abstractmethod
    async def async_step_files(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with the files, once the database can be used."""

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
        if "@" in host:
            # The end of a URL, with the password in it.
            raise DatabaseUrlError(UNREADABLE)
        port = int(answers.get(CONF_PORT) or DEFAULT_PORT)
        name, _, number = host.partition(":")
        if number.isascii() and number.isdecimal():
            host, port = name, int(number)
        return DatabaseSettings(
            host=host,
            port=port,
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

    # --- shared parts -----------------------------------------------------------------------------------------------

    @property
    def _shared(self) -> SharedLibrarySettings | None:
        return SharedLibrarySettings.from_entry(self.config_entry)

    @property
    def _texts(self) -> Texts:
        return Texts(self.hass)
