# SPDX-License-Identifier: Apache-2.0
"""Patterns of texts: matched in time that grows with the text only, whatever the pattern is.

pydantic's engine knows no lookaround and no back-references, so nothing it takes can run away.
"""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

from shopwright.i18n import translatable
from shopwright_custom_fields.services.wrong import Wrong

LONGEST = 200


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that cannot be used.

    Raises:
        Wrong: it is too long, no regular expression, or one that could take for ever.
    """
    if len(pattern) > LONGEST:
        raise Wrong("too_long", translatable("A pattern has at most %(most)s characters."), most=LONGEST)
    try:
        _matcher(pattern)
    except SchemaError:
        words = translatable(
            "This pattern cannot be used: write a regular expression without lookaround and back-references."
        )
        raise Wrong("pattern_wrong", words) from None


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text as a whole looks like the pattern."""
    try:
        _matcher(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> TypeAdapter[Any]:
    kind = Annotated[str, StringConstraints(pattern=rf"\A(?:{pattern})\z")]
    return TypeAdapter(kind, config=ConfigDict(regex_engine="rust-regex"))
