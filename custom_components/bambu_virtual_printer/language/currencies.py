"""How languages write currencies (Unicode CLDR): by a symbol, or by their code."""

from collections.abc import Mapping

# ISO 4217: currencies without a smaller coin.
WHOLE_CURRENCIES = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"})

# Those of much used currencies that are not the code.
# fmt: off
_SYMBOLS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
        "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "$",
        "VND": "₫",
    },
    "de": {
        "AUD": "AU$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
        "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "THB": "฿", "TWD": "NT$", "USD": "$",
        "VND": "₫",
    },
    "fr": {
        "ARS": "$AR", "AUD": "$AU", "BRL": "R$", "CAD": "$CA", "CLP": "$CL", "COP": "$CO", "EUR": "€", "GBP": "£GB",
        "ILS": "₪", "INR": "₹", "KRW": "₩", "MXN": "$MX", "NZD": "$NZ", "SGD": "$SG", "USD": "$US", "VND": "₫",
    },
    "nl": {
        "AUD": "AU$", "BRL": "R$", "CAD": "C$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
        "INR": "₹", "JPY": "JP¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "THB": "฿", "TWD": "NT$", "USD": "US$",
        "VND": "₫",
    },
    "es": {
        "EUR": "€", "THB": "฿", "USD": "US$", "VND": "₫",
    },
    "it": {
        "AUD": "A$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "ILS": "₪", "NZD": "NZ$", "PHP": "₱",
        "THB": "฿",
    },
    "pl": {
        "BRL": "R$", "EUR": "€", "PLN": "zł",
    },
    "pt-BR": {
        "AUD": "AU$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
        "INR": "₹", "JPY": "JP¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "THB": "฿", "TWD": "NT$", "USD": "US$",
        "VND": "₫",
    },
    "sv": {
        "BRL": "BR$", "CAD": "CA$", "DKK": "Dkr", "EUR": "€", "ILS": "₪", "ISK": "Ikr", "MXN": "MX$", "NOK": "Nkr",
        "SEK": "kr", "USD": "US$",
    },
    "zh-Hans": {
        "AUD": "AU$", "BRL": "R$", "CAD": "CA$", "CNY": "¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
        "INR": "₹", "JPY": "JP¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "TWD": "NT$", "USD": "US$", "VND": "₫",
    },
}
# fmt: on


def currency_symbol(language: str, currency: str) -> str:
    """Return the symbol of a currency as a language writes it, which may be the code. Other languages are read in English."""
    return _SYMBOLS.get(language, _SYMBOLS["en"]).get(currency, currency)
