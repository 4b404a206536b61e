"""The MQTT client of a session: aiomqtt's, whose sockets are looked at by the event loop without an exception out of it.

A printer that breaks off while something is being sent closes the socket between the moment at which paho asks for it to be
watched and the turn of the loop that begins to: aiomqtt 2.5 then hands the loop a descriptor that is closed, or that another
connection has by now.
"""

from collections.abc import Callable
from typing import Any, override

import aiomqtt

type _Watch = Callable[[int, Callable[[], None]], Any]


class MqttClient(aiomqtt.Client):
    """Ends whenever its connection is broken, whichever part of it broke."""

    @override
    def _on_socket_open(self, client: Any, userdata: Any, sock: Any) -> None:
        def read() -> None:
            try:
                client.loop_read()
                # What TLS has decrypted already causes no wakeup.
                while client._sock is sock and sock.pending() > 0:  # noqa: SLF001
                    client.loop_read()
            except Exception as err:  # noqa: BLE001 - paho lets through what sockets raise
                self._broke(err)

        def begin() -> None:
            if sock.fileno() < 0:
                return
            self._watch(self._loop.add_reader, sock, read)
            self._misc_task = self._loop.create_task(self._misc_loop())

        self._loop.call_soon_threadsafe(begin)

    @override
    def _on_socket_close(self, client: Any, userdata: Any, sock: Any) -> None:
        if (fileno := sock.fileno()) >= 0:
            self._loop.remove_reader(fileno)
            self._loop.remove_writer(fileno)
        if self._misc_task is not None and not self._misc_task.done():
            self._loop.call_soon_threadsafe(self._misc_task.cancel)

    @override
    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        def write() -> None:
            try:
                client.loop_write()
            except Exception as err:  # noqa: BLE001 - as above
                self._broke(err)

        self._loop.call_soon_threadsafe(self._watch, self._loop.add_writer, sock, write)

    @override
    def _on_socket_unregister_write(
        self, client: Any, userdata: Any, sock: Any
    ) -> None:
        if (fileno := sock.fileno()) >= 0:
            self._loop.remove_writer(fileno)

    @override
    async def _misc_loop(self) -> None:
        try:
            await super()._misc_loop()
        except Exception as err:  # noqa: BLE001 - as above
            self._broke(err)

    def _watch(self, add: _Watch, sock: Any, callback: Callable[[], None]) -> None:
        """Have the loop watch a socket that is still the client's."""
        if (fileno := sock.fileno()) < 0:
            return
        try:
            add(fileno, callback)
        except OSError as err:
            self._broke(err)

    def _broke(self, err: Exception) -> None:
        if not self._disconnected.done():
            self._disconnected.set_exception(err)
