"""A real Home Assistant that is killed while its library is moved; ./scripts/kill-test --moving does it for longer."""

from tests.support.kill_tests import MARKS, kill_test

pytestmark = MARKS

KILLS = 4


async def test_nothing_is_lost_however_often_home_assistant_is_killed_while_its_library_is_moved() -> (
    None
):
    # In a folder of its own, which the user that PostgreSQL runs as may enter.
    said = await kill_test("--moving", "--kills", str(KILLS))
    assert "nothing lost, nothing doubled" in said
