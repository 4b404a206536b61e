"""What files say is shown as it stands where Home Assistant renders Markdown."""

from collections.abc import Callable
from html import escape
from pathlib import Path
import re
from typing import Any
import zipfile

from hypothesis import given, strategies as st
from markdown_it import MarkdownIt
import pytest

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.printable import text
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.presentation import as_markdown
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.template import Template
from tests.support.dashboard import TEMPLATES
from tests.support.home_assistant import AddPrinter, Send, SentFile
from tests.support.waiting import until

BLUEPRINTS = Path(__file__).parents[2] / "blueprints/automation/bambu_virtual_printer"
HOSTILE = (
    '![x](http://192.0.2.9/x.png) <img src="//192.0.2.9/y"> [free](https://example.org) '
    "www.example.org mail@example.org **b** _i_ ~~s~~ `c` &lt; \\"
)
# What GitHub's Markdown, which the frontend reads, makes a link of by itself.
AUTOLINK = re.compile(r"\w://|www\.|\w@")


def rendered(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).render(markdown)


@pytest.mark.parametrize(
    "line",
    [HOSTILE, "# Heading", "- item", "+ item", "1. item", "12) item", "> quote", "---"],
)
def test_a_line_is_shown_as_it_stands(line: str) -> None:
    assert rendered(as_markdown(line)) == f"<p>{escape(line)}</p>\n"
    assert not AUTOLINK.search(as_markdown(line))


@given(value=st.text("\\`*_[]<>&|~!@:/.#-+=()1 \"'ahtpw"))
def test_any_line_is_shown_as_it_stands(value: str) -> None:
    line = text(value)
    shown = f"<p>{escape(line, quote=False)}</p>\n" if line else ""
    assert rendered(as_markdown(line)).replace("&quot;", '"') == shown
    assert not AUTOLINK.search(as_markdown(line))


async def test_a_title_is_no_markup_on_the_dashboard(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    state: Callable[..., Any],
) -> None:
    printer = await add_printer("Garage", mode="queue")
    await send(printer, sliced_file("a.gcode.3mf", title=HOSTILE))
    await until(lambda: state("sensor", hub, "next_job").state != "unknown")
    title = state("sensor", hub, "next_job").state
    assert "![x](http://192.0.2.9/x.png)" in title
    (content,) = TEMPLATES
    shown: str = Template(content, hass).async_render(parse_result=False, strict=True)
    assert f"### {as_markdown(title)}\n" in shown
    html = rendered(shown)
    assert f"<h3>{escape(title)}</h3>" in html
    assert "<img" not in html
    assert "<a " not in html
    assert not AUTOLINK.search(shown)


async def test_the_repair_of_a_file_that_could_not_be_archived_has_no_markup_of_it(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
) -> None:
    printer = await add_printer("Review", mode="review")
    name = "[click](www.example.org) <b>.gcode.3mf"
    sent = sliced_file(name)
    with zipfile.ZipFile(sent.path, "w") as archive:
        archive.writestr("readme.txt", "no 3MF at all")
    await send(printer, sent)
    await until(lambda: hub.coordinator.data.pending)
    issue = ir.async_get(hass).async_get_issue(
        DOMAIN, f"upload_held_{hub.coordinator.data.pending[0].id}"
    )
    assert issue
    assert issue.translation_placeholders
    # The title of an issue is plain text.
    assert issue.translation_placeholders["file"] == name
    shown = rendered(issue.translation_placeholders["file_as_markdown"])
    assert shown == f"<p>{escape(name)}</p>\n"


@pytest.mark.parametrize(
    "template",
    [
        found
        for path in sorted(BLUEPRINTS.glob("*.yaml"))
        for found in re.findall(r'title: "(\{\{.*?\}\})"', path.read_text("utf-8"))
    ],
)
def test_a_blueprints_notification_has_no_tags_of_a_file(
    hass: HomeAssistant, template: str
) -> None:
    """Phones read some HTML in notifications."""
    name = "<b>Box</b> & lid"
    shown = Template(template, hass).async_render(
        {"trigger": {"name": name}, "outcome": {"name": name}},
        parse_result=False,
        strict=True,
    )
    assert shown == "‹b>Box‹/b> & lid"
