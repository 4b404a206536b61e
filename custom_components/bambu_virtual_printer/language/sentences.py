"""A sentence as a key and values, so that each surface can say it in its own language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..engine.explanations import Explanation
from .texts import Texts

type Value = (
    str
    | int
    | float
    | datetime
    | Day
    | Weight
    | Sentence
    | tuple[Sentence, ...]
    | Listed
)


@dataclass(frozen=True, slots=True)
class Day:
    """The day of a moment."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Weight:
    """How heavy something is."""

    grams: float


@dataclass(frozen=True, slots=True)
class Listed:
    """Names that are listed within a sentence, with commas; whole sentences are a tuple and stand between semicolons."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A text of `common` by its key, and what its placeholders stand for. With a `count`, the key is that of a plural."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    count: int | None = None

    def text(self, texts: Texts) -> str:
        """Write it in the household's language."""
        values = {name: _written(value, texts) for name, value in self.values.items()}
        if self.count is not None:
            return texts.count(self.key, self.count, **values)
        return texts(self.key, **values)

    def as_json(self) -> dict[str, Any]:
        """Return the key and the values, for clients that translate."""
        shown: dict[str, Any] = {
            "text_key": self.key,
            "values": {name: _shown(value) for name, value in self.values.items()},
        }
        if self.count is not None:
            shown["count"] = self.count
        return shown


def sentence(key: str, **values: Value) -> Sentence:
    """Return a sentence."""
    return Sentence(key=key, values=values)


def said(explanation: Explanation) -> Sentence:
    """Return an explanation of the engine as a sentence."""
    return Sentence(
        key=explanation.key,
        values={
            name: said(value) if isinstance(value, Explanation) else value
            for name, value in explanation.values.items()
        },
    )


def _written(value: Value, texts: Texts) -> object:
    match value:
        case Sentence():
            return value.text(texts)
        case tuple():
            return texts("sentence_separator").join(each.text(texts) for each in value)
        case Listed(sentences=sentences):
            return texts.listed(each.text(texts) for each in sentences)
        case datetime():
            return texts.date_time(value)
        case Day(moment=moment):
            return texts.date(moment)
        case Weight(grams=grams):
            return texts.weight(grams)
        case float():
            return texts.number(value)
    return value


def _shown(value: Value) -> Any:
    match value:
        case Sentence():
            return value.as_json()
        case tuple():
            return [each.as_json() for each in value]
        case Listed(sentences=sentences):
            return [each.as_json() for each in sentences]
        case datetime():
            return {"time": value.isoformat()}
        case Day(moment=moment):
            return {"day": moment.isoformat()}
        case Weight(grams=grams):
            return {"grams": grams}
    return value
