# SPDX-License-Identifier: Apache-2.0
"""Kinds of values: what they take, what they keep, and that texts of them are read back exactly."""

import time
from decimal import Decimal

import pytest

from shopwright_custom_fields.api import Choice, CustomField
from shopwright_custom_fields.services import kinds, patterns
from shopwright_custom_fields.services.written import from_text, to_text
from shopwright_custom_fields.services.wrong import Wrong

OAK, ASH = Choice("oak", "Oak"), Choice("ash", "Ash")


def field(kind, **values):
    return CustomField(entity="catalog.product", key="custom.x", kind=kind, label="X", **values)


PHOTO = {"source": "store/oak-0123456789ab.png", "alt": "Oak", "width": 30, "height": 20}
MANUAL = {"source": "store/files/oak-0123456789ab.pdf", "name": "Oak"}
KEPT = [
    (field("picture"), PHOTO, PHOTO),
    (field("file"), MANUAL, MANUAL),
    (field("text"), "  Oak ", "Oak"),
    (field("text", pattern="[A-Z]{2}-[0-9]+"), "AB-12", "AB-12"),
    (field("multiline"), "a\r\nb", "a\nb"),
    (field("rich_text"), "<b>hi</b><script>x</script>", "<b>hi</b>"),
    (field("integer", minimum=Decimal(-5)), -5, -5),
    (field("decimal"), "1.50", "1.5"),
    (field("decimal"), 1.5, "1.5"),
    (field("decimal"), "-0.0", "0"),
    (field("boolean"), False, False),
    (field("date"), "2026-12-24", "2026-12-24"),
    (field("datetime"), "2026-12-24T19:00:00+01:00", "2026-12-24T18:00:00Z"),
    (field("choice", choices=(OAK, ASH)), "ash", "ash"),
    (field("choices", choices=(OAK, ASH)), ["ash", "oak"], ["oak", "ash"]),
    (field("colour"), "#2F6F4F", "#2f6f4f"),
    (field("link"), "https://example.com/a?b=c", "https://example.com/a?b=c"),
    (field("money"), {"amount": 1299, "currency": "EUR"}, {"amount": 1299, "currency": "EUR"}),
]
REFUSED = [
    (field("picture"), {**PHOTO, "source": "../secret.png"}, "picture_wrong"),
    (field("picture"), MANUAL, "picture_wrong"),
    (field("file"), {"source": "store/files/run.html"}, "file_wrong"),
    (field("text"), "a\nb", "text_wrong"),
    (field("text"), 5, "text_wrong"),
    (field("text", maximum=Decimal(2)), "abc", "too_long"),
    (field("text", minimum=Decimal(2)), "a", "too_short"),
    (field("text", pattern="[A-Z]{2}"), "AB\n", None),
    (field("text", pattern="[A-Z]{2}"), "ABC", "pattern_mismatch"),
    (field("integer"), True, "integer_wrong"),
    (field("integer"), "5", "integer_wrong"),
    (field("integer", maximum=Decimal(4)), 5, "too_large"),
    (field("decimal"), "1e5", "decimal_wrong"),
    (field("decimal", minimum=Decimal("0.5")), "0.4", "too_small"),
    (field("boolean"), 1, "boolean_wrong"),
    (field("date"), "2026-02-30", "date_wrong"),
    (field("date"), "20260203", "date_wrong"),
    (field("datetime"), "2026-12-24T19:00:00", "datetime_wrong"),
    (field("choice", choices=(OAK,)), "ash", "choice_unknown"),
    (field("choices", choices=(OAK, ASH), maximum=Decimal(1)), ["oak", "ash"], "too_many"),
    (field("colour"), "red", "colour_wrong"),
    (field("link"), "http://example.com", "link_wrong"),
    (field("link"), "https://me:secret@example.com", "link_wrong"),
    (field("link"), "javascript:alert(1)", "link_wrong"),
    (field("link"), "https://example.com:x/", "link_wrong"),
    (field("money"), {"amount": 12.5, "currency": "EUR"}, "money_wrong"),
    (field("money"), {"amount": 1, "currency": "XXX"}, "money_wrong"),
]


def test_values_are_kept_in_one_form_and_written_exactly():
    for own, given, kept in KEPT:
        assert kinds.check(own, given) == kept
        assert kinds.check(own, from_text(own, to_text(own, kept), "EUR")) == kept
    assert from_text(field("text"), " ", "EUR") is None
    assert from_text(field("money"), "12,5", "EUR") == {"amount": 1250, "currency": "EUR"}
    assert {own.kind for own, _, _ in KEPT} == set(kinds.LABELS) - {"product"}


def test_values_that_do_not_fit_are_refused_with_a_reason():
    for own, given, code in REFUSED:
        if code is None:
            assert kinds.check(own, given) == given.strip()
            continue
        with pytest.raises(Wrong) as caught:
            kinds.check(own, given)
        assert caught.value.code == code, (own, given)


def test_no_pattern_can_run_away():
    began = time.perf_counter()
    assert patterns.matches("(a+)+b", "a" * 250) is False
    assert patterns.matches("(a|a)*c", "a" * 250) is False
    assert time.perf_counter() - began < 1
    for pattern in (r"(a)\1", "(?=a)b", "(", "(a{1000}){1000}{1000}", "x" * 201):
        with pytest.raises(Wrong):
            patterns.check_pattern(pattern)
    patterns.check_pattern("[A-Z]{2}-[0-9]+")
