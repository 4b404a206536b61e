"""What SQLAlchemy compiles, kept for all indexes of a run: each of them would compile the same statements again."""

from collections.abc import Iterator
from typing import Any, override

import pytest
from sqlalchemy import URL, Engine

from custom_components.bambu_virtual_printer.engine.library.index import sqlite

# The dialect comes first in a key, and is each engine's own; but it is always SQLite's here.
type _Key = tuple[Any, ...]


class _Compilations(dict[_Key, Any]):
    @override
    def get(self, key: _Key, default: Any = None, /) -> Any:
        return super().get(key[1:], default)

    @override
    def __setitem__(self, key: _Key, compiled: Any, /) -> None:
        super().__setitem__(key[1:], compiled)


@pytest.fixture(scope="session", autouse=True)
def shared_compilations() -> Iterator[None]:
    """Let all indexes in SQLite share them; making statements out of expressions took half the time of opening one."""
    compilations = _Compilations()
    make = sqlite._engine

    def _engine(url: URL) -> Engine:
        engine = make(url)
        engine.update_execution_options(compiled_cache=compilations)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_engine", _engine)
        yield
