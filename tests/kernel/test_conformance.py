# SPDX-License-Identifier: Apache-2.0
"""The conformance tests of plugins find each fault, and say what is wrong and how to mend it."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.shop import EVERYTHING

from shopwright.checkup import CHECKS, check_plugin
from shopwright.db.base import Base
from shopwright.http import dispatch
from shopwright.plugin import Plugin
from shopwright.registry import Registry
from shopwright.testing.conformance import PluginConformance, Stage

WRONG = '''
from dataclasses import dataclass
from typing import Any, ClassVar

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.hookspecs import Fragment
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright.jobs import Job
from shopwright.plugin import Manifest, Permission, PluginSettings, hookimpl
from shopwright.plugin import Plugin as BasePlugin

from wrong import hookspecs

pages = Routes("wrong", Scope.STOREFRONT)
admin = Routes("wrong", Scope.ADMIN)


class Unknown:
    pass


class Settings(PluginSettings):
    numbers: Any = (1, 2)


@pages.get("/wrong", permission="wrong.nobody_declared_me")
async def page(ctx: Context) -> dict[str, str]:
    """Show."""
    return {}


@pages.get("/wrong/{number}", permission=PUBLIC)
async def part(ctx: Context, letter: str) -> dict[str, str]:
    """Show."""
    return {}


@admin.get("/admin/wrong", permission=PUBLIC)
async def open_page(ctx: Context) -> dict[str, str]:
    """Show."""
    return {}


async def work(ctx: Context, payload: Unknown) -> None:
    """Work."""


class Plugin(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="wrong", version="0.1.0", title=translatable("Wrong"), summary="Errs.", settings=Settings,
        permissions=(Permission("wrong.unused", "Nothing"),),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self):
        return [*pages, *admin]

    @hookimpl
    def register_jobs(self):
        return [Job("wrong.work", Unknown, work)]

    @hookimpl
    def register_schedules(self):
        return []

    async def template_slot(self, slot: str) -> list[Fragment]:
        return []
'''
HOOKSPECS = '''
from shopwright.context import Context
from shopwright.hooks import hookspec


class Thing:
    pass


@hookspec("event")
async def thing_happened(ctx: Context, event: Thing) -> None:
    """Learn of a thing."""
'''
MODELS = """
from sqlalchemy.orm import Mapped, mapped_column

from shopwright.db.base import StoreModel


class Lamp(StoreModel):
    __tablename__ = "lamp_of_wrong"
    title: Mapped[str] = mapped_column()
