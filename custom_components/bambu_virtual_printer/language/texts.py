"""Sentences and formats in the household's language: what a person reads that Home Assistant does not translate itself.

They are the `common` texts of the translations. Actions, to-do lists and calendars answer a household and not a browser, so
the language is the one Home Assistant is set to; voice answers in the one that is spoken. Times are in the household's time
zone, money in its currency, weights in its units.
"""

from collections.abc import Iterable
from datetime import datetime

from homeassistant.const import UnitOfMass
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.language import matches

from ..const import DOMAIN
from ..engine.explanations import Explanation
from .currencies import WHOLE_CURRENCIES, currency_symbol
from .plurals import is_of_one, plural_form

CATEGORY = "common"
ENGLISH = "en"
TRANSLATED = ("de", "en", "es", "fr", "it", "nl", "pl", "pt-BR", "sv", "zh-Hans")
"""The languages of the integration, as Home Assistant names them."""

NO_BREAK_SPACE = "\u00a0"
GRAMS_PER_OUNCE = 28.349523125
OUNCES_PER_POUND = 16
POUNDS_FROM_OUNCES = 32
TENTHS_BELOW_OUNCES = 10


class Texts:
    """The texts of `common`, by their keys; everything is for the event loop."""

    def __init__(self, hass: HomeAssistant, language: str | None = None) -> None:
        """Read the language, if it is the household's, the time zone and the currency anew with each text."""
        self._hass = hass
        self._language = language

    @property
    def language(self) -> str:
        """The language of the texts: the household's, or the one that was asked for."""
        return self._language or self._hass.config.language

    def __call__(self, key: str, /, **placeholders: object) -> str:
        """Return a text with what its placeholders stand for; the key itself when there is no such text."""
        text = self._find(key)
        if text is None:
            return key
        return text.format(**placeholders) if placeholders else text

    def _find(self, key: str) -> str | None:
        full_key = f"component.{DOMAIN}.{CATEGORY}.{key}"
        # A language is loaded a moment after it was chosen.
        for language in (self.language, ENGLISH):
            known = async_get_cached_translations(
                self._hass, language, CATEGORY, DOMAIN
            )
            if (text := known.get(full_key)) is not None:
                return text
        return None

    def error(self, err: HomeAssistantError) -> str:
        """Say what an error says, in the language of the texts as far as it has one."""
        found = async_get_cached_translations(
            self._hass, self.language, "exceptions", err.translation_domain
        ).get(
            f"component.{err.translation_domain}.exceptions.{err.translation_key}.message"
        )
        if found is None:
            return str(err)
        return found.format(**(err.translation_placeholders or {}))

    def explained(self, explanation: Explanation | None) -> str:
        """Say why something is so; empty for None.

        What was stored by another version is said in English if need be, and so are the numbers in it.
        """
        if explanation is None:
            return ""
        text = self._find(explanation.key)
        values = {
            name: (
                self.explained(value)
                if isinstance(value, Explanation)
                else self.number(value)
                if isinstance(value, float) and text is not None
                else value
            )
            for name, value in explanation.values.items()
        }
        return (explanation.english if text is None else text).format(**values)

    def count(self, key: str, count: int, /, **placeholders: object) -> str:
        """Return the text of `key` in the form the language has for a number, which is the placeholder `count`."""
        form = f"{key}_{plural_form(self.language, count)}"
        text = self._find(form)
        # English stands in for the moment, and has fewer forms. Some languages say one of nothing too: not in words.
        if text is None or (count != 1 and is_of_one(form, text)):
            form = f"{key}_other"
        return self(form, count=count, **placeholders)

    def listed(self, names: Iterable[str]) -> str:
        """Write names one after the other."""
        return self("list_separator").join(names)

    def number(self, value: float, decimals: int | None = None) -> str:
        """Write a number with the marks of the language; with as many decimals as it has when none are given."""
        written = f"{value:,}" if decimals is None else f"{value:,.{decimals}f}"
        marks = {",": self("thousands_mark"), ".": self("decimal_mark")}
        return "".join(marks.get(character, character) for character in written)

    def money(self, amount: float) -> str:
        """Write an amount in the household's currency."""
        currency = self._hass.config.currency
        symbol = currency_symbol(self.language, currency)
        if symbol == currency:
            symbol += NO_BREAK_SPACE
        digits = 0 if currency in WHOLE_CURRENCIES else 2
        written = self("money", symbol=symbol, amount=self.number(amount, digits))
        # The space that keeps a code from its amount is not wanted behind both.
        return written.strip()

    def duration(self, seconds: float) -> str:
        """Write how long something takes, to the minute."""
        hours, minutes = divmod(round(seconds / 60), 60)
        if not hours:
            return self("minutes", minutes=minutes)
        return self("hours_and_minutes", hours=hours, minutes=f"{minutes:02}")

    def weight(self, grams: float) -> str:
        """Write how heavy something is, in the household's units: to the gram, or about as exactly."""
        if self._hass.config.units.mass_unit != UnitOfMass.POUNDS:
            return self("grams", grams=self.number(grams, 0))
        ounces = grams / GRAMS_PER_OUNCE
        if ounces >= POUNDS_FROM_OUNCES:
            return self("pounds", pounds=self.number(ounces / OUNCES_PER_POUND, 2))
        decimals = 1 if ounces < TENTHS_BELOW_OUNCES else 0
        return self("ounces", ounces=self.number(ounces, decimals))

    def date(self, moment: datetime) -> str:
        """Write the day of a moment; without the year when that is this one."""
        local = dt_util.as_local(moment)
        is_this_year = local.year == dt_util.now().year
        return local.strftime(self("date_this_year" if is_this_year else "date"))

    def time(self, moment: datetime) -> str:
        """Write the time of day of a moment."""
        return dt_util.as_local(moment).strftime(self("time"))

    def date_time(self, moment: datetime) -> str:
        """Write a moment."""
        return self("date_and_time", date=self.date(moment), time=self.time(moment))

    def size(self, size_bytes: int) -> str:
        """Write how large a file is, in decimal megabytes."""
        return self("megabytes", megabytes=self.number(size_bytes / 1e6, 1))


async def async_texts_in(hass: HomeAssistant, language: str) -> Texts:
    """Return the texts in a language in which somebody speaks; in the household's where there are none in that."""
    base = language.partition("-")[0]
    found = [one for one in matches(language, TRANSLATED) if one.startswith(base)]
    if not found:
        return Texts(hass)
    for category in (CATEGORY, "exceptions"):
        await async_get_translations(hass, found[0], category, {DOMAIN})
    return Texts(hass, found[0])
