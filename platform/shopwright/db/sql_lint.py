# SPDX-License-Identifier: Apache-2.0
"""Reads the SQL of a migration for what would break other plugins or a running shop."""

import re

_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|(?P<dollar>\$\w*\$).*?(?P=dollar)|'(?:[^']|'')*'", re.DOTALL)
_NAME = r"(?:public\.)?\"?(?P<name>[a-z_][\w]*)"
_CREATE = re.compile(
    r"\bcreate\s+(?:or\s+replace\s+)?(?:unlogged\s+)?"
    r"(?P<kind>table|materialized\s+view|view|sequence|function|type)\s+(?:if\s+not\s+exists\s+)?" + _NAME,
    re.IGNORECASE,
)
_NAIVE_TIME = re.compile(r"\btimestamp\b(?!\s*tz|\s*(?:\(\d\)\s*)?with\s+time\s+zone)", re.IGNORECASE)
_MONEY = re.compile(
    r"\b(\w*(?:amount|price|total|balance|cost)\w*)\s+(money|real|float\d?|double)\b", re.IGNORECASE
)
_ROLES = re.compile(
    r"\b(?:set\s+(?:local\s+|session\s+)?role|disable\s+row\s+level|no\s+force\s+row)\b", re.IGNORECASE
)


def lint_sql(text: str, prefix: str) -> list[str]:
    """List what is wrong with a script of a plugin whose names must begin with ``prefix``."""
    plain = _NOISE.sub(" ", text)
    wrong = [
        f"{match['kind'].lower()} {match['name']!r} must be called {prefix}…, as all names of this plugin"
        for match in _CREATE.finditer(plain)
        if not match["name"].lower().startswith(prefix)
    ]
    if _NAIVE_TIME.search(plain):
        wrong.append("timestamp without a time zone: use timestamptz")
    wrong += [
        f"{match[1]!r} is {match[2].lower()}: money is bigint, in minor units"
        for match in _MONEY.finditer(plain)
    ]
    if _ROLES.search(plain):
        wrong.append("a migration must neither change its role nor weaken row-level security")
    return wrong
