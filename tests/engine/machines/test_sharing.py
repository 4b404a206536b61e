"""One session for several slicers: whose a reply is, and what stays byte for byte."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.machines.reports import parse
from custom_components.bambu_virtual_printer.engine.machines.sharing import (
    MAX_ROUTES,
    Guest,
    Sharing,
)


class Slicer:
    """Keeps what it gets."""

    def __init__(self) -> None:
        self.reports: list[bytes] = []
        self.replies: list[bytes] = []
        self.has_ended = False

    def report(self, payload: bytes) -> None:
        self.reports.append(payload)

    def reply(self, payload: bytes) -> None:
        self.replies.append(payload)

    def ended(self) -> None:
        self.has_ended = True


class Stage:
    """A session, and what was sent in it."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.refreshed = 0
        self.status: dict[str, Any] | None = None
        self._last = 1_000_000
        self.sharing = Sharing(
            publish=self._publish,
            next_id=self._next,
            status=lambda: self.status,
            refresh=self._refresh,
        )

    def join(self) -> tuple[Guest, Slicer]:
        slicer = Slicer()
        return self.sharing.join(slicer), slicer

    def say(self, payload: bytes) -> None:
        """The printer publishes something."""
        self.sharing.received(payload, parse(payload))

    async def _publish(self, payload: bytes) -> None:
        self.sent.append(payload)

    async def _refresh(self) -> None:
        self.refreshed += 1

    def _next(self) -> str:
        self._last += 1
        return str(self._last)


def echo(payload: bytes) -> bytes:
    """Answer as an A1 does: with all that was sent, and a result."""
    [(kind, fields)] = json.loads(payload).items()
    return json.dumps({kind: fields | {"result": "success"}}, indent=4).encode()


@pytest.mark.parametrize(
    "token", ['"20001"', "20001", '"0"', "-1", '"a \\"word\\""', '""']
)
async def test_a_command_goes_out_under_another_id_and_its_reply_has_its_own(
    token: str,
) -> None:
    stage = Stage()
    guest, slicer = stage.join()
    _other, bystander = stage.join()
    before = f'{{"print" : {{"sequence_id":{token},  "command": "x", "k": 1.50}}}}'
    await guest.send(before.encode())
    [sent] = stage.sent
    number = json.loads(sent)["print"]["sequence_id"]
    assert str(number) == "1000001"
    assert isinstance(number, str) == token.startswith('"')
    # Nothing else is another.
    quoted = f'"{number}"' if isinstance(number, str) else str(number)
    assert sent.decode().replace(quoted, token) == before
    stage.say(echo(sent))
    [reply] = slicer.replies
    assert json.loads(reply)["print"]["sequence_id"] == json.loads(token)
    assert not bystander.replies
    assert not bystander.reports


async def test_an_id_comes_back_in_the_notation_of_the_printer() -> None:
    stage = Stage()
    guest, slicer = stage.join()
    await guest.send(b'{"print": {"command": "x", "sequence_id": 7}}')
    stage.say(b'{"print": {"result": "success", "sequence_id": "1000001"}}')
    assert json.loads(slicer.replies[0])["print"]["sequence_id"] == "7"
    await guest.send(b'{"print": {"command": "x", "sequence_id": "word"}}')
    stage.say(b'{"print": {"result": "success", "sequence_id": 1000002}}')
    assert json.loads(slicer.replies[1])["print"]["sequence_id"] == "word"


async def test_what_nobody_here_asked_for_is_everybodys() -> None:
    stage = Stage()
    (_first, one), (_second, two) = stage.join(), stage.join()
    for payload in (
        b'{"print": {"command": "push_status", "msg": 1}}',
        b'{"print": {"command": "gcode_line", "result": "x", "sequence_id": "3"}}',
        b"no JSON\0",
    ):
        stage.say(payload)
        assert one.reports[-1] is payload is two.reports[-1]


async def test_replies_to_us_and_to_those_who_left_are_nobodys() -> None:
    stage = Stage()
    guest, slicer = stage.join()
    _other, bystander = stage.join()
    stage.sharing.sent_by_us("55")
    stage.say(b'{"print": {"command": "x", "result": "y", "sequence_id": "55"}}')
    await guest.send(b'{"print": {"command": "x", "sequence_id": "7"}}')
    guest.leave()
    stage.say(echo(stage.sent[0]))
    assert not [*slicer.replies, *slicer.reports]
    assert not [*bystander.replies, *bystander.reports]
    # Nor does anybody who has left send anything.
    await guest.send(b'{"print": {"command": "x", "sequence_id": "8"}}')
    assert len(stage.sent) == 1


async def test_a_signed_command_stays_as_it_is_and_its_reply_goes_to_the_last_who_used_its_id() -> (
    None
):
    stage = Stage()
    (first, one), (second, two) = stage.join(), stage.join()
    signed = b'{"print": {"command": "x", "sequence_id": "7"}, "header": {"sign_string": "a"}}'
    await first.send(signed)
    stage.say(b'{"print": {"command": "x", "result": "y", "sequence_id": "7"}}')
    await second.send(signed)
    stage.say(b'{"print": {"command": "x", "result": "y", "sequence_id": "7"}}')
    assert stage.sent == [signed, signed]
    assert (len(one.replies), len(two.replies)) == (1, 1)
    assert json.loads(two.replies[0])["print"]["sequence_id"] == "7"


