# SPDX-License-Identifier: Apache-2.0
"""Filtering listings of products by fields: the catalogue puts our condition into its own statement."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from shopwright.context import Context
from shopwright.errors import FieldError
from shopwright.i18n import translatable
from shopwright_catalog.api import ListingFilter
from shopwright_custom_fields.api import CustomField, Visibility
from shopwright_custom_fields.services import definitions, kinds, references
from shopwright_custom_fields.services.save import index_text
from shopwright_custom_fields.services.written import from_text
from shopwright_custom_fields.services.wrong import Wrong

ENTITY = "catalog.product"
RANGES = {
    "integer": "1..5",
    "decimal": "0.5..2.5",
    "date": "2026-01-01..2026-12-31",
    "datetime": "2026-01-01..2026-12-31",
}
"""Kinds that are filtered by ranges, each with an example."""
_SQL = "SELECT i.entity_id FROM custom_fields_index i WHERE i.entity = $1 AND i.key = $2 AND i.value = ANY($3::text[])"
_RANGE = """
SELECT i.entity_id FROM custom_fields_index i JOIN unnest($3::double precision[], $4::double precision[])
    AS r (least, most) ON i.number >= r.least AND i.number <= r.most WHERE i.entity = $1 AND i.key = $2
"""
_ONE_RANGE = """
SELECT i.entity_id FROM custom_fields_index i WHERE i.entity = $1 AND i.key = $2
    AND i.number >= $3::double precision AND i.number <= $4::double precision
"""
_DAY = 86400.0
_INFINITE = float("inf")


async def fields(ctx: Context) -> dict[str, CustomField]:
    """Give the fields that products are filtered by, of those that the actor may see: staff see more than customers."""
    if ctx.visit is not None:
        ctx.visit.tag(definitions.TAG, f"custom_fields.{ENTITY}")
    seen: Sequence[Visibility] = definitions.seen_by(ctx) if ctx.actor.kind == "staff" else ("storefront",)
    found = await definitions.fields_of(ctx, ENTITY, seen)
    return {key: field for key, field in found.items() if field.filterable}


async def listing_filters(ctx: Context, wanted: Sequence[tuple[str, str]]) -> list[ListingFilter]:
    """Give conditions for the keys that are fields; several values of one key: any of them.

    A range that cannot be read is wrong; any other value that the field does not take finds nothing.
    """
    known = await fields(ctx)
    by_key: dict[str, list[str]] = {}
    for key, value in wanted:
        if key in known:
            by_key.setdefault(key, []).append(value)
    return [await _condition(ctx, known[key], given) for key, given in by_key.items()]


async def _condition(ctx: Context, field: CustomField, given: Sequence[str]) -> ListingFilter:
    if field.kind not in RANGES or not any(".." in value for value in given):
        return ListingFilter(field.key, _SQL, (ENTITY, field.key, await _values(ctx, field, given)))
    try:
        found = [_range(field, value) for value in given]
    except Wrong as error:
        words = ctx.gettext(error.words, **error.values)
        return ListingFilter(field.key, "", wrong=FieldError("/filter", error.code, words))
    least, most = [x for x, _ in found], [x for _, x in found]
    if len(found) == 1:
        return ListingFilter(field.key, _ONE_RANGE, (ENTITY, field.key, least[0], most[0]))
    return ListingFilter(field.key, _RANGE, (ENTITY, field.key, least, most))


def _range(field: CustomField, value: str) -> tuple[float, float]:
    """Read ``from..to``; a single value is both ends, and a day as the end of a range of moments is all of it.

    Raises:
        Wrong: it is no range of this field.
    """
    try:
        least, dots, most = (part.strip() for part in value.partition(".."))
        if not least and not most:
            raise ValueError(value)
        most = most if dots else least
        ends = (
            number_of(field, least) if least else -_INFINITE,
            number_of(field, most, is_end=True) if most else _INFINITE,
        )
    except (ValueError, Wrong):
        words = translatable(
            "The filter %(key)s takes a range like %(example)s, and either end may be left out: “%(value)s” is none."
        )
        example = f"{field.key}:{RANGES[field.kind]}"
        raise Wrong("range_wrong", words, key=field.key, example=example, value=value[:80]) from None
    if ends[0] > ends[1]:
        words = translatable(
            "The range of the filter %(key)s ends before it begins: put the smaller value first."
        )
        raise Wrong("range_reversed", words, key=field.key)
    return ends


def number_of(field: CustomField, text: str, *, is_end: bool = False) -> float:
    """Give the number under which the index has a value (``custom_fields_number``).

    Raises:
        ValueError, Wrong: it is no value of this kind.
    """
    if field.kind in {"integer", "decimal"}:
        number = kinds.read_decimal(text.strip().replace(",", "."))
        if number is None:
            raise ValueError(text)
        return float(number)
    if len(text) == len("2026-12-24"):
        moment = datetime.combine(date.fromisoformat(text), time.max if is_end else time.min, UTC)
        if field.kind == "date":
            moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    else:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    days = moment.year * 372 + moment.month * 31 + moment.day
    return days * _DAY + moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6


async def _values(ctx: Context, field: CustomField, given: Sequence[str]) -> list[str]:
    """Write values as they stand in the index; what the field does not take finds nothing."""
    if field.kind == "product":
        return [str(id_) for id_ in (await references.ids_of(ctx, given)).values()]
    found = []
    for text in given:
        try:
            value = kinds.check(field, from_text(field, text, ctx.store.currency))
        except Wrong:
            continue
        found += [index_text(part) for part in (value if isinstance(value, list) else [value])]
    return found
