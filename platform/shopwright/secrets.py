# SPDX-License-Identifier: Apache-2.0
"""Encryption of secrets at rest, with keys that can be rotated."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SecretUnreadable(Exception):  # named for what happened, as all errors here
    """A stored secret was not written with any of the configured keys, or was changed since."""


def generate_key() -> str:
    """Make a new random key, as text fit for a configuration file."""
    return Fernet.generate_key().decode("ascii")


def _fernet(key: str, position: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        # The key itself must not reach a log.
        raise ValueError(
            f"Secret key {position} is not valid: it must be 32 bytes in URL-safe base64 (44 characters)."
        ) from None


class SecretBox:
    """Encrypts with the first key and decrypts with any: old values outlive a new key.

    To retire a key: put the new one first, ``rotate`` what is stored, then drop the old one.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if isinstance(keys, str) or not keys:
            raise ValueError("SecretBox needs a list of one or more keys, newest first.")
        fernets = [_fernet(key, position) for position, key in enumerate(keys, start=1)]
        self._newest = fernets[0]
        self._all = MultiFernet(fernets)

    def __repr__(self) -> str:
        return "SecretBox(...)"

    def encrypt(self, secret: str) -> str:
        """Turn a secret into a token that may be stored."""
        return self._all.encrypt(secret.encode()).decode("ascii")

    def decrypt(self, token: str) -> str:
        """Turn a token back into the secret; SecretUnreadable when no key fits."""
        return self._open(self._all, token).decode()

    def rotate(self, token: str) -> str:
        """Encrypt a stored secret anew with the first key; SecretUnreadable when no key fits."""
        return self.encrypt(self.decrypt(token))

    def needs_rotation(self, token: str) -> bool:
        """Tell whether a token was written with a key other than the first."""
        try:
            self._open(self._newest, token)
        except SecretUnreadable:
            return True
        return False

    @staticmethod
    def _open(fernet: Fernet | MultiFernet, token: str) -> bytes:
        try:
            return fernet.decrypt(token.encode())
        except InvalidToken:
            raise SecretUnreadable(
                "A stored secret cannot be read: add the key it was written with to the secret keys, "
                "or enter the secret anew."
            ) from None
