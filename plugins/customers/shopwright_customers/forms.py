# SPDX-License-Identifier: Apache-2.0
"""What customers type in."""

from typing import Annotated

from babel import Locale
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shopwright.i18n import translatable

COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - {
    "EU", "EZ", "UN", "XA", "XB", "ZZ", "QO",
}  # fmt: skip

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Email = Annotated[str, Field(min_length=1, max_length=254)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]


def _known_country(value: str) -> str:
    if value not in COUNTRIES:
        raise ValueError(translatable("Use the two letters of a country, like DE or US."))
    return value


Country = Annotated[
    str, BeforeValidator(lambda v: v.upper() if isinstance(v, str) else v), AfterValidator(_known_country)
]


class _Typed(BaseModel):
    """Input that names no field it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Credentials(_Typed):
    """E-mail address and password."""

    email: Email
    password: Password


class NewCustomer(Credentials):
    """A new account; ``marketing`` is whether its owner wants news and offers."""

    name: Optional = ""
    marketing: bool = False


class SignIn(Credentials):
    """Credentials, and where to go then."""

    next: str = Field(default="", max_length=2000)


class Profile(_Typed):
    """What a customer may change without more ado."""

    name: Optional


class Address(_Typed):
    """An address to keep."""

    name: Line
    line1: Line
    line2: Optional = ""
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    city: Line
    region: Optional = ""
    country: Country
    phone: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[0-9+()/. -]*$")
    ] = ""


class NewPassword(_Typed):
    """The password until now, and the one from now on."""

    current_password: Password
    new_password: Password


class NewEmail(Credentials):
    """A new e-mail address, and the password."""


class Forgotten(_Typed):
    """Whose password is forgotten."""

    email: Email


class Chosen(_Typed):
    """A password chosen with a link."""

    password: Password


def countries(locale: str) -> list[tuple[str, str]]:
    """Give the countries of an address as (code, name), in the order of their names in a language."""
    names = Locale.parse(locale, sep="-").territories
    return sorted(((code, names.get(code, code)) for code in COUNTRIES), key=lambda pair: pair[1])
