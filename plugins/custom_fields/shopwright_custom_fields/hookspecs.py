# SPDX-License-Identifier: Apache-2.0
"""The hooks of custom fields."""

from collections.abc import Sequence

from shopwright.hooks import hookspec
from shopwright_custom_fields.api import CustomField, FieldEntity


@hookspec("register")
def register_custom_fields() -> Sequence[CustomField]:
    """Give fields of your own, on entities of any plugin; they are there while your plugin is on in a store."""
    raise AssertionError


@hookspec("register")
def custom_field_entities() -> Sequence[FieldEntity]:
    """Give kinds of things that can have custom fields."""
    raise AssertionError
