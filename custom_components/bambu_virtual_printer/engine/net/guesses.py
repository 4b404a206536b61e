"""Detects clients that guess access codes, and slows them down.

No client is ever locked out: a slicer with a stale code repeats it every second, and the right code is accepted at once,
also from a client that guessed before. Only *different* wrong codes are counted. They delay a client's refusals, and its
next handshakes too, so that disconnecting before the refusal gains nothing. Other clients are not affected.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
import hashlib
import secrets
from time import monotonic

GUESSES = 10
"""From this many different wrong codes on, a client counts as guessing."""

REFUSAL_DELAY_S = 0.5
MAX_REFUSAL_DELAY_S = 10.0
# A person mistypes a code a few times.
_FREE_GUESSES = 3
# Many clients with a few wrong codes each count as guessing too.
_GUESSES_OF_ALL = 100
_REFUSAL_DELAY_OF_ALL_S = 5.0
_HANDSHAKE_PAUSE_S = 0.1
_MAX_HANDSHAKE_PAUSE_S = 0.5
_FORGOTTEN_AFTER_S = 900.0
_REMEMBERED_PEERS = 256
_REMEMBERED_CODES = 64
_DIGEST_BYTES = 8


@dataclass(slots=True)
class _Guesser:
    last_at: float
    codes: OrderedDict[bytes, None] = field(default_factory=OrderedDict)
    guesses: int = 0


class GuessTracker:
    """Counts wrong codes of each client and of all; one object for all printers of a process."""

    def __init__(self) -> None:
        """Start empty. Codes are remembered by keyed hashes, which are useless outside of this process."""
        self._key = secrets.token_bytes(16)
        # Least recently seen first.
        self._guessers: OrderedDict[str, _Guesser] = OrderedDict()

    def wrong(self, peer: str, access_code: bytes) -> int:
        """Count a wrong code. Returns how many different ones the client has tried."""
        self._forget_old()
        now = monotonic()
        guesser = self._guessers.pop(peer, None) or _Guesser(now)
        self._guessers[peer] = guesser
        guesser.last_at = now
        if len(self._guessers) > _REMEMBERED_PEERS:
            self._guessers.popitem(last=False)
        code = hashlib.blake2b(
            access_code, key=self._key, digest_size=_DIGEST_BYTES
        ).digest()
        if code not in guesser.codes:
            guesser.guesses += 1
            guesser.codes[code] = None
            if len(guesser.codes) > _REMEMBERED_CODES:
                guesser.codes.popitem(last=False)
        return guesser.guesses

    def right(self, peer: str) -> None:
        """Record that a client knows the code: what it sent before was mistyped, not guessed."""
        if (guesser := self._guessers.get(peer)) and guesser.guesses < GUESSES:
            del self._guessers[peer]

    def refusal_delay_s(self, peer: str) -> float:
        """Return how long the refusal of a wrong code is delayed."""
        guesses = self._of(peer)
        delay_s = REFUSAL_DELAY_S * 2.0 ** min(max(0, guesses - _FREE_GUESSES), 10)
        if guesses > 1 and self._of_all() >= _GUESSES_OF_ALL:
            delay_s = max(delay_s, _REFUSAL_DELAY_OF_ALL_S)
        return min(delay_s, MAX_REFUSAL_DELAY_S)

    def handshake_pause_s(self, peer: str) -> float:
        """Return how long a client waits between two handshakes."""
        guesses = self._of(peer)
        if guesses < GUESSES:
            return 0.0
        return min(_HANDSHAKE_PAUSE_S * guesses / GUESSES, _MAX_HANDSHAKE_PAUSE_S)

    def _of(self, peer: str) -> int:
        self._forget_old()
        guesser = self._guessers.get(peer)
        return guesser.guesses if guesser else 0

    def _of_all(self) -> int:
        return sum(guesser.guesses for guesser in self._guessers.values())

    def _forget_old(self) -> None:
        oldest = monotonic() - _FORGOTTEN_AFTER_S
        while self._guessers:
            peer, guesser = next(iter(self._guessers.items()))
            if guesser.last_at > oldest:
                break
            del self._guessers[peer]
