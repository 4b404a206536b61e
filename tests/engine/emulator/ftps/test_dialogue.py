"""The control dialogue without sockets: every command, every split of bytes, and whatever else may come."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.ftps import replies
from custom_components.bambu_virtual_printer.engine.emulator.ftps.actions import (
    Abort,
    Delete,
    FreeSpace,
    ListFiles,
    Login,
    Modified,
    OpenPassive,
    Quit,
    Retrieve,
    Size,
    Store,
)
from custom_components.bambu_virtual_printer.engine.emulator.ftps.commands import (
    COMMANDS,
    MAX_MADE_FOLDERS,
    Step,
)
from custom_components.bambu_virtual_printer.engine.emulator.ftps.dialogue import (
    MAX_LINE_BYTES,
    Dialogue,
)
from custom_components.bambu_virtual_printer.engine.emulator.ftps.replies import Reply


def logged_in() -> Dialogue:
    dialogue = Dialogue()
    dialogue.log_in()
    return dialogue


def steps(dialogue: Dialogue, data: bytes = b"") -> list[Step]:
    dialogue.feed(data)
    return list(iter(dialogue.step, None))


def answer(dialogue: Dialogue, line: str) -> Step:
    (step,) = steps(dialogue, line.encode() + b"\r\n")
    return step


def code(dialogue: Dialogue, line: str) -> int:
    step = answer(dialogue, line)
    assert isinstance(step, Reply)
    return step.code


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("SYST", 215),
        ("FEAT", 211),
        ("STAT", 211),
        ("HELP", 214),
        ("HELP STOR", 214),
        ("NOOP", 200),
        ("noop", 200),
        ("OPTS UTF8 ON", 200),
        ("OPTS utf8", 200),
        ("OPTS UTF8 OFF", 501),
        ("OPTS MLST size", 501),
        ("AUTH TLS", 503),
        ("PBSZ 0", 200),
        ("PROT P", 200),
        ("PROT c", 200),
        ("PROT S", 536),
        ("PROT E", 536),
        ("PROT X", 504),
        ("TYPE I", 200),
        ("TYPE A", 200),
        ("TYPE A N", 200),
        ("TYPE L 8", 200),
        ("TYPE E", 504),
        ("MODE S", 200),
        ("MODE Z", 504),
        ("STRU F", 200),
        ("STRU R", 504),
        ("REST 0", 350),
        ("REST 100", 502),
        ("ALLO 1000", 202),
        ("ALLO 1000 R 20", 202),
        ("ALLO", 501),
        ("ALLO -1", 501),
        ("PWD", 257),
        ("CWD /", 250),
        ("CWD /cache", 250),
        ("CWD /cache/", 250),
        ("CWD //cache//", 250),
        ("CWD sdcard", 250),
        ("CWD /usb", 250),
        ("CWD /timelapse", 250),
        ("CWD /image", 250),
        ("CWD /nowhere", 550),
        ("CWD /cache/deeper", 550),
        ("CDUP", 250),
        ("MKD", 501),
        ("MKD a\x07b", 553),
        ("EPSV 2", 522),
        ("EPSV x", 501),
        ("STOR", 553),
        ("STOR /cache/", 553),
        ("RETR ..", 550),
        ("SIZE /", 550),
        ("DELE", 550),
        ("LIST /nowhere/", 550),
        ("PASS again", 503),
        ("RNTO x", 503),
        *((f"{verb} x", 502) for verb in ("APPE", "RMD", "MLSD", "MLST", "PORT", "EPRT", "XPWD", "SITE", "ACCT", "REIN", "NONSENSE")),
    ],
)  # fmt: skip
def test_command_is_answered_at_once(line: str, expected: int) -> None:
    assert code(logged_in(), line) == expected


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("EPSV", OpenPassive(extended=True)),
        ("EPSV 1", OpenPassive(extended=True)),
        ("PASV", OpenPassive(extended=False)),
        ("STOR a.3mf", Store(name="a.3mf", announced_bytes=0)),
        ("stor /cache//Ü 1.3mf", Store(name="Ü 1.3mf", announced_bytes=0)),
        ("RETR /cache//a.3mf", Retrieve(name="a.3mf")),
        ("SIZE a.3mf", Size(name="a.3mf")),
        ("MDTM a.3mf", Modified(name="a.3mf")),
        ("DELE a.3mf", Delete(name="a.3mf")),
        ("LIST", ListFiles(name=None, names_only=False)),
        ("LIST -la", ListFiles(name=None, names_only=False)),
        ("LIST -l -a /cache/", ListFiles(name=None, names_only=False)),
        ("LIST a.3mf", ListFiles(name="a.3mf", names_only=False)),
        ("NLST", ListFiles(name=None, names_only=True)),
        ("NLST /sdcard", ListFiles(name=None, names_only=True)),
        ("AVBL", FreeSpace()),
        ("ABOR", Abort()),
        ("QUIT", Quit()),
    ],
)
def test_command_asks_for_an_action(line: str, action: Step) -> None:
    assert answer(logged_in(), line) == action


def test_login_is_asked_for_with_the_bytes_as_they_came() -> None:
    dialogue = Dialogue()
    assert code(dialogue, "USER bblp") == 331
    (step,) = steps(dialogue, b"PASS a\xff b \r\n")
    assert step == Login(user=b"bblp", access_code=b"a\xff b ")
    assert not dialogue.logged_in
    dialogue.log_in()
    assert dialogue.logged_in


def test_secrets_do_not_show_in_the_log() -> None:
    assert "12345678" not in repr(Login(user=b"12345678", access_code=b"12345678"))


def test_pass_needs_a_user_before_it() -> None:
    dialogue = Dialogue()
    assert code(dialogue, "PASS 12345678") == 503
    assert code(dialogue, "USER bblp") == 331
    assert isinstance(answer(dialogue, "PASS 1"), Login)
    assert code(dialogue, "PASS 2") == 503


def test_new_user_has_to_log_in_again() -> None:
    dialogue = logged_in()
    assert code(dialogue, "USER bblp") == 331
    assert code(dialogue, "PWD") == 530


def test_only_harmless_commands_are_answered_before_the_login() -> None:
    open_to_all = {"USER", "PASS", "QUIT", "AUTH", "PBSZ", "PROT", "FEAT", "OPTS", "SYST", "NOOP"}  # fmt: skip
    for verb in (*(verb.decode() for verb in COMMANDS), "NONSENSE", "APPE"):
        step = answer(Dialogue(), verb)
        assert (step == replies.LOG_IN_FIRST) == (verb not in open_to_all), verb


def test_protection_is_remembered() -> None:
    dialogue = Dialogue()
    assert not dialogue.protected
    answer(dialogue, "PROT P")
    assert dialogue.protected
    answer(dialogue, "PROT C")
    assert not dialogue.protected


def test_folder_is_remembered_and_quoted() -> None:
    dialogue = logged_in()
    assert answer(dialogue, "PWD") == replies.folder("/")
    answer(dialogue, "CWD cache")
    step = answer(dialogue, "PWD")
    assert isinstance(step, Reply)
    assert step.encode().startswith(b'257 "/cache" ')
    answer(dialogue, "CWD ..")
    assert answer(dialogue, "PWD") == replies.folder("/")
    answer(dialogue, "CWD ../../..")
    assert answer(dialogue, "PWD") == replies.folder("/")


def test_folder_that_was_made_can_be_entered() -> None:
    dialogue = logged_in()
    step = answer(dialogue, 'MKD a "b"')
    assert isinstance(step, Reply)
    assert step.encode() == b'257 "/a ""b""" created\r\n'
    assert code(dialogue, 'CWD /a "b"/') == 250
    assert isinstance(answer(dialogue, "LIST"), ListFiles)


