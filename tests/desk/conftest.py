"""The desk over a database with its people; no customer channel runs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from backend.app import create_app
from backend.clock import now
from backend.db.session import Database
from tests import factories
from tests.desk.visitor import Visitor
from tests.people import House


@pytest.fixture
def app(database: Database, house: House) -> FastAPI:
    """The real application; its lifespan is not started, so nothing but the database is behind it."""
    made = create_app()
    made.state.database = database
    return made


@pytest.fixture
def liqiang(app: FastAPI) -> Visitor:
    return Visitor(app, "liqiang")


@pytest.fixture
def zhaolei(app: FastAPI) -> Visitor:
    return Visitor(app, "zhaolei")


@pytest.fixture
def sunli(app: FastAPI) -> Visitor:
    return Visitor(app, "sunli")


@pytest.fixture
def register(database: Database, house: House) -> Callable[..., str]:
    """Register a complaint received a few minutes ago; returns its number."""

    def enter(**different: Any) -> str:
        moment = now()
        return factories.enter(
            database, now=moment, **{"received_at": moment - timedelta(minutes=5), **different}
        ).number

    return enter
