# SPDX-License-Identifier: Apache-2.0
"""What a merchant's own template can reach, and how much work it can be."""

import asyncio
import time
import tracemalloc
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from jinja2.exceptions import SecurityError, TemplateError
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from shopwright.context import Context
from shopwright.money import Money
from shopwright.templating import environments, rendering
from shopwright.templating.loader import ChainLoader
from shopwright.templating.meter import LimitReached, Meter, collected
from shopwright.templating.rendering import Rendering


@dataclass(frozen=True)
class View:
    title: str
    price: Money
    tags: tuple[str, ...] = ()
    settings: Any = None

    @property
    def shout(self) -> str:
        return self.title.upper()

    def delete(self) -> str:
        return "deleted"


@dataclass
class Changeable:
    secret: str = "s3cret"


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)
    name: str

    def wipe(self) -> str:
        return "wiped"


CTX = Context(
    kernel=SimpleNamespace(secret_keys=("k3y",)), store=None, plans=None, actor=None, locale="en", currency="EUR",
    request_id="r",
)  # fmt: skip
VALUES = {
    "page": View("Lamp & shade", Money(4900, "EUR"), ("oak", "brass"), MappingProxyType({"heading": "Hi"})),
    "record": Record(name="Ada"),
    "changeable": Changeable(),
    "ctx": CTX,
    "kernel": SimpleNamespace(secret_keys=("k3y",)),
    "html": Markup("<b>bold</b>"),
    "rows": [{"n": n, "price": Money(n, "EUR")} for n in (3, 1, 2)],
    "id": UUID(int=7),
    "function": len,
}


async def render(source: str, **others: str) -> str:
    loader = ChainLoader("alpha", {"page.html": source, **others}, [], [])
    environment = environments.untrusted(loader, environments.MemoryCode())
    meter = Meter()
    token = rendering.enter(Rendering(None, CTX, meter, 0))
    try:
        parts = environment.get_template("page.html").generate_async(VALUES)
        return await collected(parts, meter)
    finally:
        rendering.leave(token)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ page.title }} {{ page.shout }}", "Lamp &amp; shade LAMP &amp; SHADE"),
        ("{{ page.price | money }}", "€49.00"),
        ("{{ page.price.amount + 100 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ -page.price.amount }}", "5000 3 3 -4900"),
        ("{{ page.settings.heading }} {{ page.settings['heading'] }} {{ page.settings.get('x', '-') }}", "Hi Hi -"),
        ("{{ record.name }} {{ id }}", "Ada 00000000-0000-0000-0000-000000000007"),
        ("{{ html }}{{ html ~ '<' }}", "<b>bold</b><b>bold</b>&lt;"),
        ("{% for tag in page.tags %}{{ loop.index }}/{{ loop.length }} {{ tag }} {% endfor %}", "1/2 oak 2/2 brass "),
        ("{% for tag in page.tags %}{{ loop.cycle('a', 'b') }}{{ loop.last }} {% endfor %}", "aFalse bTrue "),
        ("{{ page.tags | join(', ') }} {{ page.tags | length }} {{ page.tags | first }}", "oak, brass 2 oak"),
        ("{% for row in rows | sort(attribute='n') %}{{ row.n }}{% endfor %}", "123"),
        ("{{ rows | map(attribute='n') | join('-') }} {{ rows | sum('n') }}", "3-1-2 6"),
        ("{{ rows | selectattr('n', 'gt', 1) | list | length }} {{ rows | sum('price', page.price) | money }}", "2 €49.06"),
        ("{% for group in rows | groupby('n') %}{{ group.grouper }}{{ group.list | length }} {% endfor %}", "31 11 21 "),
        ("{% for row in rows | batch(2) %}[{{ row | length }}]{% endfor %}", "[2][1]"),
        ("{{ page.title | upper | replace('LAMP', 'Sun') | truncate(5, true) }}", "Sun …"),
        ("{% if page.price.amount > 4000 and 'oak' in page.tags %}yes{% endif %}", "yes"),
        ("{% if missing is defined %}a{% else %}b{% endif %}{{ missing | default('c') }}", "bc"),
        ("{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "3"),
        (("{% macro hello(name) %}Hello {{ name }}{% if caller is defined %}{{ caller() }}{% endif %}{% endmacro %}"
         "{{ hello('you') }}{% call hello('we') %}!{% endcall %}"), "Hello youHello we!"),
        ("{% trans name='<i>' %}Dear {{ name }}, 100% ours{% endtrans %}", "Dear &lt;i&gt;, 100% ours"),
        ("{% trans count=rows | length %}{{ count }} row{% pluralize %}{{ count }} rows{% endtrans %}", "3 rows"),
        ("{{ _('%(n)s < all', n=3) }}", "3 &lt; all"),
        ("{% set x %}<p>{{ page.title }}</p>{% endset %}{{ x }}", "<p>Lamp &amp; shade</p>"),
    ],
)  # fmt: skip
async def test_a_template_can_say_what_pages_need(source, text):
    assert await render(source) == text


