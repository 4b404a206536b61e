"""What it takes to describe things to people: the household's language, and what its printers are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..language.texts import Texts
from ..operations.plans import ShownTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts, and the real printers and models that jobs are meant for by their ids."""

    texts: Texts
    targets: Mapping[str, ShownTarget]
