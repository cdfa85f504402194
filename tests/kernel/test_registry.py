# SPDX-License-Identifier: Apache-2.0
"""What the registry loads, in which order, and in which words it leaves a plugin out."""

import sys
import types
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr
from tests.shop import EVERYTHING

from shopwright.hooks import hookspec
from shopwright.hookspecs import register_jobs
from shopwright.jobs import Job
from shopwright.plugin import Manifest, Permission, Plugin, PluginSettings, hookimpl
from shopwright.registry import Registry, discover
from shopwright.testing.kernels import ALPHA


def plugin(name: str, *requires: str, body: dict[str, Any] | None = None, **values: Any) -> type[Plugin]:
    """Make a plugin class with nothing wrong with it but what is given."""
    manifest = Manifest(name=name, version="1", title=name, summary=name, requires=requires, **values)
    return type("Plugin", (Plugin,), {"manifest": manifest, **(body or {})})


def load(*plugins: type[Plugin]) -> Registry:
    return Registry({found.manifest.name: lambda found=found: found for found in plugins})


def reasons(registry: Registry) -> dict[str, tuple[str, str]]:
    return {problem.plugin: (problem.code, problem.message) for problem in registry.problems}


def owning(*names: str) -> types.ModuleType:
    """Make a module that declares hooks."""
    module = types.ModuleType("own_hookspecs")

    async def items(ctx, number):
        """Give items."""

    for name in names:
        function = types.FunctionType(items.__code__, {}, name)
        function.__module__ = module.__name__
        setattr(module, name, hookspec("collect")(function))
    return module


async def nothing(ctx: Any, payload: Any) -> None:
    raise AssertionError


def test_plugins_load_behind_what_they_require_and_by_name_otherwise():
    registry = load(plugin("aa", "zz"), plugin("mm"), plugin("zz", "yy"), plugin("bb"), plugin("yy"))

    assert list(registry.plugins) == ["bb", "mm", "yy", "zz", "aa"]
    assert registry.requires_closure("aa") == {"yy", "zz"}
    assert registry.required_by("zz") == ["aa"]
    assert registry.problems == []


@pytest.mark.parametrize("name", ["a", "Gifts", "2gifts", "my-gifts", "gifts.more", "g" * 42])
def test_a_name_that_cannot_be_a_prefix_is_refused(name):
    message = reasons(load(plugin(name)))[name][1]

    assert f"{name!r} cannot be a plugin's name: use 2 to 41 lower-case letters, digits and _" in message


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (">=0.1,<0.2", True),
        ("==0.1.0", True),
        ("", True),
        (">=0.2", False),
        ("<0.1", False),
        ("!=0.1.0", False),
    ],
)
def test_the_version_range_of_the_kernel_decides_who_loads(wanted, fits):
    registry = load(plugin("aa", kernel=wanted), plugin("bb"))

    assert ("aa" in registry.plugins) is fits
    assert "bb" in registry.plugins
    if not fits:
        code, message = reasons(registry)["aa"]
        assert code == "not_loaded"
        assert f"it works with kernel {wanted}, this is 0.1.0: install a matching version of aa" in message


def test_a_version_range_that_cannot_be_read_is_named():
    registry = load(plugin("aa", kernel="about 1"))

    assert "InvalidSpecifier" in reasons(registry)["aa"][1]


def test_a_cycle_is_named_whole_and_takes_along_only_those_who_need_it():
    registry = load(
        plugin("aa", "bb"), plugin("bb", "cc"), plugin("cc", "aa"), plugin("after", "aa"), plugin("apart")
    )

    found = reasons(registry)
    path = found["aa"][1].rpartition(": ")[2].rstrip(".").split(" → ")
    assert list(registry.plugins) == ["apart"]
    assert {name: code for name, (code, _) in found.items()} == {
        "aa": "requires_cycle",
        "bb": "requires_cycle",
        "cc": "requires_cycle",
        "after": "requires_missing",
    }
    assert (len(path), path[0], set(path)) == (4, path[-1], {"aa", "bb", "cc"})
    assert found["after"][1] == "Plugin 'after' is left out: it requires aa, which did not load."


