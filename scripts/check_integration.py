"""Checks the integration's files against each other and against the installed Home Assistant.

What hassfest and the Marketplace check on the repository host is checked here offline, as far as the wheel carries the
truth: manifest, hacs.json, brand images, quality scale, translations, icons, services and dependencies.
"""

import ast
from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import re
import struct
import sys
import tomllib
import typing
from typing import Any

import homeassistant
from homeassistant.const import Platform, __version__ as ha_version
from homeassistant.helpers import service as service_helper
from homeassistant.loader import Manifest
from homeassistant.util.yaml import load_yaml_dict

ROOT = Path(__file__).parent.parent
DOMAIN = "bambu_virtual_printer"
INTEGRATION = ROOT / "custom_components" / DOMAIN
HOME_ASSISTANT = Path(homeassistant.__file__).parent

# Importing these needs no entry among the dependencies.
ALWAYS_THERE = {
    "homeassistant",
    "persistent_notification",
    "diagnostics",
    "logbook",
    "repairs",
    "system_health",
    *(platform.value for platform in Platform),
}
HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "zip_release",
}
REQUIRED_MANIFEST_KEYS = (
    "codeowners",
    "config_flow",
    "documentation",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "version",
)
BRAND_IMAGES = {
    "icon.png": (256, 256),
    "icon@2x.png": (512, 512),
    "dark_icon.png": (256, 256),
    "dark_icon@2x.png": (512, 512),
}
# Imported where it is loaded, or without what it requires, as by core's camera. As dependencies, even as those that only come
# first, Home Assistant would install everything that they and theirs require.
WHERE_LOADED = {"assist_pipeline", "stream"}
NUMBER = re.compile(r"_(one|other)$")
HTML_TAG = re.compile(r"<[a-z/][^>]*>", re.IGNORECASE)

type KeyPath = tuple[str, ...]


def leaves(tree: dict[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Walk a nested mapping down to what is no mapping."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def load_json(path: Path) -> dict[str, Any]:
    """Read a JSON object."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def slugs(name: str) -> set[str]:
    """Read the slugs of one of Home Assistant's generated lists, subcategories as parent.child."""
    known = set()
    for row in json.loads((HOME_ASSISTANT / "generated" / name).read_text()):
        known.add(row["slug"])
        known |= {
            f"{row['slug']}.{sub['slug']}" for sub in row.get("subcategories", [])
        }
    return known


def check_manifest(manifest: dict[str, Any]) -> Iterator[str]:
    """Check keys, their order, and agreement with pyproject.toml."""
    known = typing.get_type_hints(Manifest)
    for key in manifest:
        if key not in known:
            yield f"unknown key {key}"
    for key in REQUIRED_MANIFEST_KEYS:
        if key not in manifest:
            yield f"{key} is missing"
    order = sorted(
        manifest, key=lambda key: ({"domain": 0, "name": 1}.get(key, 2), key)
    )
    if list(manifest) != order:
        yield "the keys' order is domain, name, then the alphabet"
    for key in ("categories", "connectivity"):
        for value in set(manifest.get(key, [])) - slugs(f"integration_{key}.json"):
            yield f"unknown {key}: {value}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    if project["version"] != manifest.get("version"):
        yield f"version differs from pyproject.toml's {project['version']}"
    if project["dependencies"] != manifest.get("requirements", []):
        yield "requirements differ from pyproject.toml's dependencies"
    shipped = (HOME_ASSISTANT / "package_constraints.txt").read_text().lower()
    for requirement in manifest.get("requirements", []):
        name = re.split(r"[<>=!~]", requirement)[0].lower()
        if re.search(rf"^{re.escape(name)}==", shipped, re.MULTILINE):
            yield f"{name} is pinned by Home Assistant itself and must not be required"
    for dependency in (
        *manifest.get("dependencies", []),
        *manifest.get("after_dependencies", []),
    ):
        if not (HOME_ASSISTANT / "components" / dependency).exists():
            yield f"no integration {dependency}"


def check_hacs(hacs: dict[str, Any], manifest: dict[str, Any]) -> Iterator[str]:
    """Check hacs.json as strictly as the Marketplace's own action does."""
    for key in set(hacs) - HACS_KEYS:
        yield f"unknown key {key}"
    if hacs.get("name") != manifest["name"]:
        yield "name differs from the manifest's"
    if hacs.get("homeassistant", "") > ha_version:
        yield f"asks for a newer Home Assistant than the {ha_version} it is tested with"


def check_brand() -> Iterator[str]:
    """Check that the images are PNGs of the right size."""
    for name, size in BRAND_IMAGES.items():
        path = INTEGRATION / "brand" / name
        if not path.exists():
            yield f"{name} is missing"
            continue
        header = path.read_bytes()[:24]
        if (
            header[:8] != b"\x89PNG\r\n\x1a\n"
            or struct.unpack(">II", header[16:]) != size
        ):
            yield f"{name} is no PNG of {size[0]} x {size[1]}"


def check_quality_scale() -> Iterator[str]:
    """Check that every rule of the installed Home Assistant has an honest state."""
    reference = HOME_ASSISTANT / "components" / "ntfy" / "quality_scale.yaml"
    rules = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))["rules"]
    expected = load_yaml_dict(str(reference))["rules"]
    for rule in set(expected) ^ set(rules):
        yield f"rule {rule} is {'missing' if rule in expected else 'unknown'}"
    for rule, state in rules.items():
        status = state["status"] if isinstance(state, dict) else state
        if status not in ("done", "todo", "exempt"):
            yield f"{rule}: {status}"
        if status != "done" and not (isinstance(state, dict) and state.get("comment")):
            yield f"{rule}: {status} needs a comment"


