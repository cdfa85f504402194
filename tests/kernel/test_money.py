# SPDX-License-Identifier: Apache-2.0
import copy
import pickle
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from operator import add, ge, gt, le, lt, sub

import orjson
import pytest
from babel.core import get_global
from babel.numbers import get_territory_currencies, list_currencies
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from shopwright.money import CURRENCIES, CurrencyMismatch, Money, Rounding, exponent

amounts = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)
rates = st.decimals(Decimal(-100), Decimal(100), places=6)

DECIMAL_ROUNDING = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
}


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("EUR", 2), ("JPY", 0), ("KWD", 3), ("IQD", 3), ("RSD", 2), ("ISK", 0), ("CLF", 4), ("HUF", 2)],
)
def test_decimals_follow_iso_4217_even_where_display_data_rounds(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


def test_every_currency_in_use_somewhere_is_known() -> None:
    in_use = {
        code
        for territory in get_global("territory_currencies")
        for code in get_territory_currencies(territory)
    }

    assert sorted(in_use - CURRENCIES.keys()) == []
    assert sorted(CURRENCIES.keys() - list_currencies()) == []


@pytest.mark.parametrize("code", ["eur", "EURO", "XXX", "XAU", "", "ABC", None])
def test_an_unknown_currency_is_refused_by_name(code: str) -> None:
    with pytest.raises(ValueError, match=r"Unknown currency .* use an ISO 4217 code"):
        Money(1, code)


@pytest.mark.parametrize("amount", [1.0, True, "1", Decimal(1), None])
def test_an_amount_that_is_not_a_whole_number_is_refused(amount: object) -> None:
    with pytest.raises(TypeError, match="amount must be an int"):
        Money(amount, "EUR")  # type: ignore[arg-type]


def test_an_amount_beyond_64_bits_is_refused() -> None:
    assert Money(2**63 - 1, "EUR").amount == 2**63 - 1
    with pytest.raises(ValueError, match="64 bits"):
        Money(2**63, "EUR")
    with pytest.raises(ValueError, match="64 bits"):
        Money(2**62, "EUR") * 2


def test_arithmetic_within_a_currency() -> None:
    assert eur(1299) + eur(1) == eur(1300)
    assert eur(5) - eur(8) == eur(-3)
    assert eur(250) * 3 == 3 * eur(250) == eur(750)
    assert -eur(5) == eur(-5)
    assert abs(eur(-5)) == eur(5)
    assert Money.zero("JPY") == Money(0, "JPY")
    assert Money.total([eur(1), eur(2), eur(-5)], "EUR") == eur(-2)
    assert Money.total([], "EUR") == eur(0)
    assert [bool(eur(n)) for n in (-1, 0, 1)] == [True, False, True]


def test_comparison_within_a_currency() -> None:
    assert eur(1) < eur(2) <= eur(2)
    assert eur(3) > eur(2) >= eur(2)
    assert sorted([eur(3), eur(-1), eur(2)]) == [eur(-1), eur(2), eur(3)]


@pytest.mark.parametrize("operation", [add, sub, lt, le, gt, ge])
def test_two_currencies_never_mix(operation: object) -> None:
    with pytest.raises(CurrencyMismatch, match="Cannot combine EUR with USD"):
        operation(eur(1), Money(1, "USD"))  # type: ignore[operator]


def test_a_total_of_two_currencies_is_refused_and_equality_is_false() -> None:
    with pytest.raises(CurrencyMismatch):
        Money.total([eur(1), Money(1, "USD")], "EUR")
    assert eur(1) != Money(1, "USD")


@pytest.mark.parametrize("operand", [1.5, Decimal("1.5"), True, "2", None])
def test_multiplying_by_anything_but_a_whole_number_is_refused(operand: object) -> None:
    with pytest.raises(TypeError, match="factor must be an int"):
        eur(1) * operand  # type: ignore[operator]


def test_a_rate_needs_a_rounding() -> None:
    with pytest.raises(TypeError, match="rate must be a Decimal, not float"):
        eur(1).multiply(0.19, Rounding.HALF_UP)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="only with Money, not with int"):
        eur(1) + 1  # type: ignore[operator]


