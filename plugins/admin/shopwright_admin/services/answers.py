# SPDX-License-Identifier: Apache-2.0
"""What a service refused, as a form shows it: a message beside each field."""

from shopwright.context import Context
from shopwright.errors import ShopwrightError, TooManyRequests


def errors_of(ctx: Context, error: ShopwrightError, *, otherwise: str = "") -> dict[str, str]:
    """Give the messages of a refusal by field; what names no field stands beside ``otherwise``."""
    if isinstance(error, TooManyRequests):
        return {otherwise: patience(ctx, float(error.headers.get("Retry-After", "60")))}
    found = {e.pointer.strip("/").partition("/")[0]: ctx.gettext(e.message) for e in error.errors}
    return found or {otherwise: words(ctx, error)}


def words(ctx: Context, error: ShopwrightError) -> str:
    """Give a refusal in one sentence."""
    return ctx.gettext(error.detail or error.title)


def patience(ctx: Context, seconds: float) -> str:
    """Say how long to wait."""
    minutes = max(1, round(seconds / 60))
    return ctx.translator.ngettext(
        "Too many attempts. Please wait a minute.",
        "Too many attempts. Please wait %(num)d minutes.",
        minutes,
    )


def keep_nowhere(ctx: Context) -> None:
    """Have browsers forget a page that shows a secret."""
    assert ctx.visit is not None
    ctx.visit.headers["Cache-Control"] = "no-store"
