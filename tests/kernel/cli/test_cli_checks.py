# SPDX-License-Identifier: Apache-2.0
"""``shopwright audit``, ``doctor``, ``migrate`` and ``import``."""

import pytest

from shopwright.db.migrate import kernel_migrations
from shopwright.migrations import sources
from shopwright.registry import Registry

from tests.shop import EVERYTHING  # isort: skip

STORE = "(SELECT id FROM kernel_store WHERE code = 'beta')"
UNCHECKABLE = """
from typing import ClassVar

from shopwright.doctor import DoctorCheck
from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(name="unsure", version="0.1.0", title="Unsure", summary="Asks.")

    @hookimpl
    def register_doctor_checks(self):
        return [DoctorCheck("unsure.lamps", "U1", "Lamps are lit", "SELECT id, '' FROM unsure_lamp", "Light them.")]
"""


def test_an_audit_log_that_is_whole_passes(shop):
    plain, document = shop("audit", "verify"), shop("audit", "verify", "--json")

    assert (plain.code, plain.out, plain.err) == (0, "alpha: whole\nbeta: whole\n", "")
    assert (document.code, document.document) == (0, {"stores": {"alpha": [], "beta": []}})


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (f"UPDATE kernel_audit SET actor_label = 'nobody' WHERE seq = 3 AND store_id = {STORE}", "Entry 3 was altered."),
        (f"DELETE FROM kernel_audit WHERE seq = 4 AND store_id = {STORE}", "Entry 4 is missing."),
    ],
)  # fmt: skip
def test_an_entry_that_was_tampered_with_is_named(shop, tamper, statement, problem):
    tamper(statement)
    plain, document = shop("audit", "verify"), shop("audit", "verify", "--json")

    assert (plain.code, plain.out) == (1, f"alpha: whole\nbeta: {problem}\n")
    assert (document.code, document.document) == (1, {"stores": {"alpha": [], "beta": [problem]}})


def test_the_doctor_finds_a_fresh_shop_clean(shop):
    found = shop("doctor", "--json")

    assert (found.code, found.document["status"], found.err) == (0, "clean", "")
    assert {check["code"] for check in found.document["checks"]} >= {"kernel.audit_chain", "orders.total"}
    assert [check for check in found.document["checks"] if check["offenders"] or check["error"]] == []


def test_the_doctor_names_a_violated_invariant_and_what_breaks_it(shop, tamper):
    tamper("UPDATE kernel_staff_role SET role = 'was owner' WHERE role = 'owner'")
    found, plain = shop("doctor", "--json"), shop("doctor")

    violated = [check for check in found.document["checks"] if check["offenders"]]
    assert (found.code, plain.code, found.document["status"]) == (1, 1, "violated")
    assert {check["code"] for check in violated} == {"kernel.store_has_owner"}
    assert violated[0]["hint"]
    assert violated[0]["offenders"][0]["id"] in plain.out


def test_the_doctor_tells_when_it_could_not_check(shop, install):
    install("unsure", UNCHECKABLE)
    found, plain = shop("doctor", "--json"), shop("doctor")

    errors = {(check["code"], check["store"]) for check in found.document["checks"] if check["error"]}
    assert (found.code, plain.code, found.document["status"]) == (2, 2, "unchecked")
    assert errors == {("unsure.lamps", "alpha"), ("unsure.lamps", "beta")}
    assert 'relation "unsure_lamp" does not exist' in plain.out


@pytest.fixture
async def database_of_kernel(make_database):
    return await make_database([kernel_migrations()])


@pytest.fixture
async def empty_database(make_database):
    return await make_database([])


def test_migrate_names_each_revision_it_runs_and_nothing_when_there_is_none(
    run, database_of_kernel, monkeypatch
):
    monkeypatch.setenv("DATABASE_URL", database_of_kernel)
    first, second = run("migrate"), run("migrate")

    lines = first.out.splitlines()
    order = list(dict.fromkeys(line.split()[0] for line in lines))
    assert (first.code, first.err) == (0, "")
    assert lines[0].startswith("catalog 0001_")
    assert order == [source.name for source in sources(Registry.load(EVERYTHING))][1:]
    assert (second.code, second.out, second.err) == (0, "The database is up to date.\n", "")


def test_migrate_tells_programs_what_it_ran(run, empty_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", empty_database)
    first, second = run("migrate", "--json"), run("migrate", "--json")

    assert first.document["applied"][:2] == ["kernel 0001_stores", "kernel 0002_auth"]
    assert second.document == {"applied": []}


def test_a_database_of_a_newer_version_is_refused_in_one_line(shop, tamper):
    tamper("UPDATE catalog_migration SET version_num = '0999_future'")
    refused = shop("migrate")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "Error: The database cannot be migrated: Can't locate revision identified by '0999_future'. "
        "Is it of a newer version? Then install that one.\n"
    )


def test_a_database_that_was_never_migrated_is_told_to_migrate(run, empty_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", empty_database)
    refused = run("store", "list")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "Error: The database does not have our tables as they are now: run `shopwright migrate`.\n"
    )


def test_an_import_of_a_file_that_is_not_there_names_it(shop, tmp_path):
    missing = tmp_path / "nothing.csv"
    refused = shop("import", "shopify-csv", str(missing), "--store", "alpha")

    assert refused.code == 2
    assert refused.err.splitlines()[-1].startswith("Error: ")
    assert str(missing) in refused.err
    assert "Traceback" not in refused.err
