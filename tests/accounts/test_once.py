"""Idempotency keys: the same request again is not done again, another one under the same key is a conflict."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from backend.accounts import once
from backend.accounts.once import OnceKey, once_key
from backend.db.session import Database
from backend.errors import Conflict, Malformed
from tests.people import NOW, House


def key(house: House, body: bytes = b"{}", text: str | None = "key-00000001", address: str = "/a") -> OnceKey:
    return once_key(house.liqiang.person_id, text, method="POST", address=address, body=body)


def claim(database: Database, wanted: OnceKey) -> bool:
    with database.write() as session:
        return wanted.is_new(session, now=NOW)


def test_the_same_request_is_new_once(database: Database, house: House) -> None:
    assert [claim(database, key(house)) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize("different", [{"body": b"[]"}, {"address": "/b"}])
def test_another_request_under_the_same_key_is_a_conflict(
    database: Database, house: House, different: dict[str, object]
) -> None:
    claim(database, key(house))
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        claim(database, key(house, **different))  # type: ignore[arg-type]


def test_people_do_not_share_keys_and_none_is_always_new(database: Database, house: House) -> None:
    other = once_key(house.sunli.person_id, "key-00000001", method="POST", address="/a", body=b"other")
    assert claim(database, key(house))
    assert claim(database, other)
    assert [claim(database, key(house, text=None)) for _ in range(2)] == [True, True]


def test_a_request_that_was_refused_may_be_sent_again(database: Database, house: House) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        assert key(house).is_new(session, now=NOW)
        raise RuntimeError
    assert claim(database, key(house))


def test_of_several_at_once_one_is_new(database: Database, house: House) -> None:
    together = Barrier(6)

    def one(_: int) -> bool:
        together.wait()
        return claim(database, key(house))

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [False] * 5 + [True]


def test_after_a_day_a_key_is_forgotten(database: Database, house: House) -> None:
    claim(database, key(house))
    with database.write() as session:
        once.forget(session, now=NOW + once.REMEMBERED + timedelta(seconds=1))
    assert claim(database, key(house, body=b"other"))


@pytest.mark.parametrize("text", ["", "short", "x" * 81, "a key with blanks", "钥匙钥匙钥匙钥匙"])
def test_what_is_no_key_is_malformed(house: House, text: str) -> None:
    with pytest.raises(Malformed):
        key(house, text=text)
