"""The FTP commands: the reply to each, or the action that the session has to do.

The table at the end is complete; real printers know little more (firmware captures, and what slicers and common clients
were measured to send). Everything else is answered with 502.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
import re

from ...reception import names
from . import paths, replies
from .actions import (
    Abort,
    Action,
    Delete,
    FreeSpace,
    ListFiles,
    Login,
    Modified,
    OpenPassive,
    Quit,
    RenameFrom,
    RenameTo,
    Retrieve,
    Size,
    Store,
)
from .replies import Reply

MAX_MADE_FOLDERS = 16


type Step = Reply | Action


@dataclass(slots=True, kw_only=True)
class State:
    """The state of a session between commands."""

    user: bytes | None = None
    logged_in: bool = False
    protected: bool = False
    """Whether data sent by the server is encrypted (PROT P)."""
    extended_only: bool = False
    folder: str = paths.ROOT
    made_folders: set[str] = field(default_factory=set)
    announced_bytes: int = 0
    renaming: str | None = None
    """The file that RNFR named in the command before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How a command is answered: with a fixed reply, or by a function of state and argument."""

    answer: Reply | Callable[[State, bytes], Step]
    before_login: bool = False


def decode(argument: bytes) -> str:
    """Decode an argument: UTF-8, or Latin-1 as older clients send."""
    try:
        return argument.decode()
    except UnicodeDecodeError:
        return argument.decode("latin-1")


def _user(state: State, argument: bytes) -> Step:
    # Whether the user exists is answered together with the code.
    state.user = argument
    state.logged_in = False
    return replies.PASSWORD_WANTED


def _pass(state: State, argument: bytes) -> Step:
    if state.user is None:
        return replies.USER_FIRST
    user, state.user = state.user, None
    return Login(user=user, access_code=argument)


def _prot(state: State, argument: bytes) -> Step:
    match argument.strip().upper():
        case b"P":
            state.protected = True
            return replies.PROTECTED
        case b"C":
            state.protected = False
            return replies.CLEAR
        case b"S" | b"E":
            return replies.PROTECTION_REFUSED
        case _:
            return replies.PROTECTION_UNKNOWN


def _opts(_state: State, argument: bytes) -> Step:
    if argument.upper().split() in ([b"UTF8"], [b"UTF8", b"ON"]):
        return replies.OK
    return replies.BAD_ARGUMENT


def _type(_state: State, argument: bytes) -> Step:
    # The bytes are never changed, whatever the type.
    if argument.strip().upper() in {b"A", b"A N", b"I", b"L 8"}:
        return replies.OK
    return replies.PARAMETER_NOT_IMPLEMENTED


def _only(parameter: bytes) -> Callable[[State, bytes], Step]:
    """Return the answer of a command with only one implemented value."""

    def _answer(_state: State, argument: bytes) -> Step:
        if argument.strip().upper() == parameter:
            return replies.OK
        return replies.PARAMETER_NOT_IMPLEMENTED

    return _answer


def _rest(_state: State, argument: bytes) -> Step:
    return (
        replies.RESTART_AT_START
        if argument.strip() == b"0"
        else replies.NOT_IMPLEMENTED
    )


def _allo(state: State, argument: bytes) -> Step:
    # "ALLO size" or "ALLO size R record-size"
    found = re.match(rb"(\d{1,20})(?: R \d+)?\s*\Z", argument, re.IGNORECASE)
    if not found:
        return replies.BAD_ARGUMENT
    state.announced_bytes = int(found[1])
    return replies.NO_ALLOCATION_NEEDED


def _pwd(state: State, _argument: bytes) -> Step:
    return replies.folder(state.folder)


def _cwd(state: State, argument: bytes) -> Step:
    folder = paths.resolve(state.folder, decode(argument))
    if not _is_folder(state, folder):
        return replies.NO_SUCH_FOLDER
    state.folder = folder
    return replies.FOLDER_CHANGED


def _cdup(state: State, _argument: bytes) -> Step:
    return _cwd(state, b"..")


def _mkd(state: State, argument: bytes) -> Step:
    """Make a folder that lasts as long as the session, for clients that make one before they upload."""
    path = decode(argument)
    if not path:
        return replies.BAD_ARGUMENT
    folder = paths.resolve(state.folder, path)
    if (
        names.has_control_characters(folder)
        or len(state.made_folders) >= MAX_MADE_FOLDERS
    ):
        return replies.NAME_REFUSED
    state.made_folders.add(folder)
    return replies.folder_made(folder)


def _epsv(state: State, argument: bytes) -> Step:
    match argument.strip().upper():
        case b"" | b"1":
            return OpenPassive(extended=True)
        case b"2":
            return replies.ONLY_IPV4
        case b"ALL":
            state.extended_only = True
            return replies.OK
        case _:
            return replies.BAD_ARGUMENT


def _pasv(state: State, _argument: bytes) -> Step:
    if state.extended_only:
        return replies.EXTENDED_ONLY
    return OpenPassive(extended=False)


def _stor(state: State, argument: bytes) -> Step:
    announced_bytes, state.announced_bytes = state.announced_bytes, 0
    try:
        name = names.file_name(decode(argument))
    except names.NameRefusedError:
        return replies.NAME_REFUSED
    return Store(name=name, announced_bytes=announced_bytes)


def _list(names_only: bool) -> Callable[[State, bytes], Step]:
    def _answer(state: State, argument: bytes) -> Step:
        path = re.sub(r"\A(?:-\S*(?:\s+|\Z))+", "", decode(argument))
        if _is_folder(state, paths.resolve(state.folder, path)):
            return ListFiles(name=None, names_only=names_only)
        try:
            name = names.file_name(path)
        except names.NameRefusedError:
            return replies.NO_SUCH_FOLDER
        return ListFiles(name=name, names_only=names_only)

    return _answer


def _named(action: Callable[[str], Action]) -> Callable[[State, bytes], Step]:
    """Return the answer of a command whose action is on the file that the argument names."""

    def _answer(_state: State, argument: bytes) -> Step:
        try:
            return action(names.file_name(decode(argument)))
        except names.NameRefusedError:
            return replies.NO_SUCH_FILE

    return _answer


def _rnto(state: State, argument: bytes) -> Step:
    name, state.renaming = state.renaming, None
    if name is None:
        return replies.RENAME_FROM_FIRST
    path = decode(argument)
    if not _is_folder(state, paths.parent(state.folder, path)):
        return replies.NO_SUCH_FOLDER
    try:
        new_name = names.file_name(path)
    except names.NameRefusedError:
        return replies.NAME_REFUSED
    if not names.is_kept(new_name) or (
        # The kind of a file does not change with its name.
        names.is_plain_gcode(new_name) != names.is_plain_gcode(name)
    ):
        return replies.NOT_SLICED_NAME
    return RenameTo(name=name, new_name=new_name)


def _action(action: Action) -> Callable[[State, bytes], Step]:
    """Return the answer of a command whose action needs no argument."""
    return lambda _state, _argument: action


def _is_folder(state: State, path: str) -> bool:
    return path in paths.FOLDERS or path in state.made_folders


COMMANDS: dict[bytes, Command] = {
    b"USER": Command(answer=_user, before_login=True),
    b"PASS": Command(answer=_pass, before_login=True),
    b"QUIT": Command(answer=_action(Quit()), before_login=True),
    b"AUTH": Command(answer=replies.ALREADY_TLS, before_login=True),
    b"PBSZ": Command(answer=replies.PROTECTION_BUFFER, before_login=True),
    b"PROT": Command(answer=_prot, before_login=True),
    b"FEAT": Command(answer=replies.FEATURE_LIST, before_login=True),
    b"OPTS": Command(answer=_opts, before_login=True),
    b"SYST": Command(answer=replies.SYSTEM, before_login=True),
    b"NOOP": Command(answer=replies.OK, before_login=True),
    b"STAT": Command(answer=replies.STATUS),
    b"HELP": Command(answer=replies.HELP),
    b"TYPE": Command(answer=_type),
    b"MODE": Command(answer=_only(b"S")),
    b"STRU": Command(answer=_only(b"F")),
    b"REST": Command(answer=_rest),
    b"ALLO": Command(answer=_allo),
    b"PWD": Command(answer=_pwd),
    b"CWD": Command(answer=_cwd),
    b"CDUP": Command(answer=_cdup),
    b"MKD": Command(answer=_mkd),
    b"EPSV": Command(answer=_epsv),
    b"PASV": Command(answer=_pasv),
    b"STOR": Command(answer=_stor),
    b"RETR": Command(answer=_named(lambda name: Retrieve(name=name))),
    b"LIST": Command(answer=_list(names_only=False)),
    b"NLST": Command(answer=_list(names_only=True)),
    b"SIZE": Command(answer=_named(lambda name: Size(name=name))),
    b"MDTM": Command(answer=_named(lambda name: Modified(name=name))),
    b"DELE": Command(answer=_named(lambda name: Delete(name=name))),
    b"RNFR": Command(answer=_named(lambda name: RenameFrom(name=name))),
    b"RNTO": Command(answer=_rnto),
    b"AVBL": Command(answer=_action(FreeSpace())),
    b"ABOR": Command(answer=_action(Abort())),
}
