# SPDX-License-Identifier: Apache-2.0
"""Codes of gift cards: not to be guessed, read out without mistakes, kept only as hashes."""

import hashlib
import secrets
from uuid import UUID

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look alike. 31 is a prime: the last letter finds each wrong letter and each swap."""
LENGTH = 16
"""15 letters of chance (74 bits) and the check letter."""
PREFIX = 8
"""The most letters before it."""


def make(prefix: str = "") -> str:
    """Make a code as the customer sees it: four times four letters, after a prefix that is for people to sort by."""
    chance = "".join(secrets.choice(LETTERS) for _ in range(LENGTH - 1))
    code = chance + _check(chance)
    parts = [code[i : i + 4] for i in range(0, LENGTH, 4)]
    return "-".join([prefix, *parts] if prefix else parts)


def tidy(code: str) -> str:
    """Write a code as it is hashed: capitals, nothing between them."""
    return "".join(code.replace("-", " ").split()).upper()


def is_possible(code: str) -> bool:
    """Tell whether a tidy code can be one at all: its letters and its check letter."""
    if not LENGTH <= len(code) <= LENGTH + PREFIX or not (code.isascii() and code.isalnum()):
        return False
    chance = code[-LENGTH:]
    return all(letter in LETTERS for letter in chance) and _check(chance[:-1]) == chance[-1]


def hashed(store_id: UUID, code: str) -> str:
    """Give what is kept of a tidy code; 74 bits of chance need no slow hash."""
    return hashlib.sha256(f"{store_id}:{code}".encode()).hexdigest()


def _check(chance: str) -> str:
    total = sum(place * LETTERS.index(letter) for place, letter in enumerate(chance, start=1))
    return LETTERS[total % len(LETTERS)]
