# SPDX-License-Identifier: Apache-2.0
"""The page that shows the API documents: Swagger UI from its wheel, started without any inline script."""

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from markupsafe import Markup

from shopwright.http.responses import html

if TYPE_CHECKING:
    from shopwright.context import Context

_OURS = Path(__file__).parent / "assets"
_OWN = ("api-docs.css", "api-docs.js")
_VIEWER = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js")
_PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/kernel/swagger-ui.css">
<link rel="stylesheet" href="/static/kernel/api-docs.css">
</head>
<body>
<main id="api-docs" data-documents="{documents}" data-csrf-token="{token}"></main>
<script src="/static/kernel/swagger-ui-bundle.js"></script>
<script src="/static/kernel/swagger-ui-standalone-preset.js"></script>
<script src="/static/kernel/api-docs.js"></script>
</body>
</html>
""")


def page(ctx: "Context") -> web.Response:
    """Show the documents of both APIs of a store."""
    documents = [
        {"name": "Storefront", "url": "/api/v1/openapi.json"},
        {"name": "Admin", "url": "/api/admin/v1/openapi.json"},
    ]
    token = ctx.visit.csrf_token if ctx.visit else ""
    return html(_PAGE.format(title=f"{ctx.store.name} API", documents=json.dumps(documents), token=token))


def folder_of(name: str) -> Path | None:
    """Give the folder of one of the page's files; None for anything else that lies there."""
    if name in _OWN:
        return _OURS
    return _viewer() if name in _VIEWER else None


def _viewer() -> Path | None:
    """Find the viewer's files without importing its package, which we do not need."""
    spec = importlib.util.find_spec("swagger_ui")
    return Path(spec.origin).parent / "static" if spec is not None and spec.origin else None
