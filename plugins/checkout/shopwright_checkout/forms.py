# SPDX-License-Identifier: Apache-2.0
"""What customers type in at checkout."""

from typing import Annotated

from babel import Locale
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
)
from pydantic.types import StrictInt

from shopwright_orders.api import Address

COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - {
    "EU", "EZ", "UN", "XA", "XB", "ZZ", "QO",
}  # fmt: skip

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


def _known_country(value: str) -> str:
    if value not in COUNTRIES:
        raise ValueError("Use the two letters of a country, like DE or US.")
    return value


Country = Annotated[
    str, BeforeValidator(lambda v: v.upper() if isinstance(v, str) else v), AfterValidator(_known_country)
]


class AddressInput(BaseModel):
    """An address as it is typed in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Line
    line1: Line
    line2: Optional = ""
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    city: Line
    region: Optional = ""
    country: Country
    company: Optional = ""
    phone: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[0-9+()/. -]*$")
    ] = ""

    def to_address(self) -> Address:
        return Address(**self.model_dump())


class ContactForm(AddressInput):
    """The first step: who it is and where it goes."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    email: EmailStr
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""

    def to_address(self) -> Address:
        return Address(**self.model_dump(exclude={"email", "note"}))


Quantity = Annotated[StrictInt, Field(ge=1, le=9999)]


class AddForm(BaseModel):
    """A variant from its page."""

    variant_id: str
    quantity: int = Field(default=1, ge=1, le=9999)


class QuantityForm(BaseModel):
    """A new quantity from the cart; 0 removes the line."""

    quantity: int = Field(ge=0, le=9999)
