# SPDX-License-Identifier: Apache-2.0
"""The admin plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from shopwright.http.routing import Route
from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_admin import hookspecs
from shopwright_admin.views import (
    account,
    api_keys,
    dashboard,
    language,
    plugins,
    recovery,
    roles,
    sign_in,
    staff,
    templates,
    theme,
    two_factor,
)


class Plugin(BasePlugin):
    """The merchant's side: sign-in, navigation, lists, forms and plugin switches."""

    manifest: ClassVar[Manifest] = Manifest(
        name="admin",
        version="0.1.0",
        title="Admin",
        summary="The merchant's side: sign-in, navigation, lists, forms and plugin switches.",
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [
            *sign_in.routes, *recovery.routes, *account.routes, *language.routes, *two_factor.routes, *dashboard.routes,
            *plugins.routes, *plugins.api, *staff.routes, *roles.routes, *api_keys.routes,
            *theme.routes, *templates.routes,
        ]  # fmt: skip
