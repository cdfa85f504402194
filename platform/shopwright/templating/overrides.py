# SPDX-License-Identifier: Apache-2.0
"""Templates a store has of its own, in place of its theme's: kept in the database, checked before they are."""

from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateSyntaxError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.errors import FieldError, Invalid
from shopwright.ids import new_id
from shopwright.templating.pages import ThemeError

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.templating.engine import Templates

MAX_SOURCE = 100_000
PERMISSION = "kernel.settings.edit"
_READ = "SELECT path, source FROM kernel_template_override"
_SAVE = text("""
INSERT INTO kernel_template_override (store_id, id, path, source) VALUES (:store_id, :id, :path, :source)
ON CONFLICT (store_id, path) DO UPDATE SET source = :source, version = kernel_template_override.version + 1
""")
_REMOVE = text("DELETE FROM kernel_template_override WHERE path = :path")


def is_of_staff(name: str) -> bool:
    """Tell whether a template is the admin's. Stores change the pages of their customers only."""
    return name.startswith("admin/") or "/admin/" in name


async def read_overrides(ctx: "Context") -> dict[str, str]:
    return {row["path"]: row["source"] for row in await ctx.fetch_rows(_READ)}


async def save_override(ctx: "Context", path: str, source: str) -> None:
    """Let a store have a template or page of its own, from the next request on.

    Raises:
        Forbidden: the actor may not.
        Invalid: it cannot be overridden, or is broken; names the line.
    """
    ctx.require(PERMISSION)
    await _check(ctx, ctx.kernel.templates, path, source)

    async def work(session: AsyncSession) -> None:
        values = {"store_id": ctx.store.id, "id": new_id(), "path": path, "source": source}
        await session.execute(_SAVE, values)
        await ctx.kernel.audit.record(ctx, session, "kernel.template_saved", subject=("template", path))

    await ctx.run(work)
    await ctx.kernel.reload()


async def remove_override(ctx: "Context", path: str) -> None:
    """Go back to the theme's template."""
    ctx.require(PERMISSION)

    async def work(session: AsyncSession) -> None:
        await session.execute(_REMOVE, {"path": path})
        await ctx.kernel.audit.record(ctx, session, "kernel.template_removed", subject=("template", path))

    await ctx.run(work)
    await ctx.kernel.reload()


async def _check(ctx: "Context", templates: "Templates", path: str, source: str) -> None:
    if is_of_staff(path):
        raise _invalid("path", "not_overridable", "Templates of the admin cannot be changed by a store.")
    if len(source) > MAX_SOURCE:
        raise _invalid("source", "too_long", f"A template has at most {MAX_SOURCE} characters.")
    try:
        await templates.check(ctx, path, source)
    except LookupError:
        raise _invalid("path", "unknown", f"There is no template {path}.") from None
    except TemplateSyntaxError as error:
        raise _invalid("source", "syntax", f"Line {error.lineno}: {error.message}") from None
    except ThemeError as error:
        raise _invalid("source", "settings", str(error)) from None
    except (RecursionError, ValueError, MemoryError):
        raise _invalid("source", "syntax", "It is nested too deeply, or has too large a number.") from None


def _invalid(field: str, code: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(f"/{field}", code, message)])
