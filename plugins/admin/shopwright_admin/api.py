# SPDX-License-Identifier: Apache-2.0
"""What plugins give to the admin, and the helpers their admin pages use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from shopwright.context import Context
from shopwright.i18n.format import format_number


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the admin menu; shown to whoever has ``permission`` while the plugin is on."""

    label: str
    path: str
    permission: str
    group: str = "Store"
    """``Sales``, ``Catalogue``, ``Customers``, ``Store`` or ``Settings``."""
    icon: str = "dot"
    priority: int = 100


@dataclass(frozen=True, slots=True)
class Card:
    """A card on the dashboard or on an object's page: a template of the plugin and its values."""

    template: str
    values: dict[str, Any]
    priority: int = 100
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: ``key`` into each row; ``kind`` is text, number, money, date, badge or link."""

    key: str
    label: str
    kind: str = "text"
    sort: bool = False


@dataclass(frozen=True, slots=True)
class ListView:
    """A list screen: rows are mappings with the columns' keys, and ``url`` where a row leads somewhere.

    Rows that can be ticked have an ``id``.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[dict[str, Any]]
    total: int
    search: str = ""
    searchable: bool = True
    next_url: str = ""
    previous_url: str = ""
    empty_title: str = ""
    empty_text: str = ""
    create_url: str = ""
    create_label: str = ""
    filters: Sequence[dict[str, Any]] = ()
    select_url: str = ""
    """Where ticked rows are sent to, as ``id``; empty: rows have no boxes."""
    select_label: str = ""
    select_all_url: str = ""
    """Where to go with everything that matches, whatever is ticked."""


async def admin_page(
    ctx: Context,
    template: str,
    *,
    title: str,
    status: int = 200,
    crumbs: Sequence[tuple[str, str]] = (),
    **values: Any,
) -> web.Response:
    """Answer with a page inside the admin's frame. The template extends ``admin/frame.html``."""
    from shopwright_admin.services import frame

    return await frame.page(ctx, template, title=title, status=status, crumbs=crumbs, values=values)


async def rendered_cards(ctx: Context, cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Render the cards of a zone: mappings with ``html`` and ``wide``, in their order; a failing card is left out."""
    from shopwright_admin.services.cards import rendered

    return await rendered(ctx, cards)


def counted(ctx: Context, count: int, most: int) -> str:
    """Write what was counted up to one more than ``most``: ``1,000+`` where there is more."""
    words = format_number(min(count, most), ctx.locale)
    return f"{words}+" if count > most else words


async def list_page(ctx: Context, view: ListView) -> web.Response:
    """Answer with a list screen: search field, table, paging, empty state."""
    return await admin_page(ctx, "admin/list.html", title=view.title, view=view)
