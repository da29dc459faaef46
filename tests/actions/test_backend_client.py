"""The HTTP line: keys, token, time limits, and what every kind of failure is called."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any

import pytest

from actions.backend_client import BackendClient, BackendError
from tests.bot.standin_backend import TOKEN, StandInBackend


def withdraw(client: BackendClient) -> dict[str, Any]:
    """The smallest call there is."""
    return asyncio.run(client.withdraw(conversation="c1", turn=3, number=None))


def test_a_repeated_call_carries_the_same_key_and_gets_the_same_answer(backend: StandInBackend) -> None:
    client = BackendClient.from_environment()
    assert withdraw(client) == withdraw(client)
    assert {key for _, _, key in backend.calls} == {"c1:3:withdrawal"}


def test_each_door_has_its_path(backend: StandInBackend) -> None:
    client = BackendClient.from_environment()
    asyncio.run(client.submit(conversation="c1", turn=1, fields={"narrative": "登不上"}, refused=[]))
    asyncio.run(client.hand_over(conversation="c1", turn=2, reason="asked"))
    asyncio.run(client.status(conversation="c1", turn=3, number="TS1", phone=None))
    assert [door for door, _, _ in backend.calls] == ["complaints", "handovers", "status"]


def test_a_wrong_token_is_named(backend: StandInBackend) -> None:
    address = BackendClient.from_environment().url
    with pytest.raises(BackendError) as failure:
        withdraw(BackendClient(address, "another"))
    assert (failure.value.code, failure.value.status) == ("not_signed_in", 401)


def test_a_problem_says_its_code_and_nothing_of_the_customer(backend: StandInBackend) -> None:
    backend.fail["complaints"] = 422
    with pytest.raises(BackendError) as failure:
        fields = {"narrative": "我的秘密"}
        asyncio.run(BackendClient.from_environment().submit(conversation="c", turn=1, fields=fields, refused=[]))
    assert str(failure.value) == "422 out_of_order"


def test_nobody_listening_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(BackendError, match="unreachable"):
        withdraw(BackendClient(f"http://127.0.0.1:{port}", TOKEN))


def test_a_backend_that_hangs_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        started = time.monotonic()
        with pytest.raises(BackendError, match="timeout"):
            withdraw(BackendClient(f"http://127.0.0.1:{deaf.getsockname()[1]}", TOKEN, timeout=0.3))
        assert time.monotonic() - started < 2


def answer_once(server: socket.socket, *answers: bytes) -> None:
    """Accepts one connection per answer and sends it; an empty one only hangs up."""
    for answer in answers:
        connection, _ = server.accept()
        with connection:
            if answer:
                connection.recv(65536)
                connection.sendall(answer)


def served(*answers: bytes) -> socket.socket:
    """A raw server that gives these answers in turn."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=answer_once, args=(server, *answers), daemon=True).start()
    return server


def http(body: bytes, status: str = "200 OK") -> bytes:
    """A raw HTTP answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


@pytest.mark.parametrize("body", [b"<html>", b"[]", b""])
def test_an_answer_that_is_no_object_is_malformed(body: bytes) -> None:
    with served(http(body)) as server, pytest.raises(BackendError, match="malformed"):
        withdraw(BackendClient(f"http://127.0.0.1:{server.getsockname()[1]}", TOKEN))


def test_a_connection_that_is_hung_up_is_tried_once_more() -> None:
    with served(b"", http(b'{"withdrawn": true, "number": null}')) as server:
        assert withdraw(BackendClient(f"http://127.0.0.1:{server.getsockname()[1]}", TOKEN))["withdrawn"] is True
