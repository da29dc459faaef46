"""The chat and the desk on real doors, for the browser to look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.db.migrate import upgrade
from backend.db.session import make_database
from tests.browser.little_chat import LittleChat, little_chat
from tests.browsers import PHONE, WIDE

__all__ = ["PHONE", "WIDE"]


@pytest.fixture(scope="session")
def chat(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[LittleChat]:
    url = f"sqlite:///{tmp_path_factory.mktemp('chat') / 'anfu.db'}"
    upgrade(url)
    database = make_database(url)
    with little_chat(database) as running:
        yield running
    database.dispose()
