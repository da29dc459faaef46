"""Which doors a process opens: the customers' and the handlers' may stand on different hosts."""

import pytest

from backend.app import create_app
from backend.settings import Settings

CHAT, DESK, BOT = "/api/chat/sessions", "/api/complaints", "/api/bot/complaints"


@pytest.mark.parametrize(
    ("surface", "there", "not_there"),
    [("public", {CHAT}, {DESK, BOT}), ("desk", {DESK, BOT}, {CHAT}), ("all", {CHAT, DESK, BOT}, set())],
)
def test_only_the_doors_that_were_asked_for_are_open(surface: str, there: set[str], not_there: set[str]) -> None:
    app = create_app(Settings(surface=surface))  # type: ignore[arg-type]
    paths = set(app.openapi()["paths"])
    assert there <= paths
    assert not not_there & paths
