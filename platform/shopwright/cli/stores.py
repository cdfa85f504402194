# SPDX-License-Identifier: Apache-2.0
"""``shopwright store`` and ``shopwright user``."""

import secrets
from typing import Annotated

import typer
from rich.table import Table

from shopwright.activation import NewStore, create_store
from shopwright.actor import SYSTEM
from shopwright.cli.common import DataDir, Json, StoreCode, print_json, say, show_table, store_of, with_kernel
from shopwright.errors import UsageError
from shopwright.kernel import Kernel
from shopwright.stores import Store

store_app = typer.Typer(no_args_is_help=True)
user_app = typer.Typer(no_args_is_help=True)


@store_app.command("list")
def list_stores(as_json: Json = False, data_dir: DataDir = None) -> None:
    """List stores."""

    async def work(kernel: Kernel) -> list[Store]:
        return kernel.directory.all()

    stores = with_kernel(work, data_dir)
    if as_json:
        print_json([_plain(store) for store in stores])
        return
    table = Table("Code", "Name", "Currency", "Languages", "Hosts", "Theme")
    for s in stores:
        table.add_row(s.code, s.name, s.currency, ", ".join(s.locales), ", ".join(s.hosts), s.theme)
    show_table(table)


@store_app.command("create")
def create(
    code: str,
    name: Annotated[str, typer.Option(help="What customers read.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 code, like EUR.")],
    host: Annotated[list[str], typer.Option(help="Host name; the first one is the primary.")],
    locale: Annotated[list[str] | None, typer.Option(help="Language; the first one is the default.")] = None,
    theme: str = "atelier",
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Make a store."""
    locales = tuple(locale or ["en"])

    async def work(kernel: Kernel) -> Store:
        new = NewStore(code, name, currency, locales[0], locales, theme=theme, hosts=tuple(host))
        return await create_store(kernel, new)

    store = with_kernel(work, data_dir)
    if as_json:
        print_json(_plain(store))
    else:
        say(
            f"Store {store.code} is made. Switch plugins on: shopwright plugin enable NAME --store {store.code}"
        )


@user_app.command("create")
def create_user(
    email: str,
    store: StoreCode,
    role: Annotated[
        str, typer.Option(help="owner, manager, customer_service, or a role of the store.")
    ] = "owner",
    name: str = "",
    password: Annotated[str | None, typer.Option(help="Made and printed when left out.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Make a staff user with a role in a store."""
    chosen = password or secrets.token_urlsafe(12)

    async def work(kernel: Kernel) -> None:
        ctx = kernel.context(store_of(kernel, store), actor=SYSTEM)
        await kernel.auth.staff.create(ctx, email=email, name=name or email, password=chosen, role=role)

    with_kernel(work, data_dir)
    if as_json:
        print_json({"email": email, "store": store, "role": role, "password": chosen})
    else:
        say(f"{email} is {role} of {store}." + ("" if password else f" Password: {chosen}"))


@user_app.command("invite")
def invite(
    email: str,
    store: StoreCode,
    role: str = "manager",
    name: str = "",
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Invite a staff user: prints the address where they set their password."""

    async def work(kernel: Kernel) -> str:
        found = store_of(kernel, store)
        ctx = kernel.context(found, actor=SYSTEM)
        invitation = await kernel.auth.staff.invite(ctx, email, name or email, role)
        if invitation.token is None:
            return ""
        if not found.hosts:
            raise UsageError(f"The store {store} has no host yet.")
        return kernel.config.url_of(found.hosts[0], f"/admin/invite/{invitation.token}")

    address = with_kernel(work, data_dir)
    if as_json:
        print_json({"email": email, "store": store, "role": role, "url": address})
    else:
        say(address or f"{email} has an account and is {role} of {store} now.")


def _plain(store: Store) -> dict[str, object]:
    return {
        "code": store.code, "name": store.name, "currency": store.currency, "locales": store.locales,
        "hosts": store.hosts, "theme": store.theme, "plugins": sorted(store.plugins),
    }  # fmt: skip
