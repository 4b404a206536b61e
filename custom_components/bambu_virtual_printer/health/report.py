"""What a setup check found."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..language.sentences import Day, Sentence, Value
from ..language.texts import Texts


class Outcome(StrEnum):
    """How a check went."""

    OK = "ok"
    NOT_CHECKED = "not_checked"
    """What Home Assistant cannot try by itself, and nobody has shown yet."""
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found: the key of a sentence, and what is filled in; `count` chooses between one and many."""

    check: str
    outcome: Outcome
    key: str
    placeholders: Mapping[str, object]
    count: int | None = None

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        values: dict[str, Value] = {
            name: (
                value if isinstance(value, int | float | Day | Sentence) else str(value)
            )
            for name, value in self.placeholders.items()
        }
        return Sentence(key=self.key, values=values, count=self.count)

    def text(self, texts: Texts) -> str:
        """Write the sentence."""
        return self.sentence.text(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All findings about a printer."""

    at: datetime
    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of them; what was not checked does not count."""
        found = {finding.outcome for finding in self.findings}
        return next(
            (each for each in (Outcome.PROBLEM, Outcome.WARNING) if each in found),
            Outcome.OK,
        )

    @property
    def complaints(self) -> tuple[Finding, ...]:
        """Everything that is not as it should be, the worst first."""
        return tuple(
            finding
            for outcome in (Outcome.PROBLEM, Outcome.WARNING)
            for finding in self.findings
            if finding.outcome is outcome
        )

    @property
    def unproved(self) -> tuple[Finding, ...]:
        """What nobody knows yet."""
        return tuple(
            finding
            for finding in self.findings
            if finding.outcome is Outcome.NOT_CHECKED
        )

    @property
    def passed(self) -> tuple[Finding, ...]:
        """What is as it should be."""
        return tuple(
            finding for finding in self.findings if finding.outcome is Outcome.OK
        )

    @property
    def problems(self) -> tuple[Finding, ...]:
        """Those that have to be mended."""
        return tuple(
            finding for finding in self.findings if finding.outcome is Outcome.PROBLEM
        )

    def as_dict(self, texts: Texts) -> dict[str, Any]:
        """Show it as JSON."""
        return {
            "outcome": self.outcome.value,
            "checked_at": self.at.isoformat(),
            "checks": [
                {
                    "check": finding.check,
                    "outcome": finding.outcome.value,
                    "text": finding.text(texts),
                }
                for finding in self.findings
            ],
        }


def ok(
    check: str, key: str, *, count: int | None = None, **placeholders: object
) -> Finding:
    """Return a finding: as it should be."""
    return Finding(
        check=check,
        outcome=Outcome.OK,
        key=key,
        count=count,
        placeholders=placeholders,
    )


def not_checked(check: str, key: str, **placeholders: object) -> Finding:
    """Return a finding: nobody knows yet."""
    finding = ok(check, key, count=None, **placeholders)
    return replace(finding, outcome=Outcome.NOT_CHECKED)


def warning(
    check: str, key: str, *, count: int | None = None, **placeholders: object
) -> Finding:
    """Return a finding: works, but may keep some slicers away."""
    finding = ok(check, key, count=count, **placeholders)
    return replace(finding, outcome=Outcome.WARNING)


def problem(check: str, key: str, **placeholders: object) -> Finding:
    """Return a finding: keeps slicers away."""
    finding = ok(check, key, count=None, **placeholders)
    return replace(finding, outcome=Outcome.PROBLEM)