@pytest.fixture(autouse=True)
def translated(monkeypatch):
    """A context without a kernel has no translator; an empty one says texts as they are."""
    from shopwright.i18n import TranslationRegistry

    registry = TranslationRegistry()
    monkeypatch.setattr(CTX.kernel, "translations", registry, raising=False)


async def test_parts_of_a_page_come_from_other_templates():
    others = {
        "layout.html": "<main>{% block content %}{% endblock %}</main>",
        "part.html": "[{{ page.title }}]",
        "macros.html": "{% macro cost(of) %}{{ of | money }}{% endmacro %}",
    }
    source = (
        '{% extends "layout.html" %}{% from "macros.html" import cost %}{% import "macros.html" as m %}'
        '{% block content %}{% include "part.html" %}{{ cost(page.price) }}{{ m.cost(page.price) }}{{ self.x() }}'
        "{% endblock %}{% block x %}{% endblock %}"
    )

    assert await render(source, **others) == "<main>[Lamp &amp; shade]€49.00€49.00</main>"


OUT_OF_REACH = {
    "class": "{{ ''.__class__ }}",
    "mro": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "class by item": "{{ ''['__class__'] }}",
    "class by filter": "{{ '' | attr('__class__') }}",
    "class by map": "{{ ['x'] | map(attribute='__class__') | list | first }}",
    "class by sort": "{{ rows | sort(attribute='__class__') | list | length }}",
    "class by selectattr": "{{ rows | selectattr('__class__') | list | length }}",
    "class by groupby": "{{ rows | groupby('__class__') | length }}",
    "class by concatenation": "{{ page['__cla' ~ 'ss__'] }}",
    "format": "{{ '{0.__class__}'.format(page) }}",
    "format_map": "{{ '{a.__class__}'.format_map({'a': page}) }}",
    "format of markup": "{{ html.format(page) }}",
    "format filter": "{{ '%s' | format(page) }}",
    "percent": "{{ '%(a)s' % {'a': 1} }}",
    "wide translation": "{{ _('%(n)999999999d', n=1) | length > 100 or [].x }}",
    "method of a view": "{{ page.delete() }}",
    "method of a view not called": "{{ page.delete }}",
    "method of a model": "{{ record.wipe() }}",
    "model internals": "{{ record.model_dump() }}",
    "model copy": "{{ record.model_copy }}",
    "changeable object": "{{ changeable.secret }}",
    "changeable object shown": "{{ changeable }}",
    "context": "{{ ctx.store }}",
    "context shown": "{{ ctx }}",
    "kernel": "{{ kernel.secret_keys }}",
    "kernel of the context": "{{ ctx.kernel }}",
    "function": "{{ function([1]) }}",
    "function shown": "{{ function }}",
    "a helper's globals": "{{ url.__globals__ }}",
    "a helper's context": "{{ slot.__closure__ }}",
    "self": "{{ self._TemplateReference__context }}",
    "self by dict": "{{ self.__dict__ }}",
    "loop internals": "{% for x in [1] %}{{ loop._iterator }}{% endfor %}",
    "macro internals": "{% macro m() %}{% endmacro %}{{ m._environment }}",
    "macro function": "{% macro m() %}{% endmacro %}{{ m._func }}",
    "namespace internals": "{{ namespace().__class__ }}",
    "range": "{{ range.__self__ }}",
    "lipsum": "{{ lipsum.__globals__ }}",
    "cycler": "{{ cycler.__init__ }}",
    "joiner": "{{ joiner() }}",
    "dict": "{{ dict(a=1) }}",
    "list shown": "{{ [1, 2] }}",
    "change of a list": "{{ rows.append(1) }}",
    "change of a mapping": "{{ rows[0].update({'n': 9}) }}",
    "pop": "{{ rows[0].pop('n') }}",
    "safe": "{{ '<script>' | safe }}",
    "autoescape": "{% autoescape false %}{{ '<' }}{% endautoescape %}",
    "pprint": "{{ rows | pprint }}",
    "tojson": "{{ rows | tojson }}",
    "xmlattr": "{{ {'a': 1} | xmlattr }}",
    "our checks": "{{ 5 | _written }}",
    "do": "{% do rows.append(1) %}",
    "debug": "{% debug %}",
    "traversal": "{% include '../../../etc/passwd' %}",
    "absolute path": "{% include '/etc/passwd' %}",
    "amount without currency": "{{ page.price }}",
    "mapping key attribute": "{{ rows[0].__class__ }}",
    "tuple attribute": "{{ page.tags.count }}",
    "float method": "{{ (1.5).hex() }}",
    "recursive loop": "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "unicode name": "{{ ''.__ｃlass__ }}",
}


