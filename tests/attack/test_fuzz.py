import pytest

from scripts import fuzz


@pytest.mark.slow
async def test_a_short_fuzz_run_leaves_a_normal_slicer_served_and_nothing_behind(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await fuzz.run(0.5, 1, address) == 0, capsys.readouterr().out
