# SPDX-License-Identifier: Apache-2.0
"""Routes declare a permission somebody can have; tables have a policy; names have their plugin's prefix."""

import re

import pytest
from tests.architecture.conftest import PLUGINS, ROOT

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER, SIGNED_IN_STAFF
from shopwright.auth.roles import KERNEL_PERMISSIONS
from shopwright.db.base import Base
from shopwright.hookspecs import register_routes
from shopwright.templating.slots import declared

ANYBODY = {PUBLIC, SIGNED_IN_CUSTOMER, SIGNED_IN_STAFF}


def test_every_route_declares_a_permission_that_exists(registry):
    known = {p.code for p in KERNEL_PERMISSIONS}
    known |= {p.code for plugin in registry.plugins.values() for p in plugin.manifest.permissions}
    routes = [entry.item for entry in registry.registered(register_routes).values()]

    assert [route.code for route in routes if route.permission not in known | ANYBODY] == []
    assert len(routes) > 50


def test_admin_routes_are_never_public(registry):
    signing_in = {"admin.login", "admin.login_submit", "admin.invite", "admin.reset"}
    routes = [entry.item for entry in registry.registered(register_routes).values()]
    public = {r.code for r in routes if r.scope in {"admin", "admin_api"} and r.permission == PUBLIC}

    assert {code for code in public if not any(code.startswith(prefix) for prefix in signing_in)} == set()


def test_every_permission_of_a_plugin_guards_a_route(registry):
    used = {entry.item.permission for entry in registry.registered(register_routes).values()}
    declared = {p.code for plugin in registry.plugins.values() for p in plugin.manifest.permissions}

    assert declared - used == set()


@pytest.mark.parametrize("plugin", PLUGINS)
def test_templates_and_static_files_live_under_their_plugins_name(plugin):
    package = ROOT / "plugins" / plugin / f"shopwright_{plugin}"
    for folder in ("templates", "static"):
        names = {path.name for path in (package / folder).iterdir()} if (package / folder).exists() else set()
        assert names <= {plugin}


def test_tables_have_their_owners_prefix(registry):
    owners = {"kernel", *registry.plugins}

    ours = [m.class_ for m in Base.registry.mappers if m.class_.__module__.startswith("shopwright")]
    names = [model.__tablename__ for model in ours]
    wrong = [name for name in names if not any(name.startswith(f"{owner}_") for owner in owners)]
    assert wrong == []


def test_every_slot_of_a_template_is_declared_and_every_declared_one_is_in_a_template(registry):
    slot = re.compile(r"""\bslot\(\s*["']([^"']+)["']""")
    templates = [
        path for folder in ("themes", "plugins", "platform") for path in (ROOT / folder).rglob("*.html")
    ]
    used = {name for path in templates for name in slot.findall(path.read_text("utf-8"))}

    assert used == set(declared(registry))