def test_made_folders_are_bounded() -> None:
    dialogue = logged_in()
    for number in range(MAX_MADE_FOLDERS):
        assert code(dialogue, f"MKD {number}") == 257
    assert code(dialogue, "MKD one-more") == 553


def test_announced_size_belongs_to_the_next_upload_only() -> None:
    dialogue = logged_in()
    answer(dialogue, "ALLO 123")
    assert answer(dialogue, "STOR a") == Store(name="a", announced_bytes=123)
    assert answer(dialogue, "STOR a") == Store(name="a", announced_bytes=0)


def test_pasv_is_refused_after_epsv_all() -> None:
    dialogue = logged_in()
    assert code(dialogue, "EPSV ALL") == 200
    assert code(dialogue, "PASV") == 503
    assert isinstance(answer(dialogue, "EPSV"), OpenPassive)


# --- bytes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\r\n"])
def test_line_ends_of_all_kinds(end: bytes) -> None:
    assert steps(logged_in(), b"NOOP" + end + b"PWD" + end) == [
        replies.OK,
        replies.folder("/"),
    ]


def test_empty_lines_are_passed_over() -> None:
    assert steps(logged_in(), b"\r\n\n \r\nNOOP\r\n") == [replies.OK]


def test_line_that_is_too_long_is_one_mistake_and_is_not_kept() -> None:
    dialogue = logged_in()
    for _ in range(1000):
        dialogue.feed(b"x" * 1000)
        assert dialogue.step() is None
        assert dialogue.backlog_bytes <= MAX_LINE_BYTES
    assert steps(dialogue, b"x\r\nNOOP\r\n") == [replies.LINE_TOO_LONG, replies.OK]


