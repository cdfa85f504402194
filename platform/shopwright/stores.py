# SPDX-License-Identifier: Apache-2.0
"""Stores and what is switched on in each: one snapshot per process, renewed when the database says so."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Store:
    """One store, as everybody sees it; ``plugins`` are the names active in it."""

    id: UUID
    code: str
    name: str
    currency: str
    default_locale: str
    locales: tuple[str, ...]
    timezone: str
    theme: str
    hosts: tuple[str, ...]
    plugins: frozenset[str]
    version: int
    """The configuration version this snapshot was read at."""