@pytest.mark.parametrize(
    ("rounding", "results"),
    [
        (Rounding.HALF_UP, [1, 2, 3, -1, -2, -3]),
        (Rounding.HALF_EVEN, [0, 2, 2, 0, -2, -2]),
        (Rounding.UP, [1, 2, 3, -1, -2, -3]),
        (Rounding.DOWN, [0, 1, 2, 0, -1, -2]),
    ],
)
def test_halves_round_as_named(rounding: Rounding, results: list[int]) -> None:
    rounded = [eur(n).multiply(Decimal("0.5"), rounding).amount for n in (1, 3, 5, -1, -3, -5)]

    assert rounded == results


@given(amounts, rates, st.sampled_from(Rounding))
def test_multiply_agrees_with_exact_decimal_arithmetic(
    amount: int, rate: Decimal, rounding: Rounding
) -> None:
    with localcontext() as context:
        context.prec = 60
        expected = (amount * rate).quantize(Decimal(1), rounding=DECIMAL_ROUNDING[rounding])

    assert eur(amount).multiply(rate, rounding) == eur(int(expected))


@pytest.mark.parametrize("rate", ["NaN", "Infinity", "1E+999999999", "1E-999999999"])
def test_a_hostile_rate_is_refused_at_once(rate: str) -> None:
    with pytest.raises(ValueError, match="not a usable rate"):
        eur(1).multiply(Decimal(rate), Rounding.HALF_UP)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.99", "EUR", 1299),
        ("-0.05", "EUR", -5),
        ("12.9900", "EUR", 1299),
        ("12", "EUR", 1200),
        ("1299", "JPY", 1299),
        ("1.299", "KWD", 1299),
        (Decimal("1E+3"), "EUR", 100_000),
        (Decimal("0E+999999999"), "EUR", 0),
        (Decimal("0E-999999999"), "EUR", 0),
    ],
)
def test_reads_major_units(text: str | Decimal, currency: str, amount: int) -> None:
    assert Money.from_decimal(text, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("value", "currency", "message"),
    [
        ("12.999", "EUR", "12.999 has too many decimals: EUR has 2"),
        ("0.5", "JPY", "0.5 has too many decimals: JPY has 0"),
        (Decimal("1.0000000000000000000000000000000000001"), "EUR", "too many decimals"),
        (Decimal("1E-999999999"), "EUR", "too many decimals"),
        (Decimal("1E+999999999"), "EUR", "64 bits"),
        ("99999999999999999999", "EUR", "64 bits"),
        (Decimal("NaN"), "EUR", "NaN is not an amount"),
        ("1,99", "EUR", "write it like '12.99'"),
        ("1e3", "EUR", "write it like"),
        ("1_000", "EUR", "write it like"),
        ("١٢", "EUR", "write it like"),
        ("", "EUR", "write it like"),
        (" 1", "EUR", "write it like"),
    ],
)
def test_refuses_what_is_not_exactly_an_amount(value: str | Decimal, currency: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Money.from_decimal(value, currency)


def test_refuses_a_float_as_decimal() -> None:
    with pytest.raises(TypeError, match="must be a Decimal or a str, not float"):
        Money.from_decimal(12.99, "EUR")  # type: ignore[arg-type]


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(["JPY", "EUR", "KWD", "CLF"]))
def test_decimal_round_trip_is_exact_whatever_the_context(amount: int, currency: str) -> None:
    with localcontext() as context:
        context.prec = 3
        money = Money(amount, currency)

        assert Money.from_decimal(money.to_decimal(), currency) == money


