"""One running product for all walks; the browser of tests/browser walks through it too."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import artefacts, browse, chromium
from tests.stack import Stack, running_stack

__all__ = ["artefacts", "browse", "chromium", "stack"]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("walk") / "home") as running:
        yield running