"""
REVISION = '''
from shopwright.db.schema import sql, tenant_table

revision = "{name}"
down_revision = {down!r}


def upgrade() -> None:
    """{name}."""
    sql("""{up}""")
'''
DOWNGRADE = '''

def downgrade() -> None:
    sql("""{}""")
'''
GERMAN = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
WRONG_FILES = {
    "plugin.py": WRONG,
    "hookspecs.py": HOOKSPECS,
    "models.py": MODELS,
    "broken.py": "raise RuntimeError('half written')\n",
    "templates/other.html": "x",
    "static/wrong/fine.css": "",
    "static/all.css": "",
    "locales/de/messages.po": GERMAN,
    "migrations/versions/0001_a.py": REVISION.format(
        name="0001_a", down=None, up="CREATE TABLE lamp (id uuid)"
    ),
    "migrations/versions/0001_b.py": REVISION.format(name="0001_b", down=None, up="SELECT 1")
    + DOWNGRADE.format("SELECT 1"),
}
EXPECTED = {
    "tables": {
        "wrong.broken cannot be imported: RuntimeError: half written": "Mend or remove the module.",
        "Lamp has the table 'lamp_of_wrong'": "Call it 'wrong_lamp_of_wrong'",
    },
    "files": {
        "templates/other.html is not in the plugin's own folder": "Move it to templates/wrong/",
        "static/all.css is not in the plugin's own folder": "Move it to static/wrong/",
    },
    "migrations": {
        "its revisions end in 2 places: 0001_a, 0001_b": "Let the later one name the other",
        "revision 0001_a has no downgrade()": "Write what takes it back.",
        "0001_a.py makes the table lamp": "Call it wrong_lamp",
    },
    "permissions": {"permission 'wrong.unused' guards nothing": "Name it in a route"},
    "routes": {
        "route wrong.page asks for 'wrong.nobody_declared_me', which nobody declares": "Declare it in the manifest",
        "route wrong.open_page is for staff and open to others ('public')": "Give it a permission",
        "Plugin 'wrong': its route wrong.part is left out": "Change the route's path",
    },
    "hooks": {
        "template_slot() is not marked, so it is never called": "Write @hookimpl above it.",
        "register_schedules() registers nothing": "Return what it should register",
    },
    "events": {
        "event wrong.thing_happened cannot be written down": "Annotate event with a frozen dataclass",
        "payload of job wrong.work cannot be written down": "Use a frozen dataclass",
    },
    "settings": {"setting 'numbers' is another after it was saved": "Use types that JSON"},
    "locales": {"locales/de/messages.po: missing: 'Wrong' (plugin.py:": "Translate it."},
}


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Write a plugin's package and import it."""

    def install(name: str, files: dict[str, str]) -> type[Plugin]:
        for file, text in ({"__init__.py": ""} | files).items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path))
        made.append(name)
        return importlib.import_module(f"{name}.plugin").Plugin

    made: list[str] = []
    yield install
    for mapper in [m for m in Base.registry.mappers if m.class_.__module__.partition(".")[0] in made]:
        Base.metadata.remove(mapper.local_table)
    for module in [m for m in sys.modules if m.partition(".")[0] in made]:
        del sys.modules[module]


def test_each_fault_is_found_and_has_a_way_out(install):
    registry = Registry.load([], extra={"wrong": install("wrong", WRONG_FILES)})
    found = check_plugin(registry, "wrong")

    assert registry.problems == []
    for check, expected in EXPECTED.items():
        told = {fault.message: fault.hint for fault in found if fault.check == check}
        assert len(told) == len(expected), told
        for message, hint in expected.items():
            key = next((key for key in told if key.startswith(message)), None)
            assert key, (message, told)
            assert told[key].startswith(hint)
    assert {fault.check for fault in found} == set(EXPECTED) == set(CHECKS)
    assert {fault.plugin for fault in found} == {"wrong"}


def test_one_check_finds_only_its_own_faults(install):
    registry = Registry.load([], extra={"wrong": install("wrong", WRONG_FILES)})

    assert {fault.check for fault in check_plugin(registry, "wrong", ["hooks"])} == {"hooks"}
    assert check_plugin(registry, "wrong", ["loads"]) == []


def test_a_plugin_that_does_not_load_has_that_one_fault(install):
    broken = install("halved", {"plugin.py": WRONG.replace("wrong", "halved").replace("from halved import", "import")
                                .replace("hookspecs = (hookspecs,)", "hookspecs = (1,)").replace("import hookspecs", "")})  # fmt: skip
    registry = Registry.load([], extra={"halved": broken})

    found = check_plugin(registry, "halved")
    assert [(fault.check, fault.plugin) for fault in found] == [("loads", "halved")]
    assert found[0].message.startswith("Plugin 'halved' is left out: ")


