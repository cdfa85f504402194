# SPDX-License-Identifier: Apache-2.0
"""``shopwright plugin`` and ``shopwright hooks``."""

import pytest
from tests.shop import EVERYTHING

BROKEN = "raise RuntimeError('the [manual] is missing')"


def stores_of(document, name):
    return next(plugin["stores"] for plugin in document["plugins"] if plugin["name"] == name)


def test_plugins_are_listed_with_where_they_are_on(shop):
    listed = shop("plugin", "list", "--json")

    assert (listed.code, listed.err) == (0, "")
    assert sorted(listed.document) == ["plugins", "problems"]
    assert sorted(plugin["name"] for plugin in listed.document["plugins"]) == sorted(EVERYTHING)
    tax = next(plugin for plugin in listed.document["plugins"] if plugin["name"] == "tax")
    assert tax == {
        "name": "tax",
        "version": "0.1.0",
        "title": "Tax",
        "requires": ["admin", "catalog", "checkout", "orders"],
        "stores": ["alpha", "beta"],
    }
    assert listed.document["problems"] == []


def test_a_plugin_is_switched_off_and_on_in_one_store(shop):
    off = shop("plugin", "disable", "tax", "--store", "alpha", "--json")
    between = shop("plugin", "list", "--json").document
    on = shop("plugin", "enable", "tax", "--store", "alpha", "--json")

    assert off.document == {"plugin": "tax", "store": "alpha", "enabled": False}
    assert stores_of(between, "tax") == ["beta"]
    assert on.document == {"plugin": "tax", "store": "alpha", "enabled": True}
    assert stores_of(shop("plugin", "list", "--json").document, "tax") == ["alpha", "beta"]


def test_before_switching_a_person_sees_what_it_brings_and_is_asked(shop):
    declined = shop("plugin", "disable", "tax", "--store", "alpha", typed="n\n")
    between = shop("plugin", "list", "--json").document
    agreed = shop("plugin", "disable", "tax", "--store", "alpha", typed="y\n")

    assert "tax_calculate" in declined.out
    assert declined.out.endswith("Go on? [y/N]: ")
    assert (declined.code, stores_of(between, "tax")) == (0, ["alpha", "beta"])
    assert agreed.out.endswith("tax is off in alpha.\n")
    assert stores_of(shop("plugin", "list", "--json").document, "tax") == ["beta"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("plugin", "enable", "gifts", "--store", "alpha"), "There is no plugin 'gifts'."),
        (("plugin", "disable", "tax", "--store", "gamma"), "There is no store 'gamma'. There are: alpha, beta."),
        (("plugin", "disable", "orders", "--store", "alpha"), "orders is needed by approvals, checkout, "),
        (("hooks", "--store", "gamma"), "There is no store 'gamma'. There are: alpha, beta."),
    ],
)  # fmt: skip
def test_what_cannot_be_switched_is_said_in_one_line(shop, arguments, line):
    refused = shop(*arguments)

    assert refused.code == 2
    assert refused.err.startswith(f"Error: {line}")
    assert refused.err.count("\n") == 1


def test_a_plugin_that_cannot_load_is_named_once_and_the_rest_is_listed(shop, install):
    install("broken", BROKEN)
    as_json = shop("plugin", "list", "--json")
    listed = shop("plugin", "list")

    message = "Plugin 'broken' is left out: RuntimeError: the [manual] is missing"
    assert as_json.code == 0
    assert as_json.document["problems"] == [{"plugin": "broken", "code": "not_loaded", "message": message}]
    assert as_json.err == listed.err == f"ERROR: {message}\n"
    assert listed.out.endswith(f"{message}\n")
    assert len(as_json.document["plugins"]) == len(EVERYTHING)


def test_hooks_tell_owner_mode_policy_and_order(shop):
    shop("plugin", "disable", "tax", "--store", "alpha", "--yes")
    everywhere = {hook["name"]: hook for hook in shop("hooks", "--json").document["hooks"]}
    here = {hook["name"]: hook for hook in shop("hooks", "--store", "alpha", "--json").document["hooks"]}

    assert everywhere["tax_calculate"] == {
        "name": "tax_calculate",
        "owner": "checkout",
        "mode": "first",
        "on_error": "closed",
        "budget": None,
        "concurrent": False,
        "implementations": ["tax"],
    }
    assert here["tax_calculate"]["implementations"] == []
    assert everywhere["register_routes"]["owner"] == "kernel"


def test_tables_are_whole_where_there_is_no_terminal(shop):
    listed = shop("hooks").out

    assert "…" not in listed
    assert (
        " → ".join(
            next(h for h in shop("hooks", "--json").document["hooks"] if h["name"] == "register_routes")[
                "implementations"
            ]
        )
        in listed
    )


FAULTY = """
from typing import ClassVar

from shopwright.plugin import Manifest, Permission
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="faulty", version="0.1.0", title="Faulty", summary="Errs.",
        permissions=(Permission("faulty.unused", "Nothing"),),
    )

    async def template_slot(self, slot):
        return []
"""


def test_check_finds_nothing_in_a_plugin_that_is_as_it_should_be(run):
    plain, document = run("check", "tax"), run("check", "tax", "--locale", "de", "--json")

    assert (plain.code, plain.out, plain.err) == (0, "tax: nothing is wrong.\n", "")
    assert (document.code, document.document) == (0, {"plugins": ["tax"], "faults": []})


def test_check_prints_each_fault_with_a_way_out_and_needs_no_database(run, install, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    install("faulty", FAULTY)
    plain, document = run("check", "faulty"), run("check", "--json")

    assert plain.code == document.code == 1
    assert plain.out.splitlines() == [
        "faulty: permissions: permission 'faulty.unused' guards nothing",
        "    Name it in a route, or ask ctx.require() for it; or remove it from the manifest.",
        "faulty: hooks: template_slot() is not marked, so it is never called",
        "    Write @hookimpl above it.",
        "2 faults in 1 plugins.",
    ]
    assert document.document["plugins"] == sorted([*EVERYTHING, "faulty"])
    assert [f for f in document.document["faults"] if f["plugin"] == "faulty"] == [
        {
            "plugin": "faulty",
            "check": "permissions",
            "message": "permission 'faulty.unused' guards nothing",
            "hint": "Name it in a route, or ask ctx.require() for it; or remove it from the manifest.",
        },
        {
            "plugin": "faulty",
            "check": "hooks",
            "message": "template_slot() is not marked, so it is never called",
            "hint": "Write @hookimpl above it.",
        },
    ]


def test_check_names_a_plugin_that_does_not_load_and_refuses_one_it_does_not_know(run, install):
    install("broken", BROKEN)
    broken, unknown = run("check", "broken"), run("check", "gifts")

    assert broken.code == 1
    assert broken.out.startswith("broken: loads: Plugin 'broken' is left out: RuntimeError: the [manual]")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.splitlines()[-1].startswith("Error: There is no plugin 'gifts'. There are: admin, ")
