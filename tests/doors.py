"""A bare application around one router, and a browser that has signed in, for tests of a door without the rest."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from backend.accounts import guards, service
from backend.accounts.values import SignedIn, Viewer
from backend.clock import now
from backend.db.session import Database
from backend.errors import Refusal


def door(database: Database, *routers: APIRouter) -> FastAPI:
    """An application with these routers that answers a refusal with its status, code and sentence."""
    app = FastAPI()
    app.state.database = database
    for router in routers:
        app.include_router(router)

    def refused(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refusal)
        told = {"code": error.code, "detail": error.say, "clause": error.clause, **error.extra}
        return JSONResponse(told, status_code=error.status)

    app.add_exception_handler(Refusal, refused)
    return app


def browser(app: FastAPI, viewer: Viewer) -> TestClient:
    """A client in which ``viewer`` has signed in, with the CSRF header our pages send."""
    signed = signed_in(app.state.database, viewer)
    client = TestClient(app, headers={guards.CSRF_HEADER: signed.viewer.csrf})
    client.cookies.set(guards.cookie_name(), signed.token)
    return client


def signed_in(database: Database, viewer: Viewer) -> SignedIn:
    with database.write() as session:
        return service.open_session(session, person_id=viewer.person_id, now=now())