def test_languages_that_must_be_complete_may_be_named(install):
    registry = Registry.load([], extra={"wrong": install("wrong", WRONG_FILES)})
    found = check_plugin(registry, "wrong", ["locales"], locales=["es"])

    assert [fault.message.partition(":")[0] for fault in found] == ["locales/es/messages.po"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_first_party_plugins_have_no_fault(name):
    assert check_plugin(Registry.load(EVERYTHING), name, [c for c in CHECKS if c != "locales"]) == []


LEAKY = '''
from typing import ClassVar

from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.http.routing import Routes, Scope
from shopwright.plugin import Manifest, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin

pages = Routes("leaky", Scope.STOREFRONT)


@pages.get("/leaky/{name}", permission=PUBLIC)
async def page(ctx: Context, name: str) -> web.Response:
    """Show."""
    return web.Response(text="x")


class Plugin(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="leaky", version="0.1.0", title="Leaky", summary="Drips.",
        pii=(PiiColumn("leaky_lamp", "owner", "name"), PiiColumn("leaky_lamp", "title", "none")),
    )

    @hookimpl
    def register_routes(self):
        return list(pages)

    @hookimpl
    def register_doctor_checks(self):
        return [DoctorCheck("leaky.lamps", "L1", "Lamps are lit", "SELECT id, '' FROM leaky_candle")]
'''
TABLE = "CREATE TABLE leaky_lamp (store_id uuid, id uuid, title text, PRIMARY KEY (store_id, id))"
SOUND = REVISION.format(name="0001_initial", down=None, up=TABLE) + '    tenant_table("leaky_lamp")\n'


@pytest.fixture
def stage_of(install, pg_server, tmp_path):
    """Give the stage of a plugin whose one revision is as given."""
    stages: list[Stage] = []

    def make(revision: str) -> Stage:
        files = {"plugin.py": LEAKY, "migrations/versions/0001_initial.py": revision}
        stage = Stage(install("leaky", files), server=lambda: pg_server, folder=tmp_path)
        stages.append(stage)
        return stage

    yield make
    for stage in stages:
        stage.__exit__()


def run(stage: Stage, test: str, *arguments: Any) -> None:
    getattr(type("TestLeaky", (PluginConformance,), {"plugin": stage.plugin})(), test)(stage, *arguments)


DROP = DOWNGRADE.format("DROP TABLE leaky_lamp")


@pytest.mark.parametrize(
    ("revision", "test", "words"),
    [
        (SOUND + DOWNGRADE.format("SELECT 1"), "test_its_migrations_go_up_down_and_up_again", "column leaky_lamp"),
        (
            REVISION.format(name="0001_initial", down=None, up=TABLE) + DROP,
            "test_its_tables_force_row_level_security",
            "leaky_lamp: row-level security is not enabled and forced",
        ),
        (SOUND + DROP, "test_the_columns_it_declares_as_personal_exist", "leaky_lamp.owner"),
        (SOUND + DROP, "test_its_doctor_checks_find_nothing_in_an_empty_store", "leaky_candle"),
    ],
)  # fmt: skip
def test_what_a_database_shows_is_found(stage_of, revision, test, words):
    stage = stage_of(revision)

    with pytest.raises(AssertionError, match=words):
        run(stage, test)


def test_a_name_of_somebody_else_in_the_database_is_found(stage_of):
    extra = 'sql("CREATE DOMAIN candle AS text")'
    stage = stage_of(SOUND.replace("    tenant_table", f"    {extra}\n    tenant_table") + DROP)

    with pytest.raises(AssertionError, match="type candle"):
        run(stage, "test_what_its_migrations_make_bears_its_name")


def test_what_a_store_still_has_of_a_plugin_is_found(stage_of, monkeypatch):
    stage = stage_of(SOUND + DROP)
    run(stage, "test_switched_off_in_a_store_it_leaves_nothing_there")
    stage.kernel.routes._resolvers.clear()
    monkeypatch.setattr(dispatch, "_is_on", lambda plugin, plugins: True)

    with pytest.raises(AssertionError, match=r"GET /leaky/[0-9a-f-]+: 200"):
        run(stage, "test_switched_off_in_a_store_it_leaves_nothing_there")


def test_a_sound_revision_passes_what_is_about_it(stage_of):
    stage = stage_of(SOUND + DROP)

    run(stage, "test_its_migrations_go_up_down_and_up_again")
    run(stage, "test_what_its_migrations_make_bears_its_name")
    run(stage, "test_its_tables_force_row_level_security")
    assert Path(stage.registry.plugins["leaky"].package).name == "leaky"
