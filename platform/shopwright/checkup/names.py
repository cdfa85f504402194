# SPDX-License-Identifier: Apache-2.0
"""Whether what a plugin brings bears its name: tables, files, permissions; and whether its revisions fit together."""

import re
from collections.abc import Iterator

from alembic.script.revision import RevisionError
from alembic.util import CommandError

from shopwright.checkup.fault import Subject
from shopwright.db.base import Base
from shopwright.db.migrate import MigrationSource
from shopwright.hookspecs import register_routes

_TABLE = re.compile(
    r"CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_0-9\"]+)", re.IGNORECASE
)


def check_tables(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find modules that cannot be imported, and models whose table has somebody else's name or no migration."""
    for module, error in subject.broken_modules.items():
        yield f"{module} cannot be imported: {type(error).__name__}: {error}", "Mend or remove the module."
    prefix = f"{subject.name}_"
    models = [m.class_ for m in Base.registry.mappers if _is_in(m.class_.__module__, subject.plugin.package)]
    for model in models:
        if not model.__tablename__.startswith(prefix):
            yield (
                f"{model.__name__} has the table {model.__tablename__!r}",
                f"Call it {prefix + model.__tablename__!r}: a table begins with its plugin's name.",
            )
    if models and not _has_revisions(subject):
        names = ", ".join(sorted(model.__tablename__ for model in models))
        yield f"no migration makes its tables: {names}", "Write migrations/versions/0001_initial.py."


def check_files(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find templates and static files outside of the folder with the plugin's name."""
    for kind in ("templates", "static"):
        root = subject.folder / kind if subject.folder else None
        if root is None or not root.is_dir():
            continue
        for path in sorted(root.iterdir()):
            if path.name != subject.name and not path.name.startswith("."):
                yield (
                    f"{kind}/{path.name} is not in the plugin's own folder",
                    f"Move it to {kind}/{subject.name}/: other names may be another plugin's.",
                )


def check_migrations(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find revisions that do not make one line, and tables in them with somebody else's name."""
    if subject.folder is None or not _has_revisions(subject):
        return
    folder = subject.folder / "migrations"
    try:
        script = MigrationSource(subject.name, folder).script()
        heads, revisions = script.get_heads(), list(script.walk_revisions())
    except (CommandError, RevisionError, SyntaxError, KeyError) as error:
        yield f"its revisions cannot be read: {error}", "Mend revision and down_revision of the files."
        return
    if len(heads) != 1:
        yield (
            f"its revisions end in {len(heads)} places: {', '.join(sorted(heads))}",
            "Let the later one name the other as its down_revision.",
        )
    for revision in revisions:
        if revision.module.__dict__.get("downgrade") is None:
            yield f"revision {revision.revision} has no downgrade()", "Write what takes it back."
    for path in sorted((folder / "versions").glob("*.py")):
        for table in _TABLE.findall(path.read_text("utf-8")):
            if not table.strip('"').startswith(f"{subject.name}_"):
                yield (
                    f"{path.name} makes the table {table}",
                    f"Call it {subject.name}_{table}: a table begins with its plugin's name.",
                )


def check_permissions(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find permissions that are declared and never asked for."""
    routes = subject.registry.registered(register_routes).values()
    used = {entry.item.permission for entry in routes}
    texts = [path.read_text("utf-8") for path in subject.sources if path.name != "plugin.py"]
    for permission in subject.plugin.manifest.permissions:
        if permission.code not in used and not any(permission.code in text for text in texts):
            yield (
                f"permission {permission.code!r} guards nothing",
                "Name it in a route, or ask ctx.require() for it; or remove it from the manifest.",
            )


def _has_revisions(subject: Subject) -> bool:
    return subject.folder is not None and any((subject.folder / "migrations" / "versions").glob("*.py"))


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
