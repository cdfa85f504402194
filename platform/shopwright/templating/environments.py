# SPDX-License-Identifier: Apache-2.0
"""The Jinja environments of one store: one for trusted files, one for when the store has templates of its own."""

from collections.abc import Iterator
from types import CodeType, TracebackType
from typing import Any, TypeVar

from jinja2 import BytecodeCache, Environment, StrictUndefined, Template
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.exceptions import TemplateSyntaxError

from shopwright.templating import rendering
from shopwright.templating.loader import ChainLoader
from shopwright.templating.sandbox import SandboxEnvironment

E = TypeVar("E", bound=Environment)


class MemoryCode(BytecodeCache):
    """Compiled templates, kept while the process lives: a change of settings compiles nothing anew."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = (bucket.checksum, bucket.code)


class _Template(Template):
    """A template whose module is made anew for each import: what it says depends on who reads it."""

    async def _get_default_module_async(self, ctx: Any = None) -> TemplateModule:
        del ctx
        return await self.make_module_async()


def trusted(loader: ChainLoader, code: MemoryCode) -> Environment:
    """Make the environment of files."""
    return _furnished(Environment(autoescape=True, **_options(loader, code)))


def untrusted(loader: ChainLoader, code: MemoryCode) -> SandboxEnvironment:
    """Make the environment of a store with templates of its own."""
    return _furnished(SandboxEnvironment(autoescape=True, **_options(loader, code)))


def _options(loader: ChainLoader, code: MemoryCode) -> dict[str, Any]:
    return {
        "loader": loader, "enable_async": True, "undefined": StrictUndefined,
        "trim_blocks": True, "lstrip_blocks": True, "auto_reload": False, "cache_size": -1,
        "extensions": ["jinja2.ext.i18n"], "bytecode_cache": code,
    }  # fmt: skip


def _furnished(environment: E) -> E:
    environment.template_class = _Template
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(rendering.FUNCTIONS)
    environment.filters.update(rendering.FILTERS)
    return environment


def place_of(error: BaseException, loader: ChainLoader) -> tuple[str, int] | None:
    """Find the template and line an error comes from, the innermost one."""
    if isinstance(error, TemplateSyntaxError):
        return error.name or "", error.lineno
    found = None
    for file, line in _steps(error.__traceback__):
        if file in loader.names:
            found = loader.names[file], line
    return found


def _steps(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    while traceback is not None:
        yield traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
