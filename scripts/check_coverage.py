"""Holds the coverage of the last test run to what each part of the code owes."""

from collections import defaultdict
from pathlib import Path
import sys

from coverage import Coverage

PACKAGE = Path(__file__).parent.parent / "custom_components" / "bambu_virtual_printer"

# Percent of statements; a file or a folder of the package.
OWED = {
    "engine/dispatch": 95.0,
    "engine/emulator": 95.0,
    "engine/library": 95.0,
    "engine/machines": 95.0,
    "engine/reception": 95.0,
    "engine/relay": 96.0,
    "config_flow.py": 100.0,
    "flows": 100.0,
    "voice": 98.0,
    "": 95.0,
}


def main() -> int:
    """Print the figures beside what is owed. Returns the exit status."""
    coverage = Coverage(data_file=str(PACKAGE.parent.parent / ".coverage"))
    coverage.load()
    statements: dict[str, int] = defaultdict(int)
    missing: dict[str, int] = defaultdict(int)
    for path in sorted(PACKAGE.rglob("*.py")):
        _, lines, _, missed, _ = coverage.analysis2(str(path))
        name = path.relative_to(PACKAGE).as_posix()
        for part in OWED:
            if name == part or name.startswith(f"{part}/") or not part:
                statements[part] += len(lines)
                missing[part] += len(missed)
    failed = False
    for part, owed in OWED.items():
        total = statements[part]
        if not total:
            sys.exit(f"There is no {part}.")
        covered = 100.0 * (total - missing[part]) / total
        failed |= covered < owed
        print(f"  {part or 'everything':<16} {covered:6.2f} %  (owed {owed:.0f} %)")
    return failed


if __name__ == "__main__":
    sys.exit(main())
