"""Access codes, as virtual printers and their people get them."""

import secrets

# People type it off a screen: nothing that looks like something else. 32 to the power of 8 are 10,000 times as many as
# there are with digits alone.
_CHARACTERS = "23456789abcdefghijkmnpqrstuvwxyz"


def new_access_code() -> str:
    """Make up an access code: 8 characters, as many as the slicers' dialog takes."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(8))
