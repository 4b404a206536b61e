"""Why something is so: the key of a text that people read in their language, and the same text in English for logs and protocols.

The texts stand in the translations too, word for word (`tests/language/test_explanations.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
import errno
import json
import socket
import ssl

type Value = str | int | float | Explanation
"""What a placeholder stands for; names of files, printers and the like as they are."""

# Begins what is stored of an explanation. No text of a person has it: control characters are taken out of those.
_STORED = "\x1f"
_AS_IT_STANDS = "as_it_stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The key of a text, that text in English with its placeholders, and what these stand for."""

    key: str
    english: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in English."""
        return self.english.format(**self.values)

    def because(self, err: OSError) -> Explanation:
        """Return it with what the system said in the place of `why`."""
        return replace(self, values={**self.values, "why": why_os(err)})


class ExplainedError(Exception):
    """An error that people are told of. Its text is the explanation in English."""

    def __init__(self, explanation: Explanation) -> None:
        """Keep the explanation."""
        super().__init__(str(explanation))
        self.explanation = explanation


def explain(key: str, english: str, /, **values: Value) -> Explanation:
    """Return an explanation."""
    return Explanation(key=key, english=english, values=values)


def as_it_stands(text: str) -> Explanation:
    """Return what is told in the words of a person or another program, which nobody translates."""
    return Explanation(key=_AS_IT_STANDS, english="{text}", values={"text": text})


def stored(explanation: Explanation | None) -> str:
    """Return what is kept of an explanation in a column of text, the bare words of what stands as it is."""
    if explanation is None:
        return ""
    if explanation.key == _AS_IT_STANDS:
        return str(explanation)
    return _STORED + json.dumps(_plain(explanation), ensure_ascii=False)


def from_stored(text: str) -> Explanation | None:
    """Return what was kept. Whatever cannot be read otherwise, as the sentences of older versions, stands as it is."""
    if not text:
        return None
    if text.startswith(_STORED):
        try:
            return _explanation(json.loads(text.removeprefix(_STORED)))
        except AttributeError, KeyError, TypeError, ValueError:
            pass
    return as_it_stands(text)


def why_os(err: OSError) -> Explanation:
    """Say in a few words, as the end of a sentence, why the system could not do something."""
    match err:
        case TimeoutError():
            return NO_ANSWER
        case socket.gaierror():
            return explain("os_name_unknown", "its name cannot be resolved")
        case ssl.SSLError():
            return explain(
                "os_tls",
                "TLS failed ({code})",
                code=getattr(err, "reason", None) or type(err).__name__,
            )
        case OSError(errno=int(number)) if number in _OS:
            return _OS[number]
        case OSError(errno=int(number)) if number in errno.errorcode:
            code = errno.errorcode[number]
        case _:
            code = err.strerror or str(err) or type(err).__name__
    return explain("os_other", "the system reports {code}", code=code)


def why_failed(err: Exception) -> Explanation:
    """Say why something failed, with the file that the system tells of; of errors that nobody expected as they are."""
    match err:
        case ExplainedError():
            return err.explanation
        case OSError(filename=str(file)):
            return explain("os_of_file", "{file}: {why}", file=file).because(err)
        case OSError():
            return why_os(err)
    return explain("unexpected_error", "unexpected error: {error}", error=repr(err))


def _plain(explanation: Explanation) -> dict[str, object]:
    return {
        "key": explanation.key,
        "english": explanation.english,
        "values": {
            name: _plain(value) if isinstance(value, Explanation) else value
            for name, value in explanation.values.items()
        },
    }


def _explanation(plain: dict[str, object]) -> Explanation:
    """Return what `_plain` made. Raises AttributeError, KeyError, TypeError for anything else."""
    values = plain["values"]
    if not isinstance(values, dict):
        raise TypeError
    explanation = Explanation(
        key=str(plain["key"]),
        english=str(plain["english"]),
        values={
            name: _explanation(value) if isinstance(value, dict) else value
            for name, value in values.items()
        },
    )
    str(explanation)
    return explanation


NO_ANSWER = explain("os_no_answer", "no answer")
_DENIED = explain("os_denied", "permission denied")
_NO_ROOM = explain("os_no_room", "there is no room left")
_INTERRUPTED = explain("os_interrupted", "the connection was interrupted")
_UNREACHABLE = explain("os_unreachable", "the network has no way there")
_TOO_MANY_FILES = explain("os_too_many_files", "too many files are open")
_DISK_GONE = explain("os_disk_gone", "the disk or network share has gone away")
_OS = {
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EROFS: explain("os_read_only", "nothing can be written there"),
    errno.ENOENT: explain("os_not_there", "it is not there"),
    errno.EEXIST: explain("os_there_already", "it is there already"),
    errno.EISDIR: explain("os_is_folder", "it is a folder"),
    errno.ENOTDIR: explain("os_no_folder", "a part of the path is not a folder"),
    errno.ENAMETOOLONG: explain("os_name_too_long", "its name is too long"),
    errno.EIO: explain("os_disk_failed", "the disk failed"),
    errno.ESTALE: _DISK_GONE,
    errno.ENODEV: _DISK_GONE,
    errno.ENXIO: _DISK_GONE,
    errno.EMFILE: _TOO_MANY_FILES,
    errno.ENFILE: _TOO_MANY_FILES,
    errno.EADDRINUSE: explain("os_address_in_use", "another program uses it"),
    errno.EADDRNOTAVAIL: explain(
        "os_address_missing", "this computer does not have the address"
    ),
    errno.ECONNREFUSED: explain("os_refused", "the connection was refused"),
    errno.ECONNRESET: _INTERRUPTED,
    errno.ECONNABORTED: _INTERRUPTED,
    errno.EPIPE: _INTERRUPTED,
    errno.ENOTCONN: _INTERRUPTED,
    errno.EHOSTUNREACH: _UNREACHABLE,
    errno.ENETUNREACH: _UNREACHABLE,
    errno.ENETDOWN: _UNREACHABLE,
    errno.EHOSTDOWN: _UNREACHABLE,
    errno.ETIMEDOUT: NO_ANSWER,
}
