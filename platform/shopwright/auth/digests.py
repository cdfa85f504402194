# SPDX-License-Identifier: Apache-2.0
"""Random secrets, what is stored of them, and keys derived from those of the installation."""

import secrets
from collections.abc import Sequence
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def new_secret() -> str:
    """Make 256 random bits as text fit for a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Give what is stored in place of a random secret; never for passwords, which can be guessed."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def derived_keys(secret_keys: Sequence[str], purpose: str) -> tuple[bytes, ...]:
    """Derive a key for one purpose from each key of the installation, newest first (HKDF, RFC 5869)."""
    info = f"shopwright {purpose}".encode()
    return tuple(HKDF(SHA256(), 32, salt=None, info=info).derive(key.encode()) for key in secret_keys)
