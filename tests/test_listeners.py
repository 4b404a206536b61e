"""Those who want to be told of something."""

from custom_components.bambu_virtual_printer.listeners import Listeners


def test_who_stops_is_told_no_more() -> None:
    listeners = Listeners[str]()
    told: list[str] = []
    stop = listeners.async_add(told.append)
    listeners.async_tell("first")
    stop()
    stop()
    listeners.async_tell("second")
    assert told == ["first"]


def test_who_leaves_while_others_are_told_leaves_nobody_out() -> None:
    listeners = Listeners[()]()
    told: list[str] = []

    def once(name: str) -> None:
        def listener() -> None:
            told.append(name)
            stop()
            listeners.async_add(lambda: told.append(f"after {name}"))

        stop = listeners.async_add(listener)

    once("first")
    once("second")
    listeners.async_tell()
    assert sorted(told) == ["first", "second"]
