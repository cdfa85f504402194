# SPDX-License-Identifier: Apache-2.0
"""``shopwright store`` and ``shopwright user``."""

import re

import pytest

GAMMA = ("store", "create", "gamma", "--name", "Gamma", "--currency", "EUR")


def test_a_store_is_made_and_listed(cli):
    made = cli(*GAMMA, "--host", "Gamma.localhost", "--host", "www.gamma.localhost", "--locale", "de")
    listed = cli("store", "list", "--json")
    table = cli("store", "list")

    assert made.out == "Store gamma is made. Switch plugins on: shopwright plugin enable NAME --store gamma\n"
    assert listed.document == [
        {
            "code": "gamma",
            "name": "Gamma",
            "currency": "EUR",
            "locales": ["de"],
            "hosts": ["gamma.localhost", "www.gamma.localhost"],
            "theme": "atelier",
            "plugins": [],
        }
    ]
    assert "gamma.localhost, www.gamma.localhost" in table.out


def test_a_store_made_for_a_program_is_one_json_document(cli):
    made = cli(*GAMMA, "--host", "gamma.localhost", "--json")

    assert made.document["code"] == "gamma"
    assert (made.code, made.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("store", "create", "Gamma!", "--name", "G", "--currency", "EUR", "--host", "g.localhost"),
            "code: Use lower-case letters, digits and hyphens, like lumen.",
        ),
        (
            ("store", "create", "gamma", "--name", " ", "--currency", "euro", "--host", "g.localhost"),
            "name: Give the store a name. currency: Use an ISO 4217 code, like EUR.",
        ),
        (
            (*GAMMA, "--host", "http://g.localhost"),
            "hosts: 'http://g.localhost' is no host name; write it like shop.example.com.",
        ),
        ((*GAMMA, "--host", "ALPHA.localhost"), "hosts: 'ALPHA.localhost' belongs to another store already."),
        (
            ("store", "create", "alpha", "--name", "A", "--currency", "EUR", "--host", "a.localhost"),
            "code: 'alpha' belongs to another store already.",
        ),
    ],
)
def test_a_store_that_cannot_be_made_names_the_field_and_the_way_out(shop, arguments, line):
    refused = shop(*arguments)

    assert (refused.code, refused.out, refused.err) == (2, "", f"Error: {line}\n")
    assert [store["code"] for store in shop("store", "list", "--json").document] == ["alpha", "beta"]


def test_a_staff_user_is_made_with_a_password_that_is_printed_once(shop):
    made = shop("user", "create", "ada@example.com", "--store", "alpha", "--role", "manager", "--name", "Ada")
    again = shop("user", "create", "ada@example.com", "--store", "alpha")

    assert re.fullmatch(r"ada@example\.com is manager of alpha\. Password: [\w-]{16}\n", made.out)
    assert again.code == 2
    assert "ada@example.com" in again.err


def test_a_chosen_password_is_not_printed(shop):
    made = shop("user", "create", "eve@example.com", "--store", "beta", "--password", "seven-lamps-on-a-pier")

    assert made.out == "eve@example.com is owner of beta.\n"


def test_a_staff_user_made_for_a_program_is_one_json_document(shop):
    made = shop("user", "create", "ada@example.com", "--store", "alpha", "--json").document

    assert len(made.pop("password")) == 16
    assert made == {"email": "ada@example.com", "store": "alpha", "role": "owner"}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("user", "create", "nobody", "--store", "alpha"), "email"),
        (("user", "create", "a@example.com", "--store", "alpha", "--role", "king"), "role"),
        (("user", "create", "a@example.com", "--store", "alpha", "--password", "short"), "password"),
        (("user", "invite", "a@example.com", "--store", "alpha", "--role", "king"), "role"),
        (("user", "invite", "a@example.com", "--store", "gamma"), "There is no store 'gamma'"),
    ],
)
def test_a_staff_user_that_cannot_be_made_names_the_field(shop, arguments, word):
    refused = shop(*arguments)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"Error: {word}")
    assert refused.err.count("\n") == 1


def test_an_invitation_is_an_address_of_the_store(shop):
    invited = shop(
        "user", "invite", "ada@example.com", "--store", "alpha", "--role", "manager", "--json"
    ).document
    known = shop("user", "invite", "owner@alpha.example", "--store", "beta")

    assert re.fullmatch(r"http://alpha\.localhost/admin/invite/[\w.-]{20,}", invited.pop("url"))
    assert invited == {"email": "ada@example.com", "store": "alpha", "role": "manager"}
    assert known.out == "owner@alpha.example has an account and is manager of beta now.\n"
