"""The people who come in after the handler: a revisit agent, an approver of the department, an officer."""

import pytest

from backend.accounts.values import Viewer
from backend.db.session import Database
from tests.people import House, hire


@pytest.fixture
def chenlan(database: Database, house: House) -> Viewer:
    """Revisits for the service centre."""
    return hire(database, "chenlan", "陈兰", "service_centre", ["revisit_agent"])


@pytest.fixture
def hejun(database: Database, house: House) -> Viewer:
    """Approves for the department that is in charge."""
    return hire(database, "hejun", "何军", "retail_hq", ["approver"])


@pytest.fixture
def chenjing(database: Database, house: House) -> Viewer:
    """The officer of the service centre."""
    return hire(database, "chenjing", "陈静", "service_centre", ["officer"])
