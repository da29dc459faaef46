"""Sealed checkpoints: what the database alone cannot show, a truncated or rewritten trail, shows against the seals."""

import json
import shutil
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.audit import seals, store, trail
from backend.audit.seals import Checkpoint, Signer
from backend.db.session import Database
from backend.db.types import canonical_json
from backend.errors import Conflict
from tests.audit.test_trail import tamper, write
from tests.people import NOW


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return seals.load_signer(tmp_path / "keys" / "seal.pem")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "seals"


def seal(database: Database, signer: Signer, folder: Path) -> Checkpoint | None:
    """What the worker does: one transaction for the row, then the file."""
    with database.write() as session:
        made = seals.seal(session, signer=signer, folder=folder, now=NOW + timedelta(hours=1))
    with database.read() as session:
        seals.export(session, signer=signer, folder=folder)
    return made


def verify(database: Database, folder: Path) -> trail.Verification:
    with database.read() as session:
        return seals.verify(session, folder=folder)


@pytest.fixture
def sealed(database: Database, signer: Signer, folder: Path) -> Path:
    """Twelve entries, sealed after the fifth and after the tenth."""
    for count in (5, 5):
        write(database, count)
        seal(database, signer, folder)
    write(database, 2)
    return folder


def forge(database: Database, seq: int) -> None:
    """Rewrite one entry and every hash after it, as somebody who knows how the chain is made would."""
    with database.read() as session:
        rows = [raw._asdict() for raw in store.raw_after(session, 0, 100)]
    previous = trail.GENESIS
    changes = []
    for row in rows:
        if row["seq"] == seq:
            row["actor_id"] = "somebody"
        row["prev_hash"] = previous
        previous = sha256(canonical_json({k: v for k, v in row.items() if k != "hash"}).encode()).hexdigest()
        changes.append(
            f"UPDATE trail SET actor_id='{row['actor_id']}', prev_hash='{row['prev_hash']}', hash='{previous}' "
            f"WHERE seq={row['seq']}"
        )
    for change in changes:
        tamper(database, change)


def test_the_end_of_the_chain_is_sealed_and_kept_outside(database: Database, sealed: Path) -> None:
    first, second = seals.read(sealed)
    assert (first.number, first.seq, first.previous) == (1, 5, trail.GENESIS)
    assert (second.number, second.seq, second.previous) == (2, 10, first.digest)
    assert verify(database, sealed).ok
    assert verify(database, sealed).entries == 12


def test_where_nothing_happened_nothing_is_sealed(database: Database, signer: Signer, folder: Path) -> None:
    assert seal(database, signer, folder) is None
    write(database, 1)
    assert seal(database, signer, folder) is not None
    assert seal(database, signer, folder) is None
    assert len(seals.read(folder)) == 1


def test_a_tail_cut_off_is_found(database: Database, sealed: Path) -> None:
    tamper(database, "DELETE FROM trail WHERE seq > 8")
    with database.read() as session:
        assert trail.verify(session).ok  # in itself
    result = verify(database, sealed)
    assert (result.ok, result.broken_at) == (False, 9)


def test_a_chain_rewritten_from_an_entry_on_is_found_at_the_next_seal(database: Database, sealed: Path) -> None:
    forge(database, 3)
    with database.read() as session:
        assert trail.verify(session).ok  # in itself
    result = verify(database, sealed)
    assert (result.ok, result.broken_at) == (False, 5)
    assert "校验点" in (result.reason or "")


def test_seals_cut_off_with_the_tail_are_missed(database: Database, sealed: Path) -> None:
    tamper(database, "DELETE FROM trail WHERE seq > 5")
    with database.write() as session:
        if database.is_sqlite:
            session.execute(text("DROP TRIGGER seals_no_delete"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("DELETE FROM seals WHERE number = 2"))
    result = verify(database, sealed)
    assert not result.ok
    assert "缺少第 2 号校验点" in (result.reason or "")


@pytest.mark.parametrize("table_sql", ["UPDATE seals SET seq = 4", "DELETE FROM seals"])
def test_the_database_refuses_to_change_a_seal(database: Database, sealed: Path, table_sql: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(text(table_sql))
    assert verify(database, sealed).ok


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"head": "0" * 64}, "签名不正确"),
        ({"signature": "zz"}, "签名不正确"),
        ({"number": 7}, "缺失或与前一个不相接"),
        ({"extra": 1}, "无法读取"),
    ],
)
def test_a_seal_that_was_altered_is_found(
    database: Database, sealed: Path, change: dict[str, object], said: str
) -> None:
    file = sealed / "000002.json"
    file.chmod(0o644)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    result = verify(database, sealed)
    assert not result.ok
    assert said in (result.reason or "")


def test_seals_signed_with_another_key_are_found(database: Database, sealed: Path) -> None:
    """Somebody who rewrites trail, seals and files, but has not our key, against the public key kept elsewhere."""
    other = Signer(Ed25519PrivateKey.generate())
    for one in seals.read(sealed):
        file = sealed / f"{one.number:06d}.json"
        file.chmod(0o644)
        forged = other.sign(one)
        file.write_text(json.dumps({name: getattr(forged, name) for name in forged.__slots__}))
    assert "第 1 号校验点的签名不正确" in (verify(database, sealed).reason or "")


@pytest.mark.parametrize("gone", ["000001.json", "public.pem"])
def test_a_file_that_is_gone_is_missed(database: Database, sealed: Path, gone: str) -> None:
    (sealed / gone).unlink()
    assert not verify(database, sealed).ok


def test_an_older_copy_kept_elsewhere_still_convicts(database: Database, sealed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("public.pem", "000001.json"):
        shutil.copy(sealed / name, copy)
    assert verify(database, copy).ok
    forge(database, 2)
    assert verify(database, copy).broken_at == 5


def test_what_is_broken_is_not_sealed_over(database: Database, signer: Signer, sealed: Path) -> None:
    tamper(database, "UPDATE trail SET actor_id = 'somebody' WHERE seq = 11")
    with pytest.raises(Conflict, match="trail_broken"):
        seal(database, signer, sealed)
    tamper(database, "DELETE FROM trail WHERE seq > 8")
    with pytest.raises(Conflict, match="trail_broken"):
        seal(database, signer, sealed)
    assert len(seals.read(sealed)) == 2


def test_a_file_lost_before_it_was_written_is_written_later(database: Database, signer: Signer, folder: Path) -> None:
    """The process died between its commit and the file: the next round writes it."""
    write(database, 3)
    with database.write() as session:
        made = seals.seal(session, signer=signer, folder=folder, now=NOW)
    assert seals.read(folder) == ()
    seal(database, signer, folder)
    assert seals.read(folder) == (made,)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "seal.pem"
    assert seals.load_signer(path).key_id == seals.load_signer(path).key_id
    assert path.stat().st_mode & 0o777 == 0o600