@pytest.mark.parametrize(
    "data",
    [
        b"ABOR\r\n",
        b"\xff\xf4\xff\xf2ABOR\r\n",
        b"\xf2ABOR\r\n",
        b"abor\n",
        b"NOOP\r\nABOR\r\n",
    ],
)
def test_abor_is_seen_before_its_turn(data: bytes) -> None:
    dialogue = logged_in()
    for at, byte in enumerate(data):
        assert not dialogue.abort_waiting, data[:at]
        dialogue.feed(bytes((byte,)))
    assert dialogue.abort_waiting
    assert steps(dialogue)[-1] == Abort()
    assert not dialogue.abort_waiting


@pytest.mark.parametrize("data", [b"ABORT\r\n", b"STOR ABOR\r\n", b"XABOR\r\n"])
def test_other_commands_are_no_abor(data: bytes) -> None:
    dialogue = logged_in()
    dialogue.feed(data)
    assert not dialogue.abort_waiting


LINES = st.one_of(
    st.sampled_from([*COMMANDS]),
    st.builds(
        lambda verb, argument: verb + b" " + argument,
        st.sampled_from([*COMMANDS]),
        st.binary(max_size=60).map(lambda data: data.replace(b"\n", b"")),
    ),
    st.binary(max_size=80).map(lambda data: data.replace(b"\n", b"")),
    st.just(b"x" * (MAX_LINE_BYTES + 10)),
)


def is_command(line: bytes) -> bool:
    return bool(line.rstrip(b"\r").lstrip(bytes(range(0xF0, 0x100))).strip())


@given(st.lists(LINES, max_size=12), st.booleans(), st.data())
def test_every_command_leads_to_exactly_one_step_however_it_is_split(
    lines: list[bytes], log_in: bool, data: st.DataObject
) -> None:
    stream = b"".join(line + b"\r\n" for line in lines)
    whole, split = Dialogue(), Dialogue()
    if log_in:
        whole.log_in()
        split.log_in()
    expected = steps(whole, stream)
    assert len(expected) == sum(map(is_command, lines))
    found: list[Step] = []
    at = 0
    while at < len(stream):
        count = data.draw(st.integers(1, 700))
        found += steps(split, stream[at : at + count])
        at += count
    assert found == expected
    for step in found:
        if isinstance(step, Reply):
            assert 200 <= step.code < 600
            encoded = step.encode()
            assert encoded.endswith(b"\r\n")
            last = encoded.splitlines()[-1]
            assert last.startswith(b"%d " % step.code)


def test_reply_never_breaks_its_line() -> None:
    reply = Reply(code=451, text="one\r\ntwo\x85three \udcff")
    assert reply.encode() == b"451 one two three ?\r\n"


def test_times_are_told_in_utc() -> None:
    at = datetime(2026, 1, 2, 1, 3, 4, tzinfo=timezone(timedelta(hours=2)))
    assert replies.modified(at).text == "20260101230304"
    assert replies.modified(at.astimezone(UTC)).text == "20260101230304"


def test_banner_does_not_look_like_a_server_that_waits_for_goodbyes() -> None:
    assert "vsftpd" not in replies.READY.text.lower()
    assert replies.READY.lines == ()