def test_a_plugin_that_requires_itself_is_a_cycle():
    assert "its requires go round: aa → aa" in reasons(load(plugin("aa", "aa")))["aa"][1]


def test_a_hook_has_one_owner():
    first = plugin("aa", body={"hookspecs": (owning("shared_items"),)})
    second = plugin("bb", body={"hookspecs": (owning("other_items", "shared_items"),)})
    needs = plugin("cc", "bb")
    registry = load(first, second, needs)

    assert reasons(registry) == {
        "bb": (
            "not_registered",
            "Plugin 'bb' is left out: ValueError: hook 'shared_items' is already owned by 'aa'",
        ),
        "cc": ("requires_missing", "Plugin 'cc' is left out: it requires bb, which did not load."),
    }
    assert [spec.name for spec in registry.specs() if spec.owner != "kernel"] == ["shared_items"]


def test_a_hook_of_the_kernel_cannot_be_taken():
    registry = load(plugin("aa", body={"hookspecs": (owning("register_routes"),)}))

    assert "hook 'register_routes' is already owned by 'kernel'" in reasons(registry)["aa"][1]


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (("aa.run", "aa.run"), "register_jobs: code 'aa.run' is registered twice"),
        (("bb.run",), "register_jobs: code 'bb.run' does not begin with 'aa.'"),
        (("",), "has no code"),
    ],
)
def test_codes_that_clash_or_are_somebody_elses_are_named(codes, words):
    @hookimpl
    def register_jobs_(self):
        return [Job(code, dict, nothing) for code in codes]

    @hookimpl
    def fine(self):
        return [Job("bb.run", dict, nothing)]

    registry = load(
        plugin("aa", body={"register_jobs": register_jobs_}), plugin("bb", body={"register_jobs": fine})
    )

    assert list(registry.plugins) == ["bb"]
    assert list(registry.registered(register_jobs)) == ["bb.run"]
    assert words in reasons(registry)["aa"][1]


@pytest.mark.parametrize(
    ("permissions", "words"),
    [
        (("aa.x", "aa.x"), "permission 'aa.x' is declared twice"),
        (("bb.x",), "permission 'bb.x' does not begin with 'aa.'"),
    ],
)
def test_permissions_that_clash_or_are_somebody_elses_are_named(permissions, words):
    given = tuple(Permission(code, "x") for code in permissions)

    assert words in reasons(load(plugin("aa", permissions=given)))["aa"][1]


def test_a_table_of_somebody_else_cannot_be_declared_again():
    def second():
        from sqlalchemy.orm import Mapped, mapped_column

        from shopwright.db import models  # noqa: F401 - declares kernel_store
        from shopwright.db.base import StoreModel

        type(
            "Mine",
            (StoreModel,),
            {"__tablename__": "kernel_store", "__annotations__": {"x": Mapped[int]}, "x": mapped_column()},
        )
        return plugin("aa")

    registry = Registry({"aa": second, "bb": lambda: plugin("bb")})

    assert list(registry.plugins) == ["bb"]
    assert "Table 'kernel_store' is already defined" in reasons(registry)["aa"][1]


class Inside(BaseModel):
    token: SecretStr


def settings(**fields: Any) -> type[PluginSettings]:
    body = {name: value for name, (_, value) in fields.items() if value is not ...}
    annotations = {name: annotation for name, (annotation, _) in fields.items()}
    return type("Settings", (PluginSettings,), {"__annotations__": annotations, **body})


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (settings(depth=(int, ...)), "setting 'depth' has no default"),
        (settings(depth=(int, Field(default=0, ge=1, validate_default=True))), "setting 'depth' has a default that"),
        (settings(one=(tuple[Inside, ...], ())), "setting 'one' holds a secret inside"),
        (settings(one=(dict[str, SecretStr], {})), "setting 'one' holds a secret inside"),
        (settings(one=(int, Field(default=1, json_schema_extra={"scope": "world"}))), "has the scope 'world'"),
    ],
)  # fmt: skip
def test_settings_a_store_could_not_begin_with_are_named(model, words):
    assert words in reasons(load(plugin("aa", settings=model)))["aa"][1]


