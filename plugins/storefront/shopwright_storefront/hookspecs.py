# SPDX-License-Identifier: Apache-2.0
"""The hook of the storefront."""

from collections.abc import Sequence

from shopwright.hooks import hookspec
from shopwright_storefront.api import SitemapSource


@hookspec("register")
def sitemap_entries() -> Sequence[SitemapSource]:
    """Give pages that search engines should know, by kinds that are walked through a part at a time."""
    raise AssertionError
