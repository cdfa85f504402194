# SPDX-License-Identifier: Apache-2.0
"""Errors that reach a person or an API client: each has a status, a code and, where it can, a field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. ``pointer`` is a JSON pointer (RFC 6901), ``""`` for the whole."""

    pointer: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a plugin objects, in words for the person who asked; ``field`` names the input, if one is meant."""

    code: str
    message: str
    field: str = ""


class ShopwrightError(Exception):
    """Base of all errors with an HTTP answer of their own."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.error_code = code or self.code
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


class BadRequest(ShopwrightError):
    """The request cannot be read."""

    status, code, title = 400, "bad_request", "The request could not be read"


class Unauthorized(ShopwrightError):
    """Nobody is signed in, or the credentials are wrong."""

    status, code, title = 401, "unauthorized", "Please sign in"


class Forbidden(ShopwrightError):
    """The caller is known but may not do this."""

    status, code, title = 403, "forbidden", "You may not do this"


class NotFound(ShopwrightError):
    """There is no such thing in the caller's scope."""

    status, code, title = 404, "not_found", "Not found"


class Conflict(ShopwrightError):
    """The state of things does not allow it; ``extra`` says what the state is."""

    status, code, title = 409, "conflict", "This cannot be done now"


class Invalid(ShopwrightError):
    """The input was read but is not acceptable; ``errors`` name the fields."""

    status, code, title = 422, "invalid", "Some fields need your attention"


class TooManyRequests(ShopwrightError):
    """The caller is too fast."""

    status, code, title = 429, "too_many_requests", "Too many requests"


class Unavailable(ShopwrightError):
    """A part that is needed does not answer."""

    status, code, title = 503, "unavailable", "Not available at the moment"


class Overloaded(Unavailable):
    """Too much is asked of the installation at once; no plugin's fault, so no hook leaves it out."""

    def __init__(self, detail: str = "Too many requests are being answered. Please try again.") -> None:
        super().__init__(detail, code="overloaded", headers={"Retry-After": "5"})


class Rejected(ShopwrightError):
    """One or more plugins object."""

    status, code, title = 422, "rejected", "This cannot be done"

    def __init__(self, rejections: Sequence[Rejection]) -> None:
        errors = [FieldError(f"/{r.field}" if r.field else "", r.code, r.message) for r in rejections]
        super().__init__(" ".join(r.message for r in rejections), errors=errors)
        self.rejections = tuple(rejections)


class UsageError(Exception):
    """A mistake of whoever runs the installation: one line that says what and how to mend it."""
