"""3MF packages made member by member, for what no slicer would write."""

from collections.abc import Mapping
import io
import zipfile

from scripts.sliced_file.png import Canvas

PNG = Canvas(2).png()

MODEL = """\
<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">
 {metadata}
 <resources/>
 <build/>
</model>
"""
PLATE = """\
<plate>
  <metadata key="index" value="{number}"/>
  <metadata key="prediction" value="{prediction}"/>
  <metadata key="weight" value="{weight}"/>
  {more}
</plate>
"""


def model(**metadata: str) -> str:
    """Return a 3dmodel.model with metadata; values are put in as they are."""
    return MODEL.format(
        metadata="\n ".join(
            f'<metadata name="{name}">{value}</metadata>'
            for name, value in metadata.items()
        )
    )


def plate(
    number: object = 1, *, prediction: object = 60, weight: object = 1.5, more: str = ""
) -> str:
    """Return a plate of slice_info.config."""
    return PLATE.format(number=number, prediction=prediction, weight=weight, more=more)


def config(*parts: str) -> str:
    """Return a .config file in XML."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<config>{"".join(parts)}</config>'


def package(
    members: Mapping[str, str | bytes] | list[tuple[str, str | bytes]],
    *,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Return a ZIP."""
    items = members.items() if isinstance(members, Mapping) else members
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in items:
            archive.writestr(name, content)
    return buffer.getvalue()
