# SPDX-License-Identifier: Apache-2.0
"""What bodies of transfers and deliveries have in common."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints

from shopwright_inventory.services import lines
from shopwright_inventory.services.lines import LineInput

Reference = Annotated[str, StringConstraints(strip_whitespace=True, max_length=lines.REFERENCE_MOST)]
Note = Annotated[str, StringConstraints(max_length=lines.NOTE_MOST)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Body(BaseModel):
    """Base of bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Body):
    """Where a list goes on."""

    cursor: str = ""
    limit: int = Field(default=50, ge=1, le=200)


class LineBody(Body):
    """How many of a variant are meant."""

    variant_id: UUID
    quantity: StrictInt = Field(ge=0, le=lines.MOST)

    def line(self) -> LineInput:
        return LineInput(self.variant_id, self.quantity)