@pytest.mark.parametrize("source", OUT_OF_REACH.values(), ids=OUT_OF_REACH)
async def test_what_is_not_a_frozen_value_is_out_of_reach(source):
    with pytest.raises(TemplateError):
        await render(source)


TOO_MUCH = {
    "nested loops": "{% for a in range(2000) %}{% for b in range(2000) %}{% endfor %}{% endfor %}",
    "long range": "{% for a in range(99999999) %}{% endfor %}",
    "multiplied text": "{{ 'x' * 200000000 }}",
    "multiplied list": "{{ ([1] * 200000000) | length }}",
    "doubled text": "{% set ns = namespace(s='x' ~ 'y') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s | length }}",
    "added text": "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(40) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "doubled list": "{% set ns = namespace(s=[1]) %}{% for i in range(40) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "doubled number": "{% set ns = namespace(n=99) %}{% for i in range(60) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "round": "{{ 5.5 | round(900000000) }}",
    "center": "{{ 'x' | center(200000000) }}",
    "center method": "{{ 'x'.center(200000000) }}",
    "ljust method": "{{ 'x'.ljust(200000000) }}",
    "zfill method": "{{ 'x'.zfill(200000000) }}",
    "replace method": "{{ 'x'.replace('x', 'y') }}",
    "join method": "{{ 'x'.join(rows) }}",
    "replace": "{% set s = 'x' ~ 'yyyyyyyyy' %}{% for i in range(9) %}{% endfor %}{{ range(20000) | join('aaaaaaaa') | replace('a', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb') }}",
    "join": "{{ range(90000) | join('xxxxxxxxxxxxxxxxxxxx') }}",
    "indent": "{{ 'x\ny' | indent(200000000) }}",
    "batch": "{{ [1] | batch(200000000, 'x') | list | length }}",
    "long output": "{% for i in range(90000) %}" + "x" * 1000 + "{% endfor %}",
    "long output of values": "{% set s = '" + "x" * 90000 + "' %}{% for i in range(9000) %}{{ s }}{% endfor %}",
    "long captured output": "{% set y %}{% for i in range(90000) %}" + "x" * 9000 + "{% endfor %}{% endset %}",
    "captured values": "{% set s = '" + "x" * 9000 + "' %}{% set y %}{% for i in range(9000) %}{{ s }}{{ s }}{{ s }}{{ s }}{% endfor %}{% endset %}",
    "macro recursion": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "macro fan": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(30) }}",
    "include of itself": "{% include 'page.html' %}",
    "include fan": "{% set n = n | default(20) - 1 %}{% if n %}{% include 'page.html' %}{% include 'page.html' %}{% endif %}",
    "extends itself": "{% extends 'page.html' %}",
    "imports itself": "{% import 'page.html' as me %}",
    "block calls itself": "{% block a %}{{ self.a() }}{% endblock %}",
    "compared nests": "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}",
    "nest in nest": "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a in [ns.b] }}",
    "nest by test": "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a is eq(ns.b) }}",
    "nest shown": "{% set ns = namespace(a=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}",
    "nest as text": "{% set ns = namespace(a=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a | string }}",
    "nest joined": "{% set ns = namespace(a=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a | join }}",
    "nest escaped": "{% set ns = namespace(a=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a | e }}",
    "nest as key": "{% set ns = namespace(a=(1,)) %}{% for i in range(40) %}{% set ns.a = (ns.a, ns.a) %}{% endfor %}{{ {ns.a: 1} | length }}",
    "nest as item": "{% set ns = namespace(a=(1,)) %}{% for i in range(40) %}{% set ns.a = (ns.a, ns.a) %}{% endfor %}{{ rows[0][ns.a] }}",
    "nest got": "{% set ns = namespace(a=(1,)) %}{% for i in range(40) %}{% set ns.a = (ns.a, ns.a) %}{% endfor %}{{ rows[0].get(ns.a) }}",
    "nest in an address": "{% set ns = namespace(a=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ url('x', a=ns.a) }}",
    "nest unique": "{% set ns = namespace(a=(1,)) %}{% for i in range(40) %}{% set ns.a = (ns.a, ns.a) %}{% endfor %}{{ [ns.a, ns.a] | unique | list | length }}",
    "nest of arguments": "{% macro m() %}{{ varargs | string }}{% endmacro %}{{ m([1], [2]) }}",
    "nest of keywords": "{% macro m() %}{{ kwargs }}{% endmacro %}{{ m(a=1) }}",
    "loop changed": "{% for x in [1] %}{{ loop.changed(x) }}{% endfor %}",
    "sum of lists": "{{ [[1], [2]] | sum(start=[]) | string }}",
    "deep expression": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "long number": "{{ " + "9" * 10000 + " }}",
    "wide plural": "{{ ngettext('%(num)999999999d', '', 1) }}",
}  # fmt: skip


