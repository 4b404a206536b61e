"""Sentences and formats in the household's language: what a person reads that Home Assistant does not translate itself.

They are the `common` texts of the translations. Actions, to-do lists, calendars and voice answer a household and not a
browser, so the language is the one Home Assistant is set to; times are in its time zone, money in its currency.
"""

from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..engine.explanations import Explanation
from .plurals import plural_form

CATEGORY = "common"
ENGLISH = "en"

# As English writes them (Unicode CLDR); other currencies are written by their code.
CURRENCY_SYMBOLS = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NZD": "NZ$",
    "PHP": "₱",
    "TWD": "NT$",
    "USD": "$",
    "VND": "₫",
}
# ISO 4217: currencies without a smaller coin.
WHOLE_CURRENCIES = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"})
NO_BREAK_SPACE = "\u00a0"


class Texts:
    """The texts of `common`, by their keys; everything is for the event loop."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Read the language, the time zone and the currency anew with each text."""
        self._hass = hass

    def __call__(self, key: str, /, **placeholders: object) -> str:
        """Return a text with what its placeholders stand for; the key itself when there is no such text."""
        text = self._find(key)
        if text is None:
            return key
        return text.format(**placeholders) if placeholders else text

    def _find(self, key: str) -> str | None:
        full_key = f"component.{DOMAIN}.{CATEGORY}.{key}"
        # A language is loaded a moment after it was chosen.
        for language in (self._hass.config.language, ENGLISH):
            known = async_get_cached_translations(
                self._hass, language, CATEGORY, DOMAIN
            )
            if (text := known.get(full_key)) is not None:
                return text
        return None

    def error(self, err: HomeAssistantError) -> str:
        """Say what an error says, in the household's language as far as it has a text."""
        found = async_get_cached_translations(
            self._hass,
            self._hass.config.language,
            "exceptions",
            err.translation_domain,
        ).get(
            f"component.{err.translation_domain}.exceptions.{err.translation_key}.message"
        )
        if found is None:
            return str(err)
        return found.format(**(err.translation_placeholders or {}))

    def explained(self, explanation: Explanation | None) -> str:
        """Say why something is so; empty for None. What was stored by another version is said in English if need be."""
        if explanation is None:
            return ""
        values = {
            name: self.explained(value) if isinstance(value, Explanation) else value
            for name, value in explanation.values.items()
        }
        text = self._find(explanation.key)
        return (explanation.english if text is None else text).format(**values)

    def count(self, key: str, count: int, /, **placeholders: object) -> str:
        """Return the text of `key` in the form the language has for a number, which is the placeholder `count`."""
        form = f"{key}_{plural_form(self._hass.config.language, count)}"
        if self._find(form) is None:
            # English stands in for the moment, and has fewer forms.
            form = f"{key}_other"
        return self(form, count=count, **placeholders)

    def number(self, value: float, decimals: int | None = None) -> str:
        """Write a number with the marks of the language; with as many decimals as it has when none are given."""
        written = f"{value:,}" if decimals is None else f"{value:,.{decimals}f}"
        marks = {",": self("thousands_mark"), ".": self("decimal_mark")}
        return "".join(marks.get(character, character) for character in written)

    def money(self, amount: float) -> str:
        """Write an amount in the household's currency."""
        currency = self._hass.config.currency
        symbol = CURRENCY_SYMBOLS.get(currency, f"{currency}{NO_BREAK_SPACE}")
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
        """Write how heavy something is, to the gram."""
        return self("grams", grams=self.number(grams, 0))

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
