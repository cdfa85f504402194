# SPDX-License-Identifier: Apache-2.0
"""Every mode, failure policy and limit of the call loop."""

import asyncio
import types
from typing import ClassVar

import pytest

from shopwright.actor import SYSTEM
from shopwright.clock import FakeClock
from shopwright.errors import Overloaded, Rejected, Rejection
from shopwright.hooks import Breakers, HookError, Hooks, StorePlans, hookspec
from shopwright.hooks.budget import uncounted
from shopwright.ids import new_id
from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.registry import Registry


@hookspec("register")
def things():
    """Give things."""


@hookspec("collect")
async def items(ctx, number):
    """Give items."""


@hookspec("collect", on_error="open", budget=0.05)
async def lenient_items(ctx, number):
    """Give items, or be left out."""


@hookspec("collect", on_error="open", budget=0.05, concurrent=True)
async def remote_items(ctx, number):
    """Give items from far away."""


@hookspec("first")
async def answer(ctx, question):
    """Answer."""


@hookspec("filter", on_error="core")
async def change(ctx, value):
    """Change a value."""


@hookspec("veto")
async def objection(ctx):
    """Object."""


@hookspec("around")
async def wrapping(ctx, call_next):
    """Wrap."""


@hookspec("collect", on_error="open", coded=True)
async def offers(ctx, number):
    """Give items with codes."""


SPECS = types.ModuleType("specs")
for spec in (things, items, lenient_items, remote_items, answer, change, objection, wrapping, offers):
    spec.__module__ = "specs"
    setattr(SPECS, spec.__name__, spec)


def plugin(name, requires=(), **functions):
    """Make a plugin class of hook implementations."""
    marked = {key: hookimpl(function) for key, function in functions.items()}
    body = {
        "manifest": Manifest(name=name, version="1", title=name, summary=name, requires=requires),
        **marked,
    }
    return type("Plugin", (BasePlugin,), body)


class Owner(BasePlugin):
    manifest: ClassVar[Manifest] = Manifest(name="owner", version="1", title="o", summary="o")
    hookspecs = (SPECS,)


def hooks_of(*plugins, active=None, clock=None, on_change=None) -> Hooks:
    extra = {p.manifest.name: p for p in (Owner, *plugins)}
    registry = Registry.load([], extra=extra)
    assert registry.problems == []
    plans = StorePlans(registry, new_id(), frozenset(active or registry.plugins))
    return Hooks(
        types.SimpleNamespace(actor=SYSTEM), plans, Breakers(clock or FakeClock(), on_change=on_change)
    )


def gives(*found):
    async def implementation(self, number):
        return [number, *found]

    return implementation


def gives_codes(*codes):
    async def implementation(self, number):
        return [types.SimpleNamespace(code=code) for code in codes]

    return implementation


def fails(error):
    async def implementation(self, number):
        raise error

    return implementation


async def hangs(self, number):
    await asyncio.sleep(3600)


async def test_collect_gives_one_list_in_the_order_of_requires():
    hooks = hooks_of(
        plugin("zebra", ("owner",), items=gives("z")), plugin("ant", ("zebra", "owner"), items=gives("a"))
    )

    assert await hooks.collect(items, number=1) == [1, "z", 1, "a"]


async def test_a_plugin_that_is_off_is_never_asked():
    bad = plugin("bad", ("owner",), items=fails(RuntimeError("asked")))

    assert await hooks_of(bad, active=["owner"]).collect(items, number=1) == []


async def test_a_closed_hook_fails_with_the_names_of_plugin_and_hook():
    hooks = hooks_of(plugin("bad", ("owner",), items=fails(RuntimeError("no"))))

    with pytest.raises(HookError, match=r"plugin 'bad' failed in hook 'items': RuntimeError: no"):
        await hooks.collect(items, number=1)


@pytest.mark.parametrize("spec", [lenient_items, remote_items], ids=lambda spec: spec.__name__)
@pytest.mark.parametrize(
    "bad", [hangs, fails(RuntimeError("no")), gives(*range(1000))], ids=["hangs", "fails", "greedy"]
)
async def test_an_open_hook_leaves_out_who_fails_hangs_or_answers_too_much(spec, bad):
    good = plugin("a_good", ("owner",), **{spec.__name__: gives("x")})
    hooks = hooks_of(good, plugin("bad", ("owner",), **{spec.__name__: bad}))

    assert await hooks.collect(spec, number=1) == [1, "x"]


async def test_no_plugin_gives_codes_in_the_name_of_another():
    hooks = hooks_of(
        plugin("good", ("owner",), offers=gives_codes("good.a", "good.b")),
        plugin("thief", ("owner",), offers=gives_codes("thief.a", "good.c")),
        plugin("twice", ("owner",), offers=gives_codes("twice.a", "twice.a")),
        plugin("unnamed", ("owner",), offers=gives_codes("unnamed")),
    )

    assert [found.code for found in await hooks.collect(offers, number=1)] == ["good.a", "good.b"]


async def test_first_stops_at_the_first_answer():
    async def known(self, question):
        return 42

    async def silent(self, question):
        return None

    async def never(self, question):
        raise AssertionError("asked although the answer is known")

    a, c = plugin("a_silent", ("owner",), answer=silent), plugin("c_late", ("owner",), answer=never)
    hooks = hooks_of(a, plugin("b_known", ("owner",), answer=known), c)

    assert await hooks.first(answer, question="?") == 42
    assert await hooks.first_recorded(answer, question="?") == (42, "b_known")
    assert await hooks_of(a).first_recorded(answer, question="?") == (None, "")


