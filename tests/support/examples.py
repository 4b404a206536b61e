"""How many examples a property is tried with: more of them with --slow."""

from hypothesis import settings

# How long one example takes is not tested: computers are slow at times.
DEFAULT_PROFILE = "untimed"
SLOW_PROFILE = "slow"
# The same examples each time, so that whoever changes something else meets nothing new; slow runs look for more.
settings.register_profile(DEFAULT_PROFILE, deadline=None, derandomize=True)
settings.register_profile(SLOW_PROFILE, deadline=None, max_examples=500)


def examples(count: int) -> int:
    """Return `count`, or five times as many in a slow run. Import this where it is used, not before options are read."""
    return (
        count
        * settings().max_examples
        // settings.get_profile(DEFAULT_PROFILE).max_examples
    )