def test_settings_with_secrets_of_their_own_are_fine():
    fine = settings(
        one=(SecretStr, SecretStr("")), two=(SecretStr | None, None), three=(Literal["a", "b"], "a")
    )

    assert load(plugin("aa", settings=fine)).problems == []


def leave() -> Any:
    sys.exit("bye")


@pytest.mark.parametrize("where", ["import", "construction", "registering", "asking"])
@pytest.mark.parametrize("error", [SystemExit("bye"), RuntimeError("bye"), AssertionError("bye")])
def test_whatever_a_plugin_does_when_it_loads_it_alone_is_left_out(where, error):
    def fail(*_: Any) -> Any:
        raise error

    class Unwilling(Plugin):
        manifest = Manifest(name="aa", version="1", title="a", summary="a")

    if where == "construction":
        Unwilling.__init__ = fail
    elif where == "registering":
        Unwilling.hookspecs = property(fail)
    elif where == "asking":
        Unwilling.register_jobs = hookimpl(lambda self: fail())
    registry = Registry(
        {
            "aa": fail if where == "import" else lambda: Unwilling,
            "bb": lambda: plugin("bb"),
            "cc": lambda: plugin("cc", "aa"),
        }
    )

    found = reasons(registry)
    assert list(registry.plugins) == ["bb"]
    assert found["aa"][1] == f"Plugin 'aa' is left out: {type(error).__name__}: bye"
    assert found["cc"][0] == "requires_missing"


def test_a_person_who_interrupts_the_start_is_obeyed():
    def interrupted() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Registry({"aa": interrupted})


async def test_what_is_left_out_is_a_problem_of_every_store(make_kernel):
    kernel = await make_kernel(plugins=[plugin("aa", kernel=">=9"), plugin("bb")], stores=[ALPHA])
    store = kernel.directory.by_code("alpha")

    assert [(p.plugin, p.code) for p in kernel.problems.for_store(store.id)] == [("aa", "not_loaded")]
    assert store.plugins == {"bb"}


def test_safe_mode_starts_first_party_plugins_only():
    everything, safe = Registry.load(), Registry.load(safe_mode=True)

    assert set(everything.plugins) > set(EVERYTHING)
    assert set(safe.plugins) == set(EVERYTHING)
    assert safe.problems == []
    assert set(discover(first_party_only=True)) == set(EVERYTHING)


def test_safe_mode_keeps_to_what_is_allowed_and_is_silent_about_the_rest():
    registry = Registry.load(["admin", "orders", "loyalty_points"], safe_mode=True)

    assert list(registry.plugins) == ["admin", "orders"]
    assert registry.problems == []


def test_an_allowed_plugin_that_is_not_installed_is_named():
    registry = Registry.load(["admin", "candle"])

    assert list(registry.plugins) == ["admin"]
    assert reasons(registry) == {
        "candle": ("not_installed", "Plugin 'candle' is allowed in the configuration but not installed.")
    }


@pytest.fixture
def install(tmp_path, monkeypatch):
    def install(distribution: str, name: str) -> None:
        info = tmp_path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[shopwright.plugins]\n{name} = no_such_module:Plugin\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


def test_two_distributions_of_one_name_are_both_left_out(install):
    install("acme-gifts", "gifts")
    install("other-gifts", "gifts")
    registry = Registry.load(["admin", "gifts"])

    assert list(registry.plugins) == ["admin"]
    assert [(p.plugin, p.code, p.message) for p in registry.problems if p.code == "name_clash"] == [
        (
            "gifts",
            "name_clash",
            f"{one} is left out: acme-gifts, other-gifts are all called 'gifts'. Uninstall all but one.",
        )
        for one in ("acme-gifts", "other-gifts")
    ]


def test_nobody_takes_the_name_of_a_first_party_plugin(install):
    install("acme-orders", "orders")
    registry = Registry.load(["admin", "orders"])

    assert list(registry.plugins) == ["admin", "orders"]
    assert [(p.plugin, p.code) for p in registry.problems] == [("orders", "name_clash")]
    assert registry.problems[0].message.startswith("acme-orders is left out")
