# SPDX-License-Identifier: Apache-2.0
"""What other plugins may ask of brands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog.api import Picture


@dataclass(frozen=True, slots=True)
class BrandInfo:
    """A brand as customers see it, in their language."""

    id: UUID
    handle: str
    name: str
    description: str
    logo: Picture | None
    seo_title: str
    seo_description: str
    handles: Mapping[str, str] = field(default_factory=dict)
    """Its handle in each language of the store."""


@dataclass(frozen=True, slots=True)
class BrandInput:
    """A brand to save. Its products are those whose vendor is ``name``."""

    handle: str
    name: str
    description: str = ""
    logo: str = ""
    logo_alt: str = ""
    logo_width: int = 0
    logo_height: int = 0
    seo_title: str = ""
    seo_description: str = ""
    visible: bool = True
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By locale: ``handle`` (the main one where it is empty), ``description``, ``logo_alt``, ``seo_title``,
    ``seo_description``."""


async def brand_handles(ctx: Context, vendors: Sequence[str]) -> dict[str, str]:
    """Give by vendor the handle of its brand; vendors without a visible brand are left out. Kept, not read each time."""
    from shopwright_brands.services import read

    known = await read.directory(ctx)
    return {vendor: known[vendor] for vendor in vendors if vendor in known}