async def test_filter_hands_the_value_on_records_who_changed_it_and_keeps_the_last_good_one():
    async def twice(self, value):
        return value * 2

    async def broken(self, value):
        raise RuntimeError("no")

    async def plus(self, value):
        return value + 1

    hooks = hooks_of(
        plugin("a_twice", ("owner",), change=twice),
        plugin("b_broken", ("owner",), change=broken),
        plugin("c_plus", ("owner",), change=plus),
    )

    value, changes = await hooks.filter_recorded(change, 5)

    assert value == 11
    assert [(c.plugin, c.before, c.after) for c in changes] == [("a_twice", 5, 10), ("c_plus", 10, 11)]


async def test_veto_shows_all_objections():
    async def one(self):
        return [Rejection("aa.no", "No.")]

    async def two(self):
        return [Rejection("bb.no", "Never.", "field")]

    hooks = hooks_of(plugin("aa", ("owner",), objection=one), plugin("bb", ("owner",), objection=two))

    with pytest.raises(Rejected) as caught:
        await hooks.veto(objection)

    assert [(e.code, e.pointer) for e in caught.value.errors] == [("aa.no", ""), ("bb.no", "/field")]


async def test_around_wraps_with_the_first_plugin_outermost():
    def wrapper(name):
        async def wrap(self, call_next):
            return f"{name}({await call_next()})"

        return wrap

    async def inner():
        return "x"

    hooks = hooks_of(
        plugin("aa", ("owner",), wrapping=wrapper("aa")), plugin("bb", ("owner",), wrapping=wrapper("bb"))
    )

    assert await hooks.around(wrapping, inner) == "aa(bb(x))"


async def test_a_breaker_opens_after_five_failures_and_tries_again_after_a_rest():
    asked = []
    news = []

    async def flaky(self, number):
        asked.append(number)
        raise RuntimeError("no")

    clock = FakeClock()
    hooks = hooks_of(
        plugin("flaky", ("owner",), lenient_items=flaky),
        clock=clock,
        on_change=lambda key, is_open, _: news.append((key.plugin, is_open)),
    )

    for number in range(8):
        await hooks.collect(lenient_items, number=number)
    clock.advance(31)
    await hooks.collect(lenient_items, number=99)

    assert asked == [0, 1, 2, 3, 4, 99]
    assert news == [("flaky", True), ("flaky", True)], "when it opened, and when its trial failed"


async def test_the_callers_cancellation_is_not_a_plugins_failure():
    news = []
    hooks = hooks_of(plugin("slow", ("owner",), items=hangs), on_change=lambda *change: news.append(change))
    task = asyncio.create_task(hooks.collect(items, number=1))
    await asyncio.sleep(0.01)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert news == []


async def test_waiting_for_the_platform_is_not_counted_but_the_plugins_own_time_is():
    async def waits(self, number):
        with uncounted():
            await asyncio.sleep(0.15)
        await asyncio.sleep(0.001)
        return [number]

    async def waits_then_dawdles(self, number):
        with uncounted():
            await asyncio.sleep(0.05)
        await asyncio.sleep(3600)

    assert await hooks_of(plugin("busy", ("owner",), lenient_items=waits)).collect(
        lenient_items, number=1
    ) == [1]
    slow = hooks_of(plugin("slow", ("owner",), lenient_items=waits_then_dawdles))
    assert await slow.collect(lenient_items, number=1) == []


async def test_a_call_inside_a_call_and_work_side_by_side_pause_both_budgets():
    async def side_by_side(self, number):
        async def wait(seconds):
            with uncounted():
                await asyncio.sleep(seconds)

        await asyncio.gather(wait(0.1), wait(0.15))
        return [number]

    inner = hooks_of(plugin("inner", ("owner",), lenient_items=side_by_side))

    async def asks(self, number):
        return await inner.collect(lenient_items, number=number)

    outer = hooks_of(plugin("outer", ("owner",), lenient_items=asks))
    assert await outer.collect(lenient_items, number=7) == [7]


@pytest.mark.parametrize("spec", [lenient_items, remote_items], ids=lambda spec: spec.__name__)
async def test_too_much_load_is_nobodys_failure_and_ends_the_call(spec):
    news = []
    hooks = hooks_of(
        plugin("busy", ("owner",), **{spec.__name__: fails(Overloaded())}),
        on_change=lambda *change: news.append(change),
    )

    for _ in range(10):
        with pytest.raises(Overloaded):
            await hooks.collect(spec, number=1)
    assert news == []


async def test_a_hook_is_called_in_its_own_mode_with_keywords_only():
    hooks = hooks_of()

    with pytest.raises(TypeError, match="items is a collect hook"):
        await hooks.first(items, number=1)
    with pytest.raises(TypeError, match="keyword arguments only"):
        await hooks.collect(items, 1)


def test_a_spec_that_contradicts_itself_is_refused():
    with pytest.raises(TypeError, match="closed, without budget"):

        @hookspec("collect", on_error="open")
        async def reads(ctx, session): ...

    with pytest.raises(TypeError, match="only a collect hook may be concurrent"):

        @hookspec("first", concurrent=True)
        async def asks(ctx): ...

    with pytest.raises(TypeError, match="plain function without parameters"):

        @hookspec("register")
        async def registers(): ...
