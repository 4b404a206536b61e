"""Files that want to do harm, and files that are simply broken."""

from collections.abc import Callable
import errno
import json
from pathlib import Path
import struct
import tracemalloc
import zipfile

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.library.threemf import reader
from custom_components.bambu_virtual_printer.engine.library.threemf.package import (
    MAX_DIRECTORY_BYTES,
    MAX_MEMBERS,
    MemberError,
    Package,
    ThreeMFError,
    _BoundedReader,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    SlicedFile,
)

from .packages import PNG, config, model, package, plate

type Write = Callable[[bytes], Path]

GCODE = "; total layer number: 10\nG28\n"
MEGABYTE = 1024 * 1024


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file."""

    def _write(data: bytes) -> Path:
        path = tmp_path / "file.3mf"
        path.write_bytes(data)
        return path

    return _write


# --- no 3MF ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"hello",
        b"PK\x05\x06" + b"\0" * 18,
        package({"readme.txt": "a ZIP, but no 3MF"}),
        package({"Metadata/plate_0.gcode": "no such plate"}),
        package({"3D/3dmodel.model": "x" * 5000})[:-10],
    ],
    ids=["empty", "short", "text", "empty zip", "other zip", "plate 0", "cut short"],
)
def test_what_is_no_3mf_is_refused_in_words(write: Write, data: bytes) -> None:
    with pytest.raises(ThreeMFError, match=r"^The file .*\.$"):
        reader.read(write(data))


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ThreeMFError, match="cannot be read: it is not there"):
        reader.read(tmp_path / "none.3mf")


def test_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ThreeMFError, match="cannot be read"):
        reader.read(tmp_path)


@pytest.mark.parametrize("fails_at", [3, 5])
def test_a_disk_that_fails_is_told_in_words(
    write: Write, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    path = write(package({"3D/3dmodel.model": model()}))
    real = _BoundedReader.read
    reads: list[int | None] = []

    def read(self: _BoundedReader, size: int | None = -1, /) -> bytes:
        reads.append(size)
        if len(reads) == fails_at:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, size)

    monkeypatch.setattr(_BoundedReader, "read", read)
    with pytest.raises(ThreeMFError, match="cannot be read: the disk failed"):
        reader.read(path)


def test_too_many_members_are_refused(write: Write) -> None:
    members = {f"m{number}": "" for number in range(MAX_MEMBERS + 1)}
    with pytest.raises(ThreeMFError, match="more than 10000 parts"):
        reader.read(write(package(members)))


def test_a_huge_directory_is_refused_before_it_is_read(write: Write) -> None:
    directory_bytes = MAX_DIRECTORY_BYTES + 1
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, directory_bytes, 0, 0
    )
    path = write(b"\0" * directory_bytes + end)
    tracemalloc.start()
    try:
        with pytest.raises(ThreeMFError, match="not a 3MF"):
            reader.read(path)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()


# --- bombs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Metadata/slice_info.config",
        "Metadata/model_settings.config",
        "Metadata/project_settings.config",
        "Metadata/plate_1.json",
    ],
)
def test_a_bomb_costs_its_own_facts_and_no_memory(write: Write, name: str) -> None:
    path = write(
        package(
            {
                "Metadata/plate_1.gcode": GCODE,
                name: b" " * (64 * MEGABYTE),
            }
        )
    )
    tracemalloc.start()
    try:
        facts = reader.read(path)
        assert tracemalloc.get_traced_memory()[1] < 4 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert facts.total_layers == 10
    assert any(problem.startswith(f"{name} is larger") for problem in facts.problems)


def test_endless_gcode_is_read_to_its_header_only(write: Write) -> None:
    path = write(package({"Metadata/plate_1.gcode": b";" * (64 * MEGABYTE)}))
    tracemalloc.start()
    try:
        assert reader.read(path).printable
        assert tracemalloc.get_traced_memory()[1] < 4 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_member_that_claims_to_be_small_is_cut_where_it_claims_to_end(
    write: Write,
) -> None:
    data = bytearray(
        package({"3D/3dmodel.model": model(), "Metadata/plate_1.png": PNG * 10000})
    )
    # The directory's entry of the picture: the size it inflates to is at offset 24.
    entry = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, entry + 24, 8)
    with (
        Package(write(bytes(data))) as damaged,
        pytest.raises(MemberError, match="damaged"),
    ):
        damaged.read("Metadata/plate_1.png", MEGABYTE)


def test_a_small_part_that_inflates_too_much_is_refused(write: Write) -> None:
    with (
        Package(write(package({"a": b"\0" * (3 * MEGABYTE)}))) as bomb,
        pytest.raises(MemberError, match="inflate more than 200 times"),
    ):
        bomb.read("a", 4 * MEGABYTE)


def test_a_long_way_to_nothing_is_not_gone(write: Write) -> None:
    # Deflated blocks of no bytes at all, a megabyte of them.
    blocks = b"\0\0\0\xff\xff" * (MEGABYTE // 5 + 1) + b"\x01\0\0\xff\xff"
    data = bytearray(package({"a": blocks}, compression=zipfile.ZIP_STORED))
    for signature, method, checksum, size in (
        (b"PK\x03\x04", 8, 14, 22),
        (b"PK\x01\x02", 10, 16, 24),
    ):
        header = data.index(signature)
        struct.pack_into("<H", data, header + method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<L", data, header + checksum, 0)
        struct.pack_into("<L", data, header + size, 0)
    with Package(write(bytes(data))) as endless:
        assert endless.read("a", 2 * MEGABYTE) == b""
        with pytest.raises(MemberError, match="larger than 1048576 bytes"):
            endless.read("a", MEGABYTE)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_slicers_do_not_use_is_not_read(write: Write, method: int) -> None:
    members = {"3D/3dmodel.model": model(Title="Hidden")}
    facts = reader.read(write(package(members, compression=method)))
    assert facts.title == ""
    assert any("slicers do not use" in problem for problem in facts.problems)


def test_encrypted_members_cost_their_facts(write: Write) -> None:
    data = bytearray(package({"3D/3dmodel.model": model(Title="Secret")}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flags = data.index(signature) + offset
        data[flags] |= 1
    facts = reader.read(write(bytes(data)))
    assert facts.title == ""
    assert any("encrypted" in problem for problem in facts.problems)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_members_with_one_name_the_last_counts(write: Write) -> None:
    members: list[tuple[str, str | bytes]] = [
        ("3D/3dmodel.model", model(Title="First")),
        ("3D/3dmodel.model", model(Title="Second")),
    ]
    assert reader.read(write(package(members))).title == "Second"


# --- XML ------------------------------------------------------------------------------------------------------------

LAUGHS = """\
<?xml version="1.0"?>
<!DOCTYPE config [
 <!ENTITY a "ha">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
]>
<config><plate><metadata key="index" value="1"/><metadata key="prediction" value="&b;"/></plate></config>
"""
OUTSIDE = """\
<?xml version="1.0"?>
<!DOCTYPE config SYSTEM "file:///etc/passwd">
<config><plate/></config>
"""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (LAUGHS, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        ("<config>" * 100, "nested too deep"),
        ("<config><plate></config>", "is damaged: mismatched tag"),
        ("<config><plate a='1' a='2'/></config>", "is damaged: duplicate attribute"),
        ("<config>&undefined;</config>", "is damaged: undefined entity"),
        (b"\xff\xfe\x00", "is damaged"),
        ('<?xml version="1.0" encoding="klingon"?><config/>', "is damaged"),
        ('<?xml version="1.0" encoding="utf-32"?><config/>', "is damaged"),
        ("", "is damaged: no element found"),
        (config(plate() * 300), "more than 256 plates"),
    ],
    ids=lambda value: value if len(value) < 60 and isinstance(value, str) else "",
)
def test_bad_xml_costs_its_own_facts(
    write: Write, content: str | bytes, problem: str
) -> None:
    facts = reader.read(
        write(
            package(
                {
                    "Metadata/plate_1.gcode": GCODE,
                    "Metadata/slice_info.config": content,
                }
            )
        )
    )
    assert facts.total_layers == 10
    found = [text for text in facts.problems if text.startswith("Metadata/slice_info")]
    assert len(found) == 1
    assert problem in found[0]


def test_plates_before_an_error_are_kept(write: Write) -> None:
    content = config(plate(1), plate(2)).replace("</config>", "<plate><meta")
    facts = reader.read(write(package({"Metadata/slice_info.config": content})))
    assert [plate.number for plate in facts.plates] == [1, 2]


def test_too_many_plates_in_the_model_settings_are_left_out(write: Write) -> None:
    facts = reader.read(
        write(
            package(
                {
                    "3D/3dmodel.model": model(),
                    "Metadata/model_settings.config": config("<plate/>" * 300),
                }
            )
        )
    )
    assert len(facts.plates) == 256
    assert any("more than 256 plates" in problem for problem in facts.problems)


def test_an_endless_description_does_not_hide_the_title_in_front_of_it(
    write: Write,
) -> None:
    content = model(Title="Short").replace(
        "<resources/>", f'<metadata name="Zzz">{"x" * (2 * MEGABYTE)}</metadata>'
    )
    facts = reader.read(write(package({"3D/3dmodel.model": content})))
    assert facts.title == "Short"


def test_a_title_is_cut(write: Write) -> None:
    content = model(Title="long " * 2000)
    facts = reader.read(write(package({"3D/3dmodel.model": content})))
    assert 200 < len(facts.title) <= 255


# --- JSON -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        b"\xff\xff",
        '{"a": NaN',
    ],
)
def test_bad_json_costs_its_own_facts(write: Write, content: str | bytes) -> None:
    facts = reader.read(
        write(
            package(
                {
                    "Metadata/plate_1.gcode": GCODE,
                    "Metadata/project_settings.config": content,
                }
            )
        )
    )
    assert facts.total_layers == 10
    assert any("project_settings.config is no JSON" in text for text in facts.problems)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=8,
)
SETTING_NAMES = st.sampled_from(
    [
        "printer_model",
        "filament_type",
        "filament_colour",
        "filament_settings_id",
        "filament_self_index",
        "nozzle_diameter",
        "nozzle_temperature",
        "curr_bed_type",
        "hot_plate_temp",
        "layer_height",
        "version",
        "bbox_objects",
    ]
)
HARMLESS_HERE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def assert_sane(facts: SlicedFile) -> None:
    """Check that facts can be stored anywhere and shown to anybody."""
    text = json.dumps(facts.to_json(), allow_nan=False)
    text.encode()
    assert "\\u0000" not in text
    assert SlicedFile.from_json(json.loads(text)) == facts
    assert len(facts.plates) <= 256
    assert (facts.print_time_s or 0) >= 0
    assert (facts.filament_g or 0) >= 0


@HARMLESS_HERE
@given(profile=st.dictionaries(SETTING_NAMES, JSON_VALUES), outline=JSON_VALUES)
def test_any_json_is_read_without_harm(
    write: Write, profile: dict[str, object], outline: object
) -> None:
    facts = reader.read(
        write(
            package(
                {
                    "Metadata/slice_info.config": config(
                        plate(more='<filament id="2" used_g="1"/>')
                    ),
                    "Metadata/project_settings.config": json.dumps(profile),
                    "Metadata/plate_1.json": json.dumps({"bbox_objects": outline}),
                }
            )
        )
    )
    assert_sane(facts)


XML_VALUES = st.text(
    st.characters(codec="utf-8", exclude_characters='<&"', min_codepoint=32),
    max_size=30,
) | st.sampled_from(["-1", "1e999", "nan", "4294967296", "&amp;#0;", "1,2,x", "true"])


@HARMLESS_HERE
@given(
    metadata=st.dictionaries(
        st.sampled_from(["index", "prediction", "weight", "support_used"]), XML_VALUES
    ),
    filament=st.dictionaries(
        st.sampled_from(["id", "type", "color", "used_g", "used_m", "group_id"]),
        XML_VALUES,
    ),
    thing=st.dictionaries(
        st.sampled_from(["identify_id", "name", "skipped"]), XML_VALUES
    ),
    title=XML_VALUES,
)
def test_any_attributes_are_read_without_harm(
    write: Write,
    metadata: dict[str, str],
    filament: dict[str, str],
    thing: dict[str, str],
    title: str,
) -> None:
    def element(name: str, attributes: dict[str, str]) -> str:
        items = "".join(f' {key}="{value}"' for key, value in attributes.items())
        return f"<{name}{items}/>"

    items = [{"key": key, "value": value} for key, value in metadata.items()]
    inside = "".join(element("metadata", item) for item in items)
    inside += element("filament", filament) + element("object", thing)
    facts = reader.read(
        write(
            package(
                {
                    "3D/3dmodel.model": model(Title=title),
                    "Metadata/slice_info.config": config(f"<plate>{inside}</plate>"),
                }
            )
        )
    )
    assert_sane(facts)


class Sample(bytes):
    """Bytes that do not fill the screen when a test fails."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


