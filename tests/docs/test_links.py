"""Links of the pages lead somewhere, and the tests that a page names exist."""

import ast
from pathlib import Path
import re

import pytest

from custom_components.bambu_virtual_printer.health.remedies import page_of
from custom_components.bambu_virtual_printer.health.report import ok, problem

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "bambu_virtual_printer"
PAGES = sorted((ROOT / "docs").glob("*.md"))
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
TEST = re.compile(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)")


def _anchors(page: Path) -> set[str]:
    """Name the headings of a page as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    for _text, target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), target
        if anchor:
            assert anchor in _anchors(linked), target


def test_what_a_setup_check_complains_about_leads_to_a_heading_that_exists() -> None:
    source = (INTEGRATION / "health" / "checks.py").read_text(encoding="utf-8")
    complaints = set(
        re.findall(
            r'(?:problem|warning|not_checked)\(\s*(?:"\w+"|check),\s*"(check_\w+)"',
            source,
        )
    ) | set(re.findall(r'\.[A-Z_]+: "(check_\w+)"', source))
    assert len(complaints) > 20
    for key in sorted(complaints):
        page = page_of(problem("any", key))
        assert page, key
        name, anchor = page
        assert anchor in _anchors(ROOT / "docs" / f"{name}.md"), key
    assert page_of(ok("any", "check_disabled")) is None


def _tests_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_pain_has_tests_and_all_of_them_exist() -> None:
    rows = [
        line
        for line in (ROOT / "docs" / "pains.md").read_text("utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 26))
    for row in rows:
        named = TEST.findall(row)
        assert named, row
        for name, path in named:
            assert name in _tests_of(ROOT / path), f"{path}: {name}"