def source_trees() -> Iterator[tuple[Path, ast.Module]]:
    """Parse every module of the integration."""
    for path in sorted(INTEGRATION.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), str(path))


def string_constants() -> set[str]:
    """Collect every string in the integration's code."""
    return {
        node.value
        for _, tree in source_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def translation_keys() -> Iterator[tuple[Path, int, str]]:
    """Find every literal `translation_key=`."""
    for path, tree in source_trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "translation_key"
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield path, node.value.lineno, node.value.value


def common_keys() -> Iterator[tuple[Path, int, tuple[str, ...]]]:
    """Find what is asked of `Texts` by a literal key: the text, or its forms for one and for others."""
    for path, tree in source_trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(key := node.args[0].value, str)
            ):
                match node.func:
                    case ast.Name(id="texts") | ast.Attribute(attr="texts"):
                        yield path, node.lineno, (key,)
                    case (
                        ast.Attribute(attr="count", value=ast.Name(id="texts"))
                        | ast.Attribute(attr="count", value=ast.Attribute(attr="texts"))
                    ):
                        yield path, node.lineno, (f"{key}_one", f"{key}_other")


def check_translations(texts: dict[str, Any]) -> Iterator[str]:
    """Check that every key the code names has a text, and every text a user."""
    for keys, value in leaves(texts):
        if not isinstance(value, str) or HTML_TAG.search(value) or "[%key:" in value:
            yield f"{'.'.join(keys)}: plain text wanted"
    known = {
        *texts.get("exceptions", {}),
        *texts.get("issues", {}),
        *texts.get("selector", {}),
        *(key for platform in texts.get("entity", {}).values() for key in platform),
    }
    for path, line, key in translation_keys():
        if key not in known:
            yield f"{path.name}:{line}: no text for {key}"
    used = string_constants() | {
        selector["translation_key"] for selector in translated_selectors(services())
    }
    for section in ("exceptions", "issues", "selector"):
        for key in texts.get(section, {}):
            if key not in used:
                yield f"{section}.{key}: nobody uses it"
    common = texts.get("common", {})
    for key in common:
        if key not in used and NUMBER.sub("", key) not in used:
            yield f"common.{key}: nobody uses it"
    for path, line, wanted in common_keys():
        if not any(key in common for key in wanted):
            yield f"{path.name}:{line}: no text for {wanted[0]}"
    for platform, entities in texts.get("entity", {}).items():
        for key in entities:
            if key not in used:
                yield f"entity.{platform}.{key}: nobody uses it"


def keys(of_selector: Iterable[Any]) -> Iterator[str]:
    """Give the names of a selector's fields, or the values of its options with and without labels."""
    for one in of_selector:
        yield one["value"] if isinstance(one, dict) else one


