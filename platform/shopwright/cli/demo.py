# SPDX-License-Identifier: Apache-2.0
"""The stores of ``shopwright demo``: out of files, loaded by the plugins themselves."""

import json
import secrets
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shopwright.activation import NewStore, create_store, switch_plugin
from shopwright.actor import SYSTEM
from shopwright.errors import UsageError
from shopwright.hookspecs import DemoSource, demo_data
from shopwright.kernel import Kernel
from shopwright.stores import Store

CREDENTIALS = "demo-credentials.json"
ROLES = ("owner", "manager", "customer_service")
Say = Callable[[str], None]


def read_catalogues(folder: Path) -> list[dict[str, Any]]:
    """Read the ``<store>.toml`` files of a folder.

    Raises:
        UsageError: there are none.
    """
    files = sorted(folder.glob("*.toml"), reverse=True)
    if not files:
        raise UsageError(f"There is no demo store in {folder}. Name a folder that has one with --catalogues.")
    return [tomllib.loads(file.read_text("utf-8")) for file in files]


def draw_pictures(folder: Path, out: Path) -> None:
    """Run the drawing code that lies beside the catalogues, if there is any; current pictures are kept."""
    if (folder / "draw" / "__main__.py").exists():
        command = [sys.executable, "-m", "draw", "--out", str(out.resolve())]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise UsageError(
                f"The demo's pictures could not be drawn: {done.stderr.strip().splitlines()[-1]}"
            )


async def load_stores(kernel: Kernel, folder: Path, say: Say) -> None:
    """Make the stores that are missing, with their plugins, data and staff."""
    done = kernel.config.data_dir / "demo-loaded"
    done.mkdir(parents=True, exist_ok=True)
    pictures = kernel.config.data_dir / "demo-pictures"
    todo = [v for v in read_catalogues(folder) if not (done / v["store"]["code"]).exists()]
    if not todo:
        say("Stores: loaded already")
        return
    say("Pictures: drawing those that are missing")
    draw_pictures(folder, pictures)
    for values in todo:
        store = await _store(kernel, values)
        await _load(kernel, store, DemoSource(values, folder, pictures), say)
        await _staff(kernel, store)
        (done / store.code).touch()


async def _store(kernel: Kernel, values: dict[str, Any]) -> Store:
    wanted = values["store"]
    store = kernel.directory.by_code(wanted["code"])
    if store is None:
        store = await create_store(
            kernel,
            NewStore(
                code=wanted["code"],
                name=wanted["name"],
                currency=wanted["currency"],
                default_locale=wanted["default_locale"],
                locales=tuple(wanted["locales"]),
                theme=wanted["theme"],
                hosts=tuple(wanted["hosts"]),
                timezone=wanted.get("timezone", "UTC"),
            ),
        )
    return store


async def _load(kernel: Kernel, store: Store, source: DemoSource, say: Say) -> None:
    wanted = source.values["store"]["plugins"]
    for plugin in kernel.registry.plugins:
        fresh = kernel.directory.by_id(store.id)
        if plugin in wanted and fresh is not None and plugin not in fresh.plugins:
            await switch_plugin(kernel.context(fresh, actor=SYSTEM), plugin, enabled=True)
    loaded = kernel.directory.by_id(store.id)
    assert loaded is not None
    say(f"{store.name}: loading")
    lines = await kernel.context(loaded, actor=SYSTEM).hooks.collect(demo_data, source=source)
    if lines:
        say(f"{store.name}: {', '.join(lines)}")


async def _staff(kernel: Kernel, store: Store) -> None:
    """Make a staff user for each role, and keep the passwords where only the owner of the folder reads them."""
    path = kernel.config.data_dir / CREDENTIALS
    logins: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    ctx = kernel.context(store, actor=SYSTEM)
    present = {user.email for user in await kernel.auth.staff.all(ctx)}
    for role in ROLES:
        email = f"{role.replace('_', '.')}@{store.code}.example"
        if email in present:
            continue
        password = secrets.token_urlsafe(12)
        name = role.replace("_", " ").title()
        await kernel.auth.staff.create(ctx, email=email, name=name, password=password, role=role)
        logins.append({"store": store.code, "role": role, "email": email, "password": password})
    path.touch(mode=0o600)
    path.write_text(json.dumps(logins, indent=2) + "\n")
