# SPDX-License-Identifier: Apache-2.0
"""The form of a price list: filled from a list, read into one; times are those of the clock in the store."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright_pricing.services.lists import Audience, ListInput, SavedList
from shopwright_pricing.services.rounding import RoundTo


class ListForm(BaseModel):
    """A price list as it is typed in; ``version`` is of the list that was on the screen."""

    title: str = Field(min_length=1, max_length=80)
    code: str = Field(min_length=1, max_length=40)
    currency: str = Field(min_length=3, max_length=3)
    priority: int = Field(ge=0, le=1000)
    enabled: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    audience: Audience = "everybody"
    audience_codes: str = Field(default="", max_length=20_000)
    market: str = Field(default="", max_length=40)
    percent: Decimal | None = None
    rounding: RoundTo = "none"
    shows_before: bool = False
    version: int = 0

    def list(self, ctx: Context) -> ListInput:
        values = {name: getattr(self, name) for name in ListForm.model_fields if name != "version"}
        return ListInput(
            **values
            | {
                "currency": self.currency.upper(),
                "starts_at": in_store(ctx, self.starts_at),
                "ends_at": in_store(ctx, self.ends_at),
                "audience_codes": tuple(self.audience_codes.replace(",", " ").split()),
            }
        )


def typed(ctx: Context, each: SavedList) -> dict[str, str]:
    """Give what the form shows of a list."""
    return {
        "title": each.title,
        "code": each.code,
        "currency": each.currency,
        "priority": str(each.priority),
        "enabled": "true" if each.enabled else "",
        "starts_at": _on_clock(ctx, each.starts_at),
        "ends_at": _on_clock(ctx, each.ends_at),
        "audience": each.audience,
        "audience_codes": "\n".join(each.audience_codes),
        "market": each.market,
        "percent": "" if each.percent is None else f"{each.percent:f}",
        "rounding": each.rounding,
        "shows_before": "true" if each.shows_before else "",
    }


def in_store(ctx: Context, value: datetime | None) -> datetime | None:
    """Take a time without a zone for one of the clock in the store."""
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=ZoneInfo(ctx.store.timezone)).astimezone(UTC)


def _on_clock(ctx: Context, value: datetime | None) -> str:
    if value is None:
        return ""
    return value.astimezone(ZoneInfo(ctx.store.timezone)).replace(tzinfo=None).isoformat(timespec="minutes")