def check_services(texts: dict[str, Any], icons: dict[str, Any]) -> Iterator[str]:
    """Check services.yaml against its texts and icons."""
    actions = services()
    service_helper._SERVICES_SCHEMA(actions)  # noqa: SLF001
    described = texts.get("services", {})
    for name in set(actions) ^ set(described):
        yield f"{name} is only in {'services.yaml' if name in actions else 'the texts'}"
    for name in set(actions) - set(icons.get("services", {})):
        yield f"{name} has no icon"
    for selector in translated_selectors(actions):
        key = selector["translation_key"]
        text = texts.get("selector", {}).get(key, {})
        for part in ("options", "fields"):
            if set(keys(selector.get(part, ()))) != set(text.get(part, ())):
                yield f"selector.{key}: {part} and texts do not match"
        for option in selector.get("options", ()):
            if isinstance(option, dict) and text.get("options", {}).get(
                option["value"]
            ) != str(option["label"]):
                yield f"selector.{key}: the label of {option['value']} is not its text"
    for name, service in actions.items():
        fields = flat_fields((service or {}).get("fields", {}))
        texts_of_fields = described.get(name, {}).get("fields", {})
        for field in fields ^ set(texts_of_fields):
            yield f"{name}.{field}: field and text do not match"
        for field, text in texts_of_fields.items():
            if set(text) != {"name", "description"}:
                yield f"{name}.{field}: name and description wanted"


def services() -> dict[str, Any]:
    """Read services.yaml."""
    path = INTEGRATION / "services.yaml"
    return load_yaml_dict(str(path)) if path.exists() else {}


def translated_selectors(node: Any) -> Iterator[dict[str, Any]]:
    """Find every selector with texts of its own, those inside others included."""
    if isinstance(node, dict):
        if "translation_key" in node:
            yield node
        for child in node.values():
            yield from translated_selectors(child)


def flat_fields(fields: dict[str, Any]) -> set[str]:
    """Collect the fields of a service, those inside sections included."""
    found: set[str] = set()
    for name, field in fields.items():
        if field and "fields" in field:
            found |= flat_fields(field["fields"])
        else:
            found.add(name)
    return found


def check_icons(texts: dict[str, Any], icons: dict[str, Any]) -> Iterator[str]:
    """Check that icons are Material Design icons of entities that exist."""
    for path, value in leaves(icons):
        if not str(value).startswith("mdi:"):
            yield f"{'.'.join(path)}: {value}"
    for platform, entities in icons.get("entity", {}).items():
        for key in set(entities) - set(texts.get("entity", {}).get(platform, {})):
            yield f"entity.{platform}.{key}: no such entity"


def check_imports(manifest: dict[str, Any]) -> Iterator[str]:
    """Check that every imported integration is a dependency."""
    allowed = (
        ALWAYS_THERE
        | WHERE_LOADED
        | set(manifest.get("dependencies", []))
        | set(manifest.get("after_dependencies", []))
    )
    for path, tree in source_trees():
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            for name in names:
                parts = name.split(".")
                if parts[:2] == ["homeassistant", "components"] and (
                    len(parts) > 2 and parts[2] not in allowed
                ):
                    yield f"{path.name}: {parts[2]} is imported but no dependency"


def problems() -> Iterator[str]:
    """Run every check."""
    manifest = load_json(INTEGRATION / "manifest.json")
    hacs = load_json(ROOT / "hacs.json")
    texts = load_json(INTEGRATION / "translations" / "en.json")
    icons = load_json(INTEGRATION / "icons.json")
    for name, found in (
        ("manifest.json", check_manifest(manifest)),
        ("hacs.json", check_hacs(hacs, manifest)),
        ("brand", check_brand()),
        ("quality_scale.yaml", check_quality_scale()),
        ("translations", check_translations(texts)),
        ("services.yaml", check_services(texts, icons)),
        ("icons.json", check_icons(texts, icons)),
        ("imports", check_imports(manifest)),
    ):
        for problem in found:
            yield f"{name}: {problem}"


def main() -> int:
    """Print every problem. Returns the exit status."""
    found = list(problems())
    for problem in found:
        print(problem)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
