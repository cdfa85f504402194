# SPDX-License-Identifier: Apache-2.0
"""Language tags (BCP 47, with hyphens): reading them, falling back, and choosing one for a visitor."""

from collections.abc import Sequence
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError

_LONGEST_HEADER = 1000


@lru_cache(maxsize=256)
def parse_locale(tag: str) -> Locale:
    """Find what CLDR knows about a language tag (``de``, ``pt-BR``); ValueError for an unknown one."""
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"Unknown locale {tag!r}: use a language tag such as 'de' or 'pt-BR'.") from None


def fallback_chain(tag: str, default: str) -> list[str]:
    """List where to look for a translation: ``de-AT`` → ``de`` → the default."""
    parts = tag.split("-")
    chain = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return chain if default in chain else [*chain, default]


def _preferences(header: str) -> list[str]:
    """List the language ranges of an Accept-Language header, best first, in lower case."""
    ranked: list[tuple[float, str]] = []
    for item in header[:_LONGEST_HEADER].split(","):
        name, *parameters = (part.strip() for part in item.lower().split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if name and 0 < quality <= 1:
            ranked.append((quality, name))
    ranked.sort(key=lambda entry: -entry[0])
    return [name for _, name in ranked]


def negotiate(accept_language: str, available: Sequence[str], default: str) -> str:
    """Choose the available locale that suits an Accept-Language header (RFC 9110, lookup of RFC 4647).

    ``de-CH`` is served by ``de``, and ``pt`` by ``pt-BR`` when there is no plain ``pt``.
    """
    by_lower = {tag.lower(): tag for tag in available}
    for wanted in _preferences(accept_language):
        if wanted == "*":
            break
        for tag in fallback_chain(wanted, wanted):
            if tag in by_lower:
                return by_lower[tag]
        language = wanted.split("-")[0]
        for tag, original in by_lower.items():
            if tag.split("-")[0] == language:
                return original
    return default
