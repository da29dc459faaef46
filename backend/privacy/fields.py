"""Encryption of single fields: AES-256-GCM bound to the table, column and row it stands in.

A sealed field is ``key id (4 bytes) | nonce (12) | ciphertext and tag``. Moved to another row or column it does not
open. Equality search goes through a keyed blind index, never through the ciphertext. The key ring is
``home/keys/fields.json``: made on first use, mode 0600; the newest key seals, every key opens.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.settings import get_settings

KEY_ID_BYTES, NONCE_BYTES = 4, 12


class SealBroken(ValueError):
    """The field was altered, moved, or sealed with a key that is not in the ring."""


class FieldCipher:
    """Seals and opens fields with a ring of keys: ``{key id: 32 bytes}``, the last one current."""

    def __init__(self, ring: dict[bytes, bytes], index_key: bytes) -> None:
        self._ring = {key_id: AESGCM(key) for key_id, key in ring.items()}
        self._current = next(reversed(ring))
        self._index_key = index_key

    def seal(self, value: str, *, where: str) -> bytes:
        """``where`` names the place, e.g. ``complaints.phone:17``; the same words are needed to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._current + nonce + self._ring[self._current].encrypt(nonce, value.encode(), where.encode())

    def open(self, blob: bytes, *, where: str) -> str:
        """The value, or SealBroken."""
        key_id, nonce = blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        try:
            return self._ring[key_id].decrypt(nonce, blob[KEY_ID_BYTES + NONCE_BYTES :], where.encode()).decode()
        except (KeyError, InvalidTag) as error:
            raise SealBroken(where) from error

    def blind_index(self, value: str, *, kind: str) -> str:
        """32 hex characters: equal values of one kind give the same, nothing else can be told from it."""
        return hmac.new(self._index_key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


@lru_cache(maxsize=1)
def get_cipher() -> FieldCipher:
    """The cipher of this installation."""
    return load_cipher(get_settings().keys_dir / "fields.json")


def load_cipher(path: Path) -> FieldCipher:
    """Read the key ring, making it on first use; two processes racing agree on one."""
    if not path.exists():
        _make_ring(path)
    raw = json.loads(path.read_text(encoding="ascii"))
    ring = {bytes.fromhex(key["id"]): b64decode(key["key"]) for key in raw["keys"]}
    return FieldCipher(ring, b64decode(raw["index_key"]))


def _make_ring(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ring = {
        "keys": [{"id": secrets.token_hex(KEY_ID_BYTES), "key": b64encode(secrets.token_bytes(32)).decode()}],
        "index_key": b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_text(json.dumps(ring), encoding="ascii")
    draft.chmod(0o600)
    try:
        os.link(draft, path)  # whole or not at all; the first one wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
