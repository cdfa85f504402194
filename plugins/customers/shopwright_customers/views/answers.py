# SPDX-License-Identifier: Apache-2.0
"""What a service refused, as a form shows it, and where a form leads to."""

from shopwright.context import Context
from shopwright.errors import ShopwrightError, TooManyRequests
from shopwright.http.responses import url


def errors_of(ctx: Context, error: ShopwrightError, *, otherwise: str) -> dict[str, str]:
    """Give the messages of a refusal by field; what names no field stands beside ``otherwise``."""
    if isinstance(error, TooManyRequests):
        return {otherwise: ctx.gettext("Too many attempts. Please wait a while.")}
    found = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
    return {name or otherwise: text for name, text in found.items()} or {otherwise: words(ctx, error)}


def words(ctx: Context, error: ShopwrightError) -> str:
    """Give a refusal in one sentence."""
    return ctx.gettext(error.detail or error.title)


def local(ctx: Context, wanted: str) -> str:
    """Give the path that was wanted if it is one of ours, and else the account."""
    # Browsers drop control characters before they read an address: "/\t/evil.example" leads away.
    is_plain = wanted.isascii() and wanted.isprintable() and not set(wanted) & {" ", "\\"}
    is_local = is_plain and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if is_local else url(ctx, "customers.account")
