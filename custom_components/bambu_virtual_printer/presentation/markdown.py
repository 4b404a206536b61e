"""What a file or a slicer says, where Markdown is shown: as it stands, never as a link, a picture or HTML."""

import re

# What begins markup anywhere in a line, and what makes a link of an address by itself.
_MARKUP = re.compile(r"[\\`*_\[\]<>&|~!]|(?<=\w):(?=//)|(?<=www)\.|@")


def as_markdown(text: str) -> str:
    """Escape a text so that Markdown (CommonMark, with GitHub's autolinks) shows it as it stands."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}", text)
