"""Somebody at the desk without JavaScript: follows no redirect, fills in forms, sends the token its page carried."""

import re
from html import unescape

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from tests.people import PASSWORD

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
PAGE = {"Accept": "text/html"}


class Visitor:
    """One browser. ``page`` is the last page it was shown."""

    def __init__(self, app: FastAPI, login: str | None = None) -> None:
        self.client = TestClient(app, follow_redirects=False, headers=PAGE)
        self.page = ""
        if login:
            answer = self.sign_in(login)
            assert answer.status_code == 303, answer.text

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> Response:
        return self.client.post("/desk/sign-in", data={"login": login, "password": password, **more})

    def get(self, path: str, **headers: str) -> Response:
        answer = self.client.get(path, headers=headers)
        self.page = unescape(answer.text)
        return answer

    def post(self, path: str, **fields: str) -> Response:
        """Send a form of the page last seen, with the hidden fields it carried."""
        hidden = {"csrf": CSRF.search(self.page), "version": VERSION.search(self.page)}
        data = {name: found[1] for name, found in hidden.items() if found} | fields
        answer = self.client.post(path, data=data)
        self.page = unescape(answer.text)
        return answer
