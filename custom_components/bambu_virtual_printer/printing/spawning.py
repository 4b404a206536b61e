"""How what is here has something done in the background, until the entry is unloaded."""

from collections.abc import Callable, Coroutine
from typing import Any

type Spawn = Callable[[Coroutine[Any, Any, None], str], object]
"""Runs a coroutine under a name."""
