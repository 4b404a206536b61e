"""The frames and calls of the file tunnel, in both directions."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.protocol import file_tunnel
from custom_components.bambu_virtual_printer.engine.protocol.file_tunnel import (
    SEPARATOR,
    Call,
    FrameError,
    Header,
    Kind,
    Result,
)
from tests.support.tunnel_client import call as call_frame, frame, login

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_every_result_is_told_in_words_and_by_its_number() -> None:
    told = {result: file_tunnel.meaning(result) for result in Result}
    assert len(set(told.values())) == len(Result)
    assert all(
        text.endswith(f" (result {result})") and not text.startswith("result")
        for result, text in told.items()
    )
    assert file_tunnel.meaning(99) == "result 99"


@given(st.sampled_from(Kind), st.binary(max_size=200), st.integers(0, 2**32 - 1))
def test_a_frame_is_read_as_it_was_written(
    kind: Kind, payload: bytes, counter: int
) -> None:
    written = file_tunnel.frame(kind, payload, counter)
    assert written == frame(kind, payload, counter)
    assert file_tunnel.read_header(written[:16]) == Header(
        length_bytes=len(payload), kind=kind, counter=counter
    )
    assert written[16:] == payload


@given(st.binary(min_size=16, max_size=16))
def test_any_header_is_read_or_refused(data: bytes) -> None:
    try:
        header = file_tunnel.read_header(data)
    except FrameError:
        return
    assert header.length_bytes <= file_tunnel.MAX_PAYLOAD_BYTES


def test_a_login_is_that_of_slicers() -> None:
    written = file_tunnel.frame(Kind.LOGIN, file_tunnel.login("bblp", "12345678"))
    assert written == login("12345678")
    assert written.startswith(file_tunnel.LOGIN_MAGIC)
    assert file_tunnel.read_login(written[16:]) == (b"bblp", b"12345678")


def test_a_code_that_does_not_fit_is_refused() -> None:
    with pytest.raises(FrameError):
        file_tunnel.login("bblp", "123456789")


@given(
    st.integers(0, 2**31),
    st.integers(0, 2**31),
    st.dictionaries(st.text(), json_values, max_size=4),
    st.binary(max_size=100),
)
def test_a_call_is_read_as_it_was_written(
    command: int, sequence: int, fields: dict[str, Any], data: bytes
) -> None:
    head, _, rest = file_tunnel.call(command, sequence, fields, data).partition(
        SEPARATOR
    )
    assert rest == data
    assert file_tunnel.read_call(head) == Call(
        command=command, sequence=sequence, fields=fields
    )


def test_a_call_is_that_of_slicers() -> None:
    fields = {"path": "a", "total": 1}
    written = file_tunnel.frame(Kind.CALL, file_tunnel.call(5, 1, fields, b"x"))
    assert written == call_frame(5, 1, fields, b"x")


@given(
    st.none() | st.integers(0, 2**31),
    st.integers(0, 2**31),
    st.sampled_from(Result),
    json_values,
    st.binary(max_size=100),
)
def test_a_reply_is_read_as_it_was_written(
    command: int | None, sequence: int, result: Result, fields: Any, data: bytes
) -> None:
    to = Call(command=command, sequence=sequence, fields={})
    reply, rest = file_tunnel.read_reply(file_tunnel.reply(to, result, fields, data))
    assert rest == data
    assert (reply.command, reply.sequence, reply.result) == (command, sequence, result)
    assert reply.fields == ({} if fields is None else fields)


@given(st.binary(max_size=300))
def test_noise_is_no_call_and_no_reply(noise: bytes) -> None:
    for read in (file_tunnel.read_call, file_tunnel.read_reply):
        try:
            read(noise)
        except FrameError:
            continue


@given(json_values)
def test_any_json_is_a_call_or_refused(value: Any) -> None:
    text = json.dumps(value).encode()
    for read in (file_tunnel.read_call, file_tunnel.read_reply):
        with pytest.raises(FrameError):
            read(text)


@given(st.dictionaries(st.sampled_from(["mtype", "cmdtype", "sequence", "req"]), st.sampled_from([12289, 12291, 5, None, "x", -1, True, {}, []])))  # fmt: skip
def test_fields_of_any_type_are_read_or_refused(value: dict[str, Any]) -> None:
    try:
        call = file_tunnel.read_call(json.dumps(value).encode())
    except FrameError:
        return
    assert call.sequence >= 0
    assert call.command is None or call.command >= 0
    assert isinstance(call.fields, dict)


def test_the_setup_has_no_command() -> None:
    call = file_tunnel.read_call(file_tunnel.setup("me", "1.0"))
    assert (call.command, call.sequence) == (None, 0)
    assert call.fields["pid"] == "me"
    assert call.fragment is None


def test_lone_surrogates_do_not_break_a_reply() -> None:
    to = Call(command=1, sequence=1, fields={})
    assert b"?" in file_tunnel.reply(to, Result.OK, {"name": "\ud800"})