def test_reads_well_as_text() -> None:
    assert [str(Money(n, c)) for n, c in ((1299, "EUR"), (-5, "EUR"), (1299, "JPY"), (1, "KWD"))] == [
        "12.99 EUR",
        "-0.05 EUR",
        "1299 JPY",
        "0.001 KWD",
    ]


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 0], [3, 2]),
        (10, [0, 3, 0], [0, 10, 0]),
        (0, [1, 2], [0, 0]),
        (1, [1, 2, 2], [0, 1, 0]),
        (7, [1], [7]),
    ],
)
def test_allocates_by_largest_remainder(amount: int, weights: list[int], parts: list[int]) -> None:
    assert eur(amount).allocate(weights) == [eur(part) for part in parts]


@given(amounts, weights)
def test_allocation_is_exact_and_each_part_is_within_one_unit_of_its_share(
    amount: int, weights: list[int]
) -> None:
    parts = [part.amount for part in eur(amount).allocate(weights)]
    shares = weights if any(weights) else [1] * len(weights)

    assert sum(parts) == amount
    assert all(
        abs(part * sum(shares) - amount * share) < sum(shares)
        for part, share in zip(parts, shares, strict=True)
    )


@given(amounts, weights)
def test_allocation_of_a_refund_mirrors_the_charge(amount: int, weights: list[int]) -> None:
    assert [-part for part in eur(amount).allocate(weights)] == eur(-amount).allocate(weights)


@given(amounts, weights, st.integers(1, 10**6))
def test_allocation_depends_on_proportions_only(amount: int, weights: list[int], scale: int) -> None:
    assert eur(amount).allocate(weights) == eur(amount).allocate([weight * scale for weight in weights])


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([], ValueError, "weights is empty"),
        ([1, -1], ValueError, "must not be negative"),
        ([0.5, 0.5], TypeError, "weight must be an int, not float"),
    ],
)
def test_unusable_weights_are_refused(weights: list[int], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        eur(1).allocate(weights)


def test_money_is_a_value() -> None:
    money = eur(1299)

    with pytest.raises(AttributeError):
        money.amount = 1  # type: ignore[misc]
    assert len({money, eur(1299), eur(1)}) == 2
    assert pickle.loads(pickle.dumps(money)) == copy.deepcopy(money) == money


class Line(BaseModel):
    price: Money


def test_json_is_amount_and_currency_for_pydantic_and_orjson() -> None:
    line = Line.model_validate_json('{"price": {"amount": 1299, "currency": "EUR"}}')

    assert line.price == eur(1299)
    assert line.model_dump_json() == '{"price":{"amount":1299,"currency":"EUR"}}'
    assert orjson.dumps(eur(1299)) == b'{"amount":1299,"currency":"EUR"}'
    assert Line(price=eur(1)).price == eur(1)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"amount": 12.0, "currency": "EUR"}', ("amount",)),
        ('{"amount": "12", "currency": "EUR"}', ("amount",)),
        ('{"amount": true, "currency": "EUR"}', ("amount",)),
        ('{"amount": 9223372036854775808, "currency": "EUR"}', ("amount",)),
        ('{"amount": 12, "currency": "eur"}', ("currency",)),
        ('{"amount": 12, "currency": "ABC"}', ()),
        ('{"amount": 12}', ("currency",)),
        ('{"amount": 12, "currency": "EUR", "exponent": 2}', ("exponent",)),
    ],
)
def test_bad_json_is_refused_where_it_is_wrong(body: str, place: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Money).validate_json(body)

    assert [error["loc"] for error in caught.value.errors()] == [place]


def test_the_openapi_schema_names_money_once() -> None:
    schema = Line.model_json_schema()

    assert schema["properties"]["price"] == {"$ref": "#/$defs/Money"}
    assert schema["$defs"]["Money"]["required"] == ["amount", "currency"]
    assert schema["$defs"]["Money"]["additionalProperties"] is False
    assert schema["$defs"]["Money"]["properties"]["amount"]["type"] == "integer"
    assert schema["$defs"]["Money"]["properties"]["currency"]["pattern"] == "^[A-Z]{3}$"
