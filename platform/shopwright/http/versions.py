# SPDX-License-Identifier: Apache-2.0
"""Versions as HTTP knows them: ``ETag`` on the way out, ``If-Match`` and ``If-None-Match`` on the way in."""

import re
from collections.abc import Awaitable
from typing import TypeVar

from aiohttp import web

from shopwright.errors import BadRequest, Conflict, FieldError, Invalid
from shopwright.http.problems import Failure
from shopwright.i18n import translatable

T = TypeVar("T")
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def expected(request: web.Request) -> int | None:
    """Give the version a caller insists on: 0 for "only if there is none", None when any will do.

    Raises:
        BadRequest: a header is not an ETag of ours.
    """
    match, none = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if match is None:
        if none is None:
            return None
        if none.strip() == "*":
            return 0
        raise BadRequest("Send If-None-Match: * to create, or If-Match with the ETag you read to replace.")
    found = _ETAG.fullmatch(match.strip())
    if found is None:
        raise BadRequest('Send the ETag you read as If-Match, like "3".')
    return int(found[1])


def seen(if_match: int | None, version: int | None) -> int:
    """Give the version a caller has seen: that of the header, or else that of the body or query.

    Raises:
        Invalid: neither names one.
    """
    found = version if if_match is None else if_match
    if found is None:
        words = "Send the ETag you read as If-Match, or its number as version."
        raise Invalid(words, errors=[FieldError("/version", "missing", words)])
    return found


def must_be(wanted: int | None, found: int) -> None:
    """Refuse a change of a version that is not the one a caller has seen.

    Raises:
        Conflict: with the version that is there.
    """
    if wanted is not None and wanted != found:
        words = translatable("Somebody else changed this meanwhile. Look at it again before you go on.")
        raise Conflict(words, code="version_conflict", extra={"version": found})


async def guarded(work: Awaitable[T], insisted: int | None) -> T:
    """Await a change; when the caller insisted by header and somebody was faster, answer 412 instead of 409.

    Raises:
        Failure: 412, with the version that is there now.
    """
    try:
        return await work
    except Conflict as error:
        if insisted is None or error.error_code != "version_conflict":
            raise
        raise Failure(412, error.detail, headers=etag(error.extra["version"])) from None
