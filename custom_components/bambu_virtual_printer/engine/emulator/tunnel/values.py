"""What has to be done on a client's connection for a call: what the loop decides, and the transfer thread does."""

from dataclasses import dataclass

from ...protocol.file_tunnel import CHUNK_BYTES
from ...reception.failures import TransferError
from ...reception.reception import Reception
from ...reception.sinks import Sink
from ...reception.sources import FileSource


@dataclass(slots=True, kw_only=True, eq=False)
class Upload:
    """A file on its way. Without a reception its bytes are dropped, as those of FTPS are for a name that is not kept."""

    name: str
    total_bytes: int
    sink: Sink
    reception: Reception | None
    kept: bool = False
    """Whether it is safe on the disk, so that it may be acknowledged."""
    failure: TransferError | None = None
    """Why it was not kept."""

    @property
    def offset(self) -> int:
        """Where its client is asked to go on: at the beginning of a piece, of the last one at most, which has the checksum."""
        at = min(self.sink.received_bytes, self.total_bytes - 1)
        return at // CHUNK_BYTES * CHUNK_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Replies to send, one frame each."""

    payloads: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Pieces of a file to receive."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A file to send from `offset` on."""

    source: FileSource
    offset: int


type Step = Answer | Receive | Send
