# SPDX-License-Identifier: Apache-2.0
"""Templates a store has of its own, in place of its theme's: kept in the database, checked before they are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateSyntaxError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.templating.pages import ThemeError

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.templating.engine import Templates

MAX_SOURCE = 100_000
PERMISSION = "kernel.settings.edit"
_READ = "SELECT path, source, version FROM kernel_template_override ORDER BY path"
_VERSION = text("SELECT version FROM kernel_template_override WHERE path = :path FOR UPDATE")
_SAVE = text("""
INSERT INTO kernel_template_override (store_id, id, path, source) VALUES (:store_id, :id, :path, :source)
ON CONFLICT (store_id, path) DO UPDATE SET source = :source, version = kernel_template_override.version + 1
    WHERE CAST(:version AS integer) IS NULL OR kernel_template_override.version = :version
RETURNING version
""")
_REMOVE = text("DELETE FROM kernel_template_override WHERE path = :path")
_CHANGED = translatable("Somebody else has changed this in the meantime.")


@dataclass(frozen=True, slots=True)
class Override:
    """A template or page of a store's own; ``version`` counts how often it was saved."""

    path: str
    source: str
    version: int


def is_of_staff(name: str) -> bool:
    """Tell whether a template is the admin's. Stores change the pages of their customers only."""
    return name.startswith("admin/") or "/admin/" in name


async def read_overrides(ctx: "Context") -> dict[str, Override]:
    """Give all templates and pages of the store's own, by name."""
    return {row["path"]: Override(*row) for row in await ctx.fetch_rows(_READ)}


async def save_override(ctx: "Context", path: str, source: str, *, version: int | None = None) -> None:
    """Let a store have a template or page of its own, from the next request on.

    Args:
        ctx: whose store, and who does it.
        path: the name of the template.
        source: its text.
        version: of the one that was edited, 0 when there was none; None replaces whatever is there.

    Raises:
        Forbidden: the actor may not.
        Invalid: it cannot be overridden, or is broken; names the line.
        Conflict: somebody else has saved or removed it since.
    """
    ctx.require(PERMISSION)
    await _check(ctx, ctx.kernel.templates, path, source)

    async def work(session: AsyncSession) -> None:
        await _lock(session, path, version)
        values = {
            "store_id": ctx.store.id,
            "id": new_id(),
            "path": path,
            "source": source,
            "version": version,
        }
        if (await session.execute(_SAVE, values)).first() is None:
            raise Conflict(_CHANGED, code="changed")
        await ctx.kernel.audit.record(ctx, session, "kernel.template_saved", subject=("template", path))

    await ctx.run(work)
    await ctx.kernel.reload()


async def remove_override(ctx: "Context", path: str, *, version: int | None = None) -> None:
    """Go back to the theme's template.

    Raises:
        Forbidden: the actor may not.
        Conflict: somebody else has saved or removed it since ``version``.
    """
    ctx.require(PERMISSION)

    async def work(session: AsyncSession) -> None:
        await _lock(session, path, version)
        await session.execute(_REMOVE, {"path": path})
        await ctx.kernel.audit.record(ctx, session, "kernel.template_removed", subject=("template", path))

    await ctx.run(work)
    await ctx.kernel.reload()


async def _lock(session: AsyncSession, path: str, expected: int | None) -> None:
    """Lock an override.

    Raises:
        Conflict: it is not the version that is expected; 0 is none.
    """
    found = await session.scalar(_VERSION, {"path": path}) or 0
    if expected not in {None, found}:
        raise Conflict(_CHANGED, code="changed")


async def _check(ctx: "Context", templates: "Templates", path: str, source: str) -> None:
    if is_of_staff(path):
        raise _invalid(
            "path", "not_overridable", ctx.gettext("Templates of the admin cannot be changed by a store.")
        )
    if len(source) > MAX_SOURCE:
        most = ctx.gettext("A template has at most %(most)s characters.", most=MAX_SOURCE)
        raise _invalid("source", "too_long", most)
    try:
        await templates.check(ctx, path, source)
    except LookupError:
        raise _invalid("path", "unknown", ctx.gettext("There is no template %(path)s.", path=path)) from None
    except TemplateSyntaxError as error:
        where = ctx.gettext("Line %(line)s: %(reason)s", line=error.lineno, reason=error.message)
        raise _invalid("source", "syntax", where) from None
    except ThemeError as error:
        raise _invalid("source", "settings", str(error)) from None
    except (RecursionError, ValueError, MemoryError):
        deep = ctx.gettext("It is nested too deeply, or has too large a number.")
        raise _invalid("source", "syntax", deep) from None


def _invalid(field: str, code: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(f"/{field}", code, message)])
