"""What people read stands in the translations. These tests read the code, and name every English sentence that is left in it."""

import ast
from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import re
import string

import pytest

from custom_components import bambu_virtual_printer

ROOT = Path(bambu_virtual_printer.__file__).parent
TEXTS = json.loads((ROOT / "translations" / "en.json").read_text(encoding="utf-8"))

# Two words beside each other.
SENTENCE = re.compile(r"[^\W\d_]{2,},? [^\W\d_]{2,}")
LOGGERS = {"_LOGGER"}
# Makes an explanation of words that nobody translates.
VERBATIM = "as_it_stands"

# Modules that speak English, and why.
ENGLISH = {
    "intent.py": "Descriptions of intents are for language models, in English as Home Assistant's own.",
    "voice/words.py": "Words in ten languages that are heard, and never told.",
    "llm.py": "Tools and their answers are for language models, in English as Home Assistant's own.",
}
# What else may stand in the code outside of the engine; what begins like this is allowed.
NAMES = {
    "const.py": ("Bambu Virtual Printer",),
    "flows/virtual_printer.py": ("Home Assistant",),
    # Types of installations, as Home Assistant tells them.
    "flows/forms.py": (
        "Home Assistant OS",
        "Home Assistant Container",
        "Home Assistant Core",
    ),
    "health/port_advice.py": (
        "Home Assistant Container",
        "Unsupported Third Party Container",
        "Home Assistant Core",
    ),
    "health/checks.py": ("-----END CERTIFICATE-----",),
    "printers/devices.py": ("Bambu Lab",),
    # How slicers' names of models begin; and an error's text for logs.
    "voice/spoken_names.py": ("Bambu Lab ", "No one {} is meant by {}"),
    # Home Assistant tells what is wrong with an automation's triggers in English only.
    "trigger.py": ("Device {} is not a virtual printer",),
    # Values of HTTP headers.
    "views/archives.py": ("private, max-age=",),
    # What OctoPrint calls itself to slicers, systems in User-Agent headers, and a command for PowerShell.
    "views/host.py": ("OctoPrint {} (Bambu Virtual Printer)",),
    "views/trust_links.py": ("mac os", "irm {} -OutFile"),
}
# Arguments whose strings nobody reads but in logs: names of tasks.
INTERNAL_ARGUMENTS = {"name"}
INTERNAL_CALLS = {
    "async_create_task",
    "async_create_background_task",
    "create_task",
    "HassJob",
    "DataUpdateCoordinator",
}


@cache
def modules() -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
    }


def name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def literal(node: ast.AST) -> str | None:
    """Return the words of a string or an f-string."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(literal(part) or "{}" for part in parts)
    return None


def sentences(tree: ast.AST, unread: set[int] = frozenset()) -> Iterator[ast.AST]:  # type: ignore[assignment]
    """Yield the strings within a tree in which two words follow each other."""
    within: set[int] = set(unread)
    for node in ast.walk(tree):
        if id(node) in within:
            continue
        if isinstance(node, ast.JoinedStr):
            within |= {id(part) for part in node.values}
        if (text := literal(node)) is not None and SENTENCE.search(text):
            yield node


def unread_by_people(tree: ast.Module) -> set[int]:
    """Return the nodes of docstrings, of logging, of tasks' names, and of `explain`, which the translations have too."""
    unread: set[int] = set()

    def skip(node: ast.AST) -> None:
        unread.update(id(each) for each in ast.walk(node))

    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                skip(node.value)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if (
                name in LOGGERS
            ):
                skip(node)
            case ast.Call(func=function) if name_of(function) == "explain":
                skip(node.args[1])
            case ast.Call(func=function) if name_of(function) in INTERNAL_CALLS:
                for argument in node.args:
                    if literal(argument) is not None:
                        skip(argument)
                for keyword in node.keywords:
                    if keyword.arg in INTERNAL_ARGUMENTS:
                        skip(keyword.value)
    return unread


