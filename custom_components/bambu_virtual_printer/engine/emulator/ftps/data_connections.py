"""The passive ports and data connections of one printer, bounded."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial
import socket
import ssl

from ...explanations import Explanation
from ...reception.failures import REPLACED, AbortedError
from ...reception.transfer_thread import TransferThread
from .connection import DataConnection
from .failures import TOO_MANY
from .passive import NoFreePortError, PassivePort

# Most of them lingering.
MAX_DATA_CONNECTIONS = 64


class DataConnections:
    """Opens passive ports for sessions, and owns their data connections until they are closed."""

    def __init__(
        self,
        ports: Sequence[int],
        context: ssl.SSLContext,
        transfer_thread: TransferThread,
    ) -> None:
        """Prepare. `ports` are the printer's, `context` is that of its control connections."""
        self._ports = ports
        self._context = context
        self._transfer_thread = transfer_thread
        # Ports that were opened and may still be unused, the oldest first, with the address of their client.
        self._open_ports: dict[PassivePort, str] = {}
        self._connections: set[DataConnection] = set()
        # Those of the connections whose transfer is over, the oldest first.
        self._lingering: dict[DataConnection, None] = {}

    def open_port(self, address: str, peer: str) -> PassivePort:
        """Open a port for a client, in place of an unused one if no other is free. Raises NoFreePortError."""
        for used in [port for port in self._open_ports if not port.unused]:
            del self._open_ports[used]
        while True:
            try:
                port = PassivePort(address, self._ports, peer, self._adopt)
            except NoFreePortError:
                if not self._free_port():
                    raise
            else:
                self._open_ports[port] = peer
                return port

    def linger(self, connection: DataConnection) -> None:
        """Close a connection in good order, in the background."""
        if connection in self._connections:
            self._lingering[connection] = None
        connection.finish()

    async def close(self, reason: Explanation, limit_s: float) -> None:
        """Abort all connections and wait until their sockets are closed, for `limit_s` at most."""
        connections = tuple(self._connections)
        for connection in connections:
            connection.abort(reason)
        if connections:
            await asyncio.wait(
                {connection.closed for connection in connections}, timeout=limit_s
            )

    def _free_port(self) -> bool:
        """Close the oldest unused port of the client that has the most of them. Returns whether there was one."""
        if not self._open_ports:
            return False
        held = Counter(self._open_ports.values())
        most = max(held.values())
        oldest = next(
            port for port, peer in self._open_ports.items() if held[peer] == most
        )
        del self._open_ports[oldest]
        oldest.give_up()
        return True

    def _adopt(self, sock: socket.socket) -> DataConnection:
        """Take over a data connection, in place of a lingering one if there are too many. Raises AbortedError."""
        if len(self._connections) >= MAX_DATA_CONNECTIONS:
            if not self._lingering:
                sock.close()
                raise AbortedError(TOO_MANY)
            next(iter(self._lingering)).abort(REPLACED)
        # Of the control connections' context, so that the client can resume its TLS session.
        connection = self._transfer_thread.adopt(
            sock, partial(DataConnection, self._context)
        )
        self._connections.add(connection)
        connection.closed.add_done_callback(lambda _: self._forget(connection))
        return connection

    def _forget(self, connection: DataConnection) -> None:
        self._connections.discard(connection)
        self._lingering.pop(connection, None)
