# SPDX-License-Identifier: Apache-2.0
"""What staff type in about customers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"
    ),
]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class Typed(BaseModel):
    """Input that names no field it does not know."""

    model_config = ConfigDict(extra="forbid")


class GroupForm(Typed):
    """A group; ``code`` is of small letters, digits and hyphens."""

    code: Code
    title: Title
    priority: int = Field(default=0, ge=-1000, le=1000)


class ChangedGroup(GroupForm):
    """A group to replace, with the version the caller has seen."""

    version: int


class Version(Typed):
    """The version the caller has seen."""

    version: int


class SeenVersion(Typed):
    """The version the caller has seen, if not by ``If-Match``."""

    version: int | None = None


class GroupBody(GroupForm):
    """A group to replace, with the version the caller has seen, if not by ``If-Match``."""

    version: int | None = None


class GroupsForm(Typed):
    """The codes of all groups a customer shall be in."""

    groups: list[Code] = Field(default_factory=list, max_length=200)


class TagsForm(Typed):
    """Tags with commas between them."""

    tags: str = Field(default="", max_length=4000)


class TagList(Typed):
    """All tags a customer shall have."""

    tags: list[str] = Field(max_length=50)


class NoteForm(Typed):
    """Something to write down."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