@pytest.mark.parametrize(
    "sequence_id", ["", '"sequence_id": null, ', '"sequence_id": "7", ']
)
@pytest.mark.parametrize(
    "told", ["", '"sequence_id": null, ', '"sequence_id": "None", ']
)
async def test_a_reply_without_an_id_to_a_signed_command_is_everybodys(
    sequence_id: str, told: str
) -> None:
    stage = Stage()
    guest, slicer = stage.join()
    _other, bystander = stage.join()
    # What the signature is in has no id either.
    signed = f'{{"header": {{"sign_string": "a"}}, "print": {{{sequence_id}"command": "x"}}}}'
    await guest.send(signed.encode())
    payload = f'{{"print": {{{told}"command": "x", "result": "success"}}}}'.encode()
    stage.say(payload)
    assert slicer.reports == [payload] == bystander.reports
    assert not [*slicer.replies, *bystander.replies]


async def test_what_a_printer_says_by_itself_is_no_reply_to_a_signed_command() -> None:
    stage = Stage()
    (guest, one), (_other, two) = stage.join(), stage.join()
    await guest.send(
        b'{"print": {"command": "x", "sequence_id": "7"}, "header": {"sign_string": ""}}'
    )
    stage.say(b'{"mc_print": {"command": "push_info", "sequence_id": "7"}}')
    assert (len(one.reports), len(two.reports), one.replies) == (1, 1, [])


@pytest.mark.parametrize("command", ["pushall", "start"])
async def test_a_full_report_is_made_of_what_the_printer_has_said(command: str) -> None:
    stage = Stage()
    guest, slicer = stage.join()
    ask = json.dumps({"pushing": {"command": command, "sequence_id": "0"}}).encode()
    # Nothing is known yet: the printer is asked.
    await guest.send(ask)
    assert len(stage.sent) == 1
    stage.status = {"gcode_state": "IDLE", "msg": 1, "sequence_id": "12"}
    await guest.send(ask)
    assert (len(stage.sent), stage.refreshed) == (1, 1)
    assert json.loads(slicer.reports[0]) == {
        "print": {
            "gcode_state": "IDLE",
            "msg": 0,
            "sequence_id": "12",
            "command": "push_status",
        }
    }


@pytest.mark.parametrize(
    "payload",
    [
        b'{"pushing": {"command": "stop"}}',
        b'{"pushing": {"command": "pushall"}, "print": {"command": "stop"}}',
        b'{"pushing": {"command": "pushall"',
        b'["pushing"]',
        b'{"print": {"command": "\\"pushing\\""}}',
    ],
)
async def test_what_asks_for_more_goes_to_the_printer(payload: bytes) -> None:
    stage = Stage()
    stage.status = {"gcode_state": "IDLE"}
    guest, _slicer = stage.join()
    await guest.send(payload)
    assert stage.sent == [payload]


async def test_the_end_of_the_session_is_told_once_to_all() -> None:
    stage = Stage()
    (_first, one), (guest, two) = stage.join(), stage.join()
    guest.leave()
    stage.sharing.ended()
    assert (one.has_ended, two.has_ended) == (True, False)
    stage.say(b'{"print": {"command": "push_status"}}')
    assert not one.reports


async def test_what_is_remembered_has_a_bound() -> None:
    stage = Stage()
    guest, slicer = stage.join()
    for _ in range(MAX_ROUTES + 1):
        await guest.send(b'{"print": {"command": "x", "sequence_id": "7"}}')
    assert len(stage.sharing._routes) == MAX_ROUTES
    stage.say(echo(stage.sent[-1]))
    assert len(slicer.replies) == 1


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5), st.booleans()), max_size=40
    )
)
async def test_whoever_asks_in_whatever_order_gets_its_own_replies(
    turns: list[tuple[int, int, bool]],
) -> None:
    stage = Stage()
    guests = [stage.join() for _ in range(4)]
    for number, (who, sequence_id, as_text) in enumerate(turns):
        fields = {
            "command": "x",
            "sequence_id": str(sequence_id) if as_text else sequence_id,
            "marker": [who, number],
        }
        await guests[who][0].send(json.dumps({"print": fields}).encode())
    # Answered the other way round.
    for sent in reversed(stage.sent):
        stage.say(echo(sent))
    for who, (_guest, slicer) in enumerate(guests):
        asked = [
            (str(sequence_id) if as_text else sequence_id, [who, number])
            for number, (other, sequence_id, as_text) in enumerate(turns)
            if other == who
        ]
        got = [json.loads(reply)["print"] for reply in slicer.replies]
        assert [(one["sequence_id"], one["marker"]) for one in got] == asked[::-1]
        assert not slicer.reports