@pytest.fixture(scope="session")
def small_file(sliced_file: Callable[..., Path]) -> Sample:
    """Return a real file without its bulky parts, so that mutations hit what is read."""
    with zipfile.ZipFile(sliced_file(plates=2, filaments=2)) as archive:
        members = {
            name: archive.read(name)[:20_000]
            for name in archive.namelist()
            if not name.endswith(".png")
        }
    return Sample(package(members, compression=zipfile.ZIP_STORED))


@settings(parent=HARMLESS_HERE, max_examples=400)
@given(data=st.data())
def test_a_mutated_file_is_read_or_refused_and_nothing_else(
    write: Write, small_file: Sample, data: st.DataObject
) -> None:
    mutated = bytearray(small_file)
    for _ in range(data.draw(st.integers(1, 8))):
        # Half of the changes go to the directory at the end, where the sizes and offsets are.
        first = data.draw(st.sampled_from([0, max(0, len(mutated) - 3000)]))
        position = data.draw(st.integers(first, len(mutated)))
        match data.draw(st.sampled_from(["set", "delete", "insert", "cut"])):
            case "set":
                mutated[position : position + 1] = data.draw(st.binary(max_size=1))
            case "delete":
                del mutated[position : position + data.draw(st.integers(1, 50))]
            case "insert":
                mutated[position:position] = data.draw(st.binary(max_size=20))
            case "cut":
                del mutated[position:]
    path = write(bytes(mutated))
    tracemalloc.start()
    try:
        facts = reader.read(path)
        for plate_read in facts.plates[:4]:
            reader.read_thumbnail(path, plate_read.number)
    except ThreeMFError:
        return
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 32 * MEGABYTE
    assert_sane(facts)