@cache
def explained_errors() -> dict[str, set[str]]:
    """Return the names of the errors that people are told of, and the modules that define them by their last names."""
    classes = [
        (Path(module).stem, node.name, {name_of(base) for base in node.bases})
        for module, tree in modules().items()
        # Those of commands to real printers have texts by their kind, and names that others have too.
        if not module.startswith("engine/machines/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    found = {"ExplainedError": {"explanations"}}
    while more := [
        (module, name)
        for module, name, parents in classes
        if parents & found.keys() and module not in found.get(name, ())
    ]:
        for module, name in more:
            found.setdefault(name, set()).add(module)
    return found


def is_explained(call: ast.Call, module: str, tree: ast.Module) -> bool:
    """Tell whether a call makes an error that people are told of; two modules may have one of the same name."""
    name = name_of(call.func)
    sources = [Path(module).stem] + [
        (node.module or "").rpartition(".")[2]
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        and any((alias.asname or alias.name) == name for alias in node.names)
    ]
    return bool(explained_errors().get(name, set()) & set(sources))


def where(module: str, node: ast.AST) -> str:
    return f"{module}:{getattr(node, 'lineno', 0)}: {literal(node)}"


def test_no_sentence_for_people_stands_outside_of_the_engine() -> None:
    found = [
        where(module, node)
        for module, tree in modules().items()
        if not module.startswith("engine/") and module not in ENGLISH
        for node in sentences(tree, unread_by_people(tree))
        if not (literal(node) or "").startswith(NAMES.get(module, ()))
    ]
    assert not found


@pytest.mark.parametrize("module", [*ENGLISH, *NAMES])
def test_what_may_stand_in_the_code_does(module: str) -> None:
    tree = modules()[module]
    found = [literal(node) or "" for node in sentences(tree, unread_by_people(tree))]
    assert found
    for name in NAMES.get(module, ()):
        assert any(text.startswith(name) for text in found), name


def test_errors_that_people_are_told_of_have_a_text_in_the_translations() -> None:
    errors = explained_errors().keys()
    assert {"StorageError", "TransferError", "CertificateError"} <= errors
    found = [
        where(module, node)
        for module, tree in modules().items()
        for call in calls(tree)
        if is_explained(call, module, tree)
        for argument in call.args
        if literal(argument) is not None
        for node in [argument]
    ]
    assert not found


def test_nothing_is_said_as_it_stands_that_stands_in_the_code() -> None:
    found = [
        where(module, node)
        for module, tree in modules().items()
        # The texts of these are for the log: Home Assistant's side has one for each field.
        if module != "engine/library/values/errors.py"
        for call in calls(tree)
        if name_of(call.func) == VERBATIM
        for argument in call.args
        for node in sentences(argument)
    ]
    assert not found


def test_explanations_are_word_for_word_those_of_the_translations() -> None:
    found = [
        (module, call)
        for module, tree in modules().items()
        for call in calls(tree)
        if name_of(call.func) == "explain"
    ]
    assert len(found) > 100
    for module, call in found:
        key, english = (literal(argument) for argument in call.args)
        assert key and english, f"{module}:{call.lineno}: literal texts are wanted"
        assert TEXTS["common"].get(key) == english, f"{module}:{call.lineno}"
        wanted = {
            field for _, field, _, _ in string.Formatter().parse(english) if field
        }
        given = {keyword.arg for keyword in call.keywords}
        # Others are given by `because`, or where the error is made.
        assert given <= wanted, f"{module}:{call.lineno}"


def test_sentences_are_found_where_they_are() -> None:
    tree = ast.parse(
        '"""Docstrings are for developers."""\n'
        '_LOGGER.debug("a line of a log")\n'
        'explain("key", "an explanation")\n'
        'hass.async_create_task(work(), f"task of {printer}")\n'
        'notify(title="Print finished", text=f"It took {minutes} minutes", key="a_key")\n'
    )
    assert [literal(node) for node in sentences(tree, unread_by_people(tree))] == [
        "Print finished",
        "It took {} minutes",
    ]
