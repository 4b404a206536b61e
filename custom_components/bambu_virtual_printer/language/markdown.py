"""What a file or a slicer says, where Markdown is shown: as it stands, never as a link, a picture or HTML."""

import re

# What begins markup anywhere in a line, what makes a link of an address by itself, and what makes a line a heading, a
# list or a rule. docs/dashboard.md has the same for a template.
_MARKUP = re.compile(
    r"([\\`*_\[\]<>&|~!@]|\b:(?=//)|(?<=www)\.|^[-+#=]|(?<=^\d)[.)]|(?<=^\d\d)[.)])"
)


def as_markdown(text: str) -> str:
    """Escape one line of text so that Markdown (CommonMark, with GitHub's autolinks) shows it as it stands."""
    return _MARKUP.sub(r"\\\1", text.strip())
