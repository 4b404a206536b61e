"""Files of several people on one card: everybody sees the list, and has what is theirs."""

import pytest

from custom_components.bambu_virtual_printer.engine.events import UploadRenamed
from custom_components.bambu_virtual_printer.engine.values import Sender
from tests.support.ftps_clients import ACCESS_CODE, sliced_file

from .conftest import Rig

ANNAS_CODE, BOBS_CODE = "annacode", "bob-code"
HERS, HIS, OURS = "Hers.gcode.3mf", "His.gcode.3mf", "Ours.gcode.3mf"
CONTENT = {
    HERS: sliced_file(seed=1),
    HIS: sliced_file(seed=2),
    OURS: sliced_file(seed=3),
}


@pytest.fixture(autouse=True)
async def sent(rig: Rig) -> None:
    """Have a file sent by Anna, one by Bob, and one with the printer's own code."""
    rig.people[ANNAS_CODE.encode()] = Sender(person="1", name="Anna")
    rig.people[BOBS_CODE.encode()] = Sender(person="2", name="Bob")

    def scenario() -> None:
        for code, name in ((ANNAS_CODE, HERS), (BOBS_CODE, HIS), (ACCESS_CODE, OURS)):
            with rig.client(access_code=code) as client:
                assert client.store(name, CONTENT[name]).startswith("226")

    await rig.do(scenario)


@pytest.mark.parametrize("name", [HERS, OURS])
@pytest.mark.parametrize("command", ["RETR", "DELE", "RNFR"])
async def test_files_of_others_are_as_if_they_were_not_there(
    rig: Rig, command: str, name: str
) -> None:
    def scenario() -> list[str]:
        with rig.client(access_code=BOBS_CODE) as client:
            found = []
            for each in (name, "missing.gcode.3mf"):
                client.epsv()
                found.append(client.command(f"{command} {each}"))
            found.append(client.command("RNTO Taken.gcode.3mf"))
            return found

    theirs, missing, renamed = await rig.do(scenario)
    assert theirs.startswith("550")
    assert theirs == missing
    assert renamed.startswith("503")
    for each, content in CONTENT.items():
        assert rig.kept(each) == content


async def test_everybody_has_what_is_theirs(rig: Rig) -> None:
    def scenario() -> tuple[bytes, list[str]]:
        with rig.client(access_code=BOBS_CODE) as client:
            content = client.fetch(f"RETR {HIS}")
            return content, [
                client.command(command)
                for command in (f"RNFR {HIS}", "RNTO New.3mf", "DELE New.3mf")
            ]

    content, replies = await rig.do(scenario)
    assert content == CONTENT[HIS]
    assert [reply[:3] for reply in replies] == ["350", "250", "250"]
    assert {file.name for file in await rig.storage.files()} == {HERS, OURS}


async def test_the_list_is_one_for_all(rig: Rig) -> None:
    def scenario() -> tuple[bytes, list[str]]:
        with rig.client(access_code=BOBS_CODE) as client:
            return client.fetch("NLST"), [
                client.command(f"{command} {HERS}") for command in ("SIZE", "MDTM")
            ]

    names, replies = await rig.do(scenario)
    assert set(names.decode().splitlines()) == set(CONTENT)
    assert [reply[:3] for reply in replies] == ["213", "213"]


@pytest.mark.parametrize("name", [HERS, OURS])
async def test_a_file_that_gets_the_name_of_anothers_leaves_that_alone(
    rig: Rig, name: str
) -> None:
    def scenario() -> tuple[list[str], bytes, bytes]:
        with rig.client(access_code=BOBS_CODE) as client:
            replies = [
                client.command(command) for command in (f"RNFR {HIS}", f"RNTO {name}")
            ]
            mine = client.fetch(f"RETR {name}")
        code = ANNAS_CODE if name == HERS else ACCESS_CODE
        with rig.client(access_code=code) as client:
            return replies, mine, client.fetch(f"RETR {name}")

    replies, mine, theirs = await rig.do(scenario)
    assert [reply[:3] for reply in replies] == ["350", "250"]
    assert mine == CONTENT[HIS]
    assert theirs == CONTENT[name]


async def test_people_who_send_one_name_find_their_own_under_it(rig: Rig) -> None:
    his = sliced_file(seed=4)

    def scenario() -> list[bytes | str]:
        with rig.client(access_code=BOBS_CODE) as client:
            assert client.store(HERS, his).startswith("226")
        found: list[bytes | str] = []
        for code in (ANNAS_CODE, BOBS_CODE, ACCESS_CODE):
            with rig.client(access_code=code) as client:
                assert client.fetch("NLST").decode().splitlines().count(HERS) == 1
                found.append(client.fetch(f"RETR {HERS}"))
                found.append(client.command(f"SIZE {HERS}").strip())
        with rig.client(access_code=BOBS_CODE) as client:
            found.append(client.command(f"DELE {HERS}")[:3])
        with rig.client(access_code=ANNAS_CODE) as client:
            found.append(client.fetch(f"RETR {HERS}"))
        return found

    hers = CONTENT[HERS]
    assert await rig.do(scenario) == [
        *(hers, f"213 {len(hers)}"),
        *(his, f"213 {len(his)}"),
        *(his, f"213 {len(his)}"),
        "250",
        hers,
    ]


async def test_who_logged_in_last_is_who_asks(rig: Rig) -> None:
    def scenario() -> list[str]:
        with rig.client(access_code=ANNAS_CODE) as client:
            client.log_in(BOBS_CODE)
            return [client.command(f"{command} {HERS}") for command in ("DELE", "RNFR")]

    assert [reply[:3] for reply in await rig.do(scenario)] == ["550", "550"]


async def test_the_printers_own_code_has_everything(rig: Rig) -> None:
    def scenario() -> tuple[list[bytes], list[str]]:
        with rig.client() as client:
            return [client.fetch(f"RETR {name}") for name in CONTENT], [
                client.command(command)
                for command in (f"RNFR {HERS}", f"RNTO {HIS}", f"DELE {HIS}")
            ]

    contents, replies = await rig.do(scenario)
    assert contents == [*CONTENT.values()]
    assert [reply[:3] for reply in replies] == ["350", "250", "250"]
    assert [type(event) for event in rig.events].count(UploadRenamed) == 1


async def test_a_file_that_is_refused_at_once_is_told_with_who_sent_it(
    rig: Rig,
) -> None:
    def scenario() -> str:
        with rig.client(access_code=BOBS_CODE) as client:
            client.epsv()
            return client.command("STOR cube.stl")

    assert (await rig.do(scenario)).startswith("550")
    (failed,) = rig.failed
    assert (failed.id, failed.sender.person) == (None, "2")
