"""Sealed checkpoints: from time to time the end of the chain is signed, and the signature is kept outside the database.

    newest seal | the chain from there is sound | Ed25519 over head and previous seal | row     seal
    rows | files under home/seals that are not there yet                                        export
    files | signatures, order, same as the rows | the trail agrees with every one of them      verify

Whoever can rewrite the database cannot sign; whoever rewrites entries, or cuts the end off, disagrees with the files.
Copy the folder to a medium that cannot be rewritten, and even an intruder who has this machine is found out:
``verify`` works on a copy as well. The private key stands in ``home/keys/seal.pem`` (mode 0600), made on first use.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from sqlalchemy.orm import Session

from backend.audit import store, trail
from backend.audit.models import Seal, stamp
from backend.audit.store import Head
from backend.audit.trail import GENESIS, Verification
from backend.db.types import canonical_json
from backend.errors import Conflict

KEY_ID_LENGTH = 16
PUBLIC_KEY = "public.pem"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One seal: up to entry ``seq`` the chain ended in ``head``. ``previous``: digest of the seal before it."""

    number: int
    seq: int
    head: str
    sealed_at: str
    previous: str
    key_id: str
    signature: str = ""

    @property
    def text(self) -> str:
        """What is signed: everything but the signature, as canonical JSON."""
        return canonical_json({name: getattr(self, name) for name in self.__slots__ if name != "signature"})

    @property
    def digest(self) -> str:
        return sha256(f"{self.text}{self.signature}".encode()).hexdigest()


class Signer:
    """The installation's Ed25519 key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = key_id(key.public_key())

    def sign(self, checkpoint: Checkpoint) -> Checkpoint:
        return replace(checkpoint, signature=self._key.sign(checkpoint.text.encode()).hex())


def load_signer(path: Path) -> Signer:
    """Read the key, making it on first use; two processes racing agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Ed25519PrivateKey.generate()
        _write_once(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path.name} is not an Ed25519 key")
    return Signer(key)


def key_id(key: Ed25519PublicKey) -> str:
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:KEY_ID_LENGTH]


def seal(session: Session, *, signer: Signer, folder: Path, now: datetime) -> Checkpoint | None:
    """Sign where the chain stands now; None when nothing happened since the last seal.

    Conflict when the chain does not hold from the last seal on, or the last seal kept outside is not ours any more:
    what is broken is not sealed over.
    """
    trail.hold(session)
    newest = _newest(session)
    outside = read(folder)
    if outside and (newest is None or newest.number < outside[-1].number):
        raise broken(f"数据库中缺少第 {outside[-1].number} 号校验点")
    since = Head(newest.seq, newest.head) if newest else None
    found = trail.verify(session, since=since)
    if not found.ok:
        raise broken(found.reason or "")
    if found.entries == (newest.seq if newest else 0):
        return None
    made = signer.sign(
        Checkpoint(
            number=newest.number + 1 if newest else 1,
            seq=found.entries,
            head=found.head,
            sealed_at=stamp(now),
            previous=newest.digest if newest else GENESIS,
            key_id=signer.key_id,
        )
    )
    fields = {name: getattr(made, name) for name in made.__slots__}
    session.add(Seal(**fields | {"sealed_at": now}))
    session.flush()
    return made


def export(session: Session, *, signer: Signer, folder: Path) -> int:
    """Write every seal that has no file yet, after its transaction has committed; the number of files written."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_once(folder / PUBLIC_KEY, signer.public_pem, mode=0o644)
    written = 0
    for checkpoint in _rows(session):
        path = folder / f"{checkpoint.number:06d}.json"
        if not path.exists():
            content = {name: getattr(checkpoint, name) for name in checkpoint.__slots__}
            _write_once(path, f"{canonical_json(content)}\n".encode(), mode=0o444)
            written += 1
    return written


def read(folder: Path) -> tuple[Checkpoint, ...]:
    """The seals kept in a folder, in order. Conflict names the file that cannot be read."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(Checkpoint(**json.loads(path.read_text(encoding="ascii"))))
        except (ValueError, TypeError) as error:
            raise broken(f"校验点文件 {path.name} 无法读取") from error
    return tuple(sorted(found, key=lambda checkpoint: checkpoint.number))


def verify(session: Session, *, folder: Path, progress: Callable[[int], None] | None = None) -> Verification:
    """The whole trail against every seal of ``folder`` (home/seals, or a copy of it kept elsewhere)."""
    try:
        outside = read(folder)
    except Conflict as unreadable:
        return Verification(False, 0, reason=unreadable.say)
    fault = _fault(outside, folder) or _differs(outside, _rows(session))
    if fault:
        return Verification(False, 0, reason=fault)
    return trail.verify(session, progress, expected=[Head(one.seq, one.head) for one in outside])


def broken(reason: str) -> Conflict:
    return Conflict("trail_broken", f"留痕链条不完整：{reason}。请立即报告合规部门，并保留现场。", clause="第二十四条")


def _fault(outside: Sequence[Checkpoint], folder: Path) -> str | None:
    """What is wrong with the seals themselves: a signature, a number, the link to the one before."""
    if not outside:
        return None
    try:
        public = load_pem_public_key((folder / PUBLIC_KEY).read_bytes())
    except (OSError, ValueError):
        return "校验点公钥缺失或无法读取"
    if not isinstance(public, Ed25519PublicKey):
        return "校验点公钥不是 Ed25519 公钥"
    previous = GENESIS
    for number, one in enumerate(outside, 1):
        if one.number != number or one.previous != previous:
            return f"第 {number} 号校验点缺失或与前一个不相接"
        try:
            public.verify(bytes.fromhex(one.signature), one.text.encode())
        except (InvalidSignature, ValueError):
            return f"第 {number} 号校验点的签名不正确"
        previous = one.digest
    return None


def _differs(outside: Sequence[Checkpoint], inside: Sequence[Checkpoint]) -> str | None:
    """A seal that stands in one place and not, or otherwise, in the other. A copy may be older than the database."""
    for ours, kept in zip(inside, outside, strict=False):
        if ours != kept:
            return f"第 {kept.number} 号校验点与数据库中的登记不一致"
    if len(outside) > len(inside):
        return f"数据库中缺少第 {outside[len(inside)].number} 号校验点"
    if inside and not outside:
        return "数据库以外的校验点全部缺失"
    return None


def _rows(session: Session) -> tuple[Checkpoint, ...]:
    return tuple(_checkpoint(row) for row in store.seals(session))


def _newest(session: Session) -> Checkpoint | None:
    row = store.newest_seal(session)
    return None if row is None else _checkpoint(row)


def _checkpoint(row: Seal) -> Checkpoint:
    return Checkpoint(row.number, row.seq, row.head, stamp(row.sealed_at), row.previous, row.key_id, row.signature)


def _write_once(path: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all, on the disk before it has its name; the first one wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
