# SPDX-License-Identifier: Apache-2.0
"""What a custom field is, what can have fields, and reading values as other plugins do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol
from uuid import UUID

from shopwright.context import Context

Kind = Literal[
    "text", "multiline", "rich_text", "integer", "decimal", "boolean", "date", "datetime", "choice", "choices",
    "colour", "link", "money", "product", "picture", "file",
]  # fmt: skip
Visibility = Literal["storefront", "staff", "private"]
OWN = "custom"
"""The namespace of the fields that merchants declare."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a field of kind ``choice`` or ``choices``."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A field of an entity. A plugin's own are named ``<plugin>.<name>``, those of merchants ``custom.<name>``."""

    entity: str
    """Code of what has the field: ``catalog.product``."""
    key: str
    kind: Kind
    label: str
    """In the store's own language, or a text that the plugin's locales translate."""
    help: str = ""
    required: bool = False
    unique: bool = False
    minimum: Decimal | None = None
    """Of a number its value, of a text its length, of several choices how many; of money in minor units."""
    maximum: Decimal | None = None
    pattern: str = ""
    """What a text must look like as a whole: a regular expression without lookaround and back-references."""
    choices: tuple[Choice, ...] = ()
    default: Any = None
    """What is shown where nothing was entered."""
    position: int = 100
    visibility: Visibility = "storefront"
    """``storefront``: everybody; ``staff``: whoever may see the entity; ``private``: whoever may declare fields."""
    filterable: bool = False
    translatable: bool = False
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By language: ``label``, ``help``, and ``choice.<code>``."""

    @property
    def code(self) -> str:
        namespace, _, name = self.key.partition(".")
        return f"{namespace}.{self.entity}.{name}"


class Person(Protocol):
    """Somebody who asks for their data; ``email`` is empty when it counts for nothing."""

    customer_id: UUID | None
    email: str


class FieldEntity(Protocol):
    """A kind of thing that can have fields, given by ``custom_field_entities``.

    Its admin page may offer the slot (``admin_slot``) whose zone is this code and whose subject has the ``id``.
    """

    @property
    def code(self) -> str:
        """``<plugin>.<name>``, like ``catalog.product``."""
        ...

    @property
    def view(self) -> str:
        """The permission to see such things."""
        ...

    @property
    def edit(self) -> str:
        """The permission to change them."""
        ...

    def label(self, ctx: Context) -> str: ...

    async def find(self, ctx: Context, names: Sequence[str]) -> Mapping[str, UUID]:
        """Give ids by the names that people know: handles, SKUs, numbers; unknown ones are left out."""
        ...

    async def names(self, ctx: Context, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """Give those names by id."""
        ...

    async def of_person(self, ctx: Context, person: Person) -> Sequence[UUID]:
        """Give the ids of what belongs to a person; empty for things that are nobody's."""
        ...


async def values(
    ctx: Context, entity: str, ids: Sequence[UUID], *, visibility: Sequence[Visibility] = ("storefront",)
) -> dict[UUID, dict[str, Any]]:
    """Give values by id and key, in the context's language, defaults included: one statement for any number.

    Costs no statement while the store has no such fields.
    """
    from shopwright_custom_fields.services import read

    return await read.plain(ctx, entity, ids, visibility)


async def save_values(ctx: Context, entity: str, id_: UUID, given: Mapping[str, Any]) -> int:
    """Change values of one thing; None takes one away. Gives the new version of its values.

    Raises:
        Invalid: names the field by JSON pointer (``/values/custom.material``) and says what is accepted.
    """
    from shopwright_custom_fields.services import save
    from shopwright_custom_fields.services.save import Change

    return (await save.save(ctx, entity, [Change(id_, given)]))[0]
