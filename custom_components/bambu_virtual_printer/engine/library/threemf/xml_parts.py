"""The XML members of a 3MF, read as a stream.

Only elements and attributes are looked at, in small portions so that no other thread waits long. There is no document
type in any of them, so a declaration of one is an attack and ends the reading. What was complete before an error is
kept.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, override
from xml.parsers import expat

from .package import MemberError

MAX_PLATES = 256
MAX_FILAMENTS = 256
# A plate may hold thousands of copies; they are counted, and this many are named.
MAX_NAMED_OBJECTS = 1000
MAX_DEPTH = 64
MAX_METADATA_CHARS = 4096

type Attributes = dict[str, str]


class _EnoughError(Exception):
    """Ends the reading where the interesting part is over."""


class _Reader(ABC):
    """What the elements of one member mean."""

    NAME: ClassVar[str]
    """The member's name."""

    @abstractmethod
    def start(self, path: tuple[str, ...], attributes: Attributes) -> None:
        """Handle the beginning of an element; `path` leads to it from the root."""

    def end(self, path: tuple[str, ...]) -> None:
        """Handle the end of an element."""

    def characters(self, path: tuple[str, ...], data: str) -> None:
        """Handle a piece of an element's text."""

    def feed(self, chunks: Iterable[bytes]) -> None:
        """Read the member. Raises MemberError, having handled what came before the error."""
        parser = expat.ParserCreate()
        path: tuple[str, ...] = ()

        def start(element: str, attributes: Attributes) -> None:
            nonlocal path
            if len(path) == MAX_DEPTH:
                raise MemberError(f"{self.NAME} is nested too deep")
            path = (*path, element)
            self.start(path, attributes)

        def end(_element: str) -> None:
            nonlocal path
            self.end(path)
            path = path[:-1]

        def characters(data: str) -> None:
            self.characters(path, data)

        def refuse(*_: object) -> None:
            raise MemberError(f"{self.NAME} declares a document type")

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        try:
            for chunk in chunks:
                parser.Parse(chunk)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as err:
            # The last two are what an encoding gets that expat does not know.
            raise MemberError(f"{self.NAME} is damaged: {err}") from err
        except _EnoughError:
            return


@dataclass(slots=True, kw_only=True)
class PlateInfo:
    """A plate as `slice_info.config` describes it, values as written."""

    metadata: Attributes = field(default_factory=dict)
    filaments: list[Attributes] = field(default_factory=list)
    objects: list[Attributes] = field(default_factory=list)
    object_count: int = 0


class SliceInfo(_Reader):
    """What slicing found out about each plate."""

    NAME = "Metadata/slice_info.config"

    def __init__(self) -> None:
        """Start with nothing."""
        self.header: Attributes = {}
        self.plates: list[PlateInfo] = []
        self._plate = PlateInfo()

    @override
    def start(self, path: tuple[str, ...], attributes: Attributes) -> None:
        match path:
            case ("config", "header", "header_item"):
                self.header[attributes.get("key", "")] = attributes.get("value", "")
            case ("config", "plate"):
                if len(self.plates) == MAX_PLATES:
                    raise MemberError(f"{self.NAME} has more than {MAX_PLATES} plates")
                self._plate = PlateInfo()
            case ("config", "plate", "metadata"):
                key = attributes.get("key", "")
                self._plate.metadata[key] = attributes.get("value", "")
            case ("config", "plate", "filament"):
                if len(self._plate.filaments) < MAX_FILAMENTS:
                    self._plate.filaments.append(attributes)
            case ("config", "plate", "object"):
                if attributes.get("skipped") != "true":
                    self._plate.object_count += 1
                if len(self._plate.objects) < MAX_NAMED_OBJECTS:
                    self._plate.objects.append(attributes)

    @override
    def end(self, path: tuple[str, ...]) -> None:
        if path == ("config", "plate"):
            self.plates.append(self._plate)


@dataclass(slots=True, kw_only=True)
class PlateSettings:
    """A plate as `model_settings.config` describes it."""

    metadata: Attributes = field(default_factory=dict)
    instances: list[Attributes] = field(default_factory=list)


class ModelSettings(_Reader):
    """Names of objects and plates, and which object is where."""

    NAME = "Metadata/model_settings.config"

    def __init__(self) -> None:
        """Start with nothing."""
        self.object_names: dict[str, str] = {}
        self.plates: list[PlateSettings] = []
        self._object_id = ""
        self._plate = PlateSettings()
        self._instance: Attributes = {}

    @override
    def start(self, path: tuple[str, ...], attributes: Attributes) -> None:
        key, value = attributes.get("key", ""), attributes.get("value", "")
        match path:
            case ("config", "object"):
                self._object_id = attributes.get("id", "")
            case ("config", "object", "metadata") if key == "name":
                if len(self.object_names) < MAX_NAMED_OBJECTS:
                    self.object_names[self._object_id] = value
            case ("config", "plate"):
                if len(self.plates) == MAX_PLATES:
                    raise MemberError(f"{self.NAME} has more than {MAX_PLATES} plates")
                self._plate = PlateSettings()
            case ("config", "plate", "metadata"):
                self._plate.metadata[key] = value
            case ("config", "plate", "model_instance"):
                self._instance = {}
                if len(self._plate.instances) < MAX_NAMED_OBJECTS:
                    self._plate.instances.append(self._instance)
            case ("config", "plate", "model_instance", "metadata"):
                self._instance[key] = value

    @override
    def end(self, path: tuple[str, ...]) -> None:
        if path == ("config", "plate"):
            self.plates.append(self._plate)


class ModelMetadata(_Reader):
    """The metadata at the beginning of the model; the meshes behind it are never read."""

    NAME = "3D/3dmodel.model"
    NAMESPACE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"

    WANTED = frozenset(
        {"Application", "Title", "Designer", "DesignModelId", "ProfileTitle"}
    )

    def __init__(self) -> None:
        """Start with nothing. Of values that are given several times, the first that is not empty counts."""
        self.values: dict[str, str] = {}
        self._name = ""
        self._prefixes: set[str] = set()

    @override
    def start(self, path: tuple[str, ...], attributes: Attributes) -> None:
        match path:
            case (_,):
                # Expat would take prefixes apart itself, and refuse files that use one they do not declare.
                self._prefixes = {
                    key.removeprefix("xmlns:")
                    for key, value in attributes.items()
                    if value == self.NAMESPACE and key.startswith("xmlns:")
                }
            case (_, element):
                prefix, _, local = element.rpartition(":")
                match local if prefix in {"", *self._prefixes} else None:
                    case "metadata":
                        self._name = self._wanted(attributes.get("name", ""))
                    case "resources" | "build":
                        raise _EnoughError

    def _wanted(self, name: str) -> str:
        """Return the name of a value that is to be read; empty for others."""
        if name not in self.WANTED or self.values.get(name, "").strip():
            return ""
        self.values[name] = ""
        return name

    @override
    def characters(self, path: tuple[str, ...], data: str) -> None:
        if self._name and len(path) == 2:
            value = self.values[self._name] + data
            self.values[self._name] = value[:MAX_METADATA_CHARS]

    @override
    def end(self, path: tuple[str, ...]) -> None:
        if len(path) == 2:
            self._name = ""
