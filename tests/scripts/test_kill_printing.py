"""A real Home Assistant that is killed while its queue prints; ./scripts/kill-test --printing does it for longer."""

from pathlib import Path

from tests.support.kill_tests import MARKS, kill_test

pytestmark = MARKS

KILLS = 10


async def test_every_copy_is_printed_once_however_often_home_assistant_is_killed(
    tmp_path: Path,
) -> None:
    said = await kill_test(
        "--printing", "--kills", str(KILLS), "--config", str(tmp_path)
    )
    assert f"{KILLS} kills" in said
