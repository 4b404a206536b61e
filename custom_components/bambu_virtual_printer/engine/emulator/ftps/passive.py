"""Passive data ports: a listening socket for one data connection, from the address of the client that asked for it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
import logging
import random
import socket

from ...explanations import Explanation, explain
from ...net.pauses import waking_timeout
from ...reception.failures import AbortedError, TransferError
from .connection import DataConnection
from .failures import NO_DATA_CONNECTION, TOO_MANY, NoDataConnectionError

_LOGGER = logging.getLogger(__name__)

CONNECTION_LIMIT_S = 30.0
_BACKLOG = 8


class NoFreePortError(Exception):
    """Every port of the printer is in use."""


class PassivePort:
    """One port, open until the client has connected, then its connection."""

    def __init__(
        self,
        address: str,
        ports: Sequence[int],
        peer: str,
        adopt: Callable[[socket.socket], DataConnection],
    ) -> None:
        """Listen on any of `ports`. Raises NoFreePortError.

        Connections from other addresses than `peer` are closed; the first from there is given to `adopt`.
        """
        self._peer = peer
        self._adopt = adopt
        self._loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[DataConnection | TransferError] = (
            self._loop.create_future()
        )
        self.given_up = False
        """Whether it was closed for another client."""
        self._sock = _listen(address, ports)
        self.port: int = self._sock.getsockname()[1]
        self._loop.add_reader(self._sock, self._accept)

    @property
    def unused(self) -> bool:
        """Whether it is open and the client has not connected yet."""
        return self._sock.fileno() >= 0

    def give_up(self) -> None:
        """Free the port for another client, if it is still unused."""
        self.given_up = True
        self._close_port()
        if not self._outcome.done():
            self._outcome.set_result(NoDataConnectionError(TOO_MANY))

    async def connection(self) -> DataConnection:
        """Wait for the client. Raises NoDataConnectionError after a while, AbortedError after `close`."""
        with suppress(TimeoutError):
            async with waking_timeout(CONNECTION_LIMIT_S):
                await asyncio.shield(self._outcome)
        # It may have arrived at the last moment.
        if not self._outcome.done():
            raise NoDataConnectionError(NO_DATA_CONNECTION)
        outcome = self._outcome.result()
        if isinstance(outcome, TransferError):
            raise outcome
        return outcome

    def close(self, reason: Explanation) -> None:
        """Free the port, or abort its connection."""
        self._close_port()
        if not self._outcome.done():
            self._outcome.set_result(AbortedError(reason))
        elif isinstance(connection := self._outcome.result(), DataConnection):
            connection.abort(reason)

    def _close_port(self) -> None:
        if self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock)
            self._sock.close()

    def _accept(self) -> None:
        try:
            sock, (peer, _port) = self._sock.accept()
        except BlockingIOError, InterruptedError, ConnectionAbortedError:
            return
        except OSError as err:
            self._close_port()
            self._outcome.set_result(
                NoDataConnectionError(
                    explain(
                        "transfer_without_port", "No data connection: {why}"
                    ).because(err)
                )
            )
            return
        if peer != self._peer:
            _LOGGER.debug(
                "Refused a data connection from %s: the port is for %s",
                peer,
                self._peer,
            )
            sock.close()
            return
        self._close_port()
        sock.setblocking(False)
        try:
            self._outcome.set_result(self._adopt(sock))
        except TransferError as err:
            self._outcome.set_result(err)


def _listen(address: str, ports: Sequence[int]) -> socket.socket:
    """Listen on an unpredictable port of `ports`. Raises NoFreePortError."""
    for port in random.sample(ports, len(ports)):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            # Connections of earlier transfers may still linger on it.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((address, port))
            sock.listen(_BACKLOG)
        except OSError as err:
            _LOGGER.debug("Data port %s of %s is not free: %s", port, address, err)
            sock.close()
        else:
            return sock
    raise NoFreePortError
