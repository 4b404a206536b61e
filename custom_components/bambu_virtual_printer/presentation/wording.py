"""What it takes to describe things to people: the household's language, and what its printers are called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..engine.dispatch.fits import SpoolFits
from ..engine.dispatch.reasons import Reason
from ..language.texts import Texts
from ..operations.plans import ShownTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts, and the real printers and models that jobs are meant for by their ids.

    `reasons` say by jobs' ids why planning lets them wait, `progress` how many percent are done of those that printers have.
    `late` are the jobs that cannot be ready in time, `fits` knows the loaded spools that jobs in line could be printed with,
    `planned` is when those begin that only wait for their time, `ready_by` when those should be ready by their printers' rules that are
    not due themselves.
    """

    texts: Texts
    targets: Mapping[str, ShownTarget]
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    progress: Mapping[str, int] = field(default_factory=dict)
    late: Collection[str] = ()
    fits: SpoolFits | None = None
    planned: Mapping[str, datetime] = field(default_factory=dict)
    instances: Mapping[str, str] = field(default_factory=dict)
    """What the Home Assistants that share the library are called, by their ids; nothing where there are not several."""
    ready_by: Mapping[str, datetime] = field(default_factory=dict)