@pytest.mark.parametrize("source", TOO_MUCH.values(), ids=TOO_MUCH)
async def test_a_template_that_is_too_much_is_ended_soon(source):
    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises((TemplateError, RecursionError, ValueError)):
            await render(source)
        spent = time.perf_counter() - started
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert spent < 8
    assert peak < 64_000_000


async def test_others_are_served_while_a_long_template_runs():
    longest = 0.0
    busy = True

    async def heartbeat() -> None:
        nonlocal longest
        while busy:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    beat = asyncio.create_task(heartbeat())
    with pytest.raises(LimitReached):
        await render("{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}")
    busy = False
    await beat

    assert longest < 0.25


async def test_waiting_for_others_does_not_count_as_time():
    meter = Meter()
    with meter.aside():
        await asyncio.sleep(0.05)
    meter.step()

    assert meter.seconds < 0.04


async def test_time_counts():
    meter = Meter()
    meter.seconds = 1.9999
    deadline = time.perf_counter() + 0.01
    while time.perf_counter() < deadline:
        pass
    with pytest.raises(LimitReached, match="longer than 2 seconds"):
        meter.step(0)


async def test_refusals_say_what_to_do_instead():
    with pytest.raises(SecurityError, match=r"write an amount with the filter money"):
        await render("{{ page.price }}")
    with pytest.raises(SecurityError, match=r"'delete' of a View is out of reach"):
        await render("{{ page.delete }}")
    with pytest.raises(SecurityError, match=r"put texts together with ~"):
        await render("{{ 'a' * 3 }}")
