"""The YAML that the documentation offers for copying."""

from io import StringIO
from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import parse_yaml

DOCS = Path(__file__).parent.parent / "docs"


def recipes(page: str, heading: str, **names: str) -> list[dict[str, Any]]:
    """Read the blocks of YAML below a heading of a page, with words of it replaced by `names`."""
    text = (DOCS / page).read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    for word, name in names.items():
        section = section.replace(word, name)
    found = []
    for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL):
        recipe = parse_yaml(StringIO(block))
        assert isinstance(recipe, dict)
        found.append(recipe)
    return found
