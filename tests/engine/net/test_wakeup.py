"""Waking a thread that waits for sockets."""

import select

from custom_components.bambu_virtual_printer.engine.net.wakeup import Wakeup


def _readable(wakeup: Wakeup) -> bool:
    return bool(select.select([wakeup.sock], [], [], 0)[0])


def test_it_is_readable_from_wake_to_clear() -> None:
    wakeup = Wakeup()
    assert not _readable(wakeup)
    wakeup.wake()
    wakeup.wake()
    assert _readable(wakeup)
    wakeup.clear()
    assert not _readable(wakeup)
    # Without a wake before.
    wakeup.clear()
    wakeup.close()


def test_neither_a_full_pipe_nor_a_closed_one_is_an_error() -> None:
    wakeup = Wakeup()
    while select.select([], [wakeup._sender], [], 0)[1]:
        wakeup._sender.send(b"\0" * 4096)
    wakeup.wake()
    assert _readable(wakeup)
    wakeup.close()
    wakeup.wake()
