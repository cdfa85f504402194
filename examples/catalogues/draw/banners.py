# SPDX-License-Identifier: Apache-2.0
"""The wide picture on each store's front page, and one tile for each category."""

from . import furniture as f
from . import harbor, lumen
from .outdoors import FRONT, HOURS, LANDSCAPES
from .rooms import MOODS, Mood, walls
from .svg import Art, Picture, mix

LUMEN_TILES: dict[str, tuple[str, tuple[tuple[str, str, float, float, float], ...]]] = {
    "floor-lamps": (
        "petrol",
        (("tripod", "#e9d9b8", 330, 1050, 0.98), ("reading", "#c9a052", 800, 1090, 1.05)),
    ),
    "table-lamps": ("clay", (("mushroom", "#efe2c8", 370, 800, 1.15), ("gourd", "#6fa39a", 850, 800, 1.1))),
    "pendants": ("plum", (("kuppel", "#d39a2f", 330, 0, 1.0), ("moon", "#f8eeda", 840, -140, 1.0))),
    "wall-and-clip": ("olive", (("halfmoon", "#ece1d0", 340, 430, 1.1), ("swing", "#ead9b6", 860, 640, 1.1))),
    "portable-and-outdoor": (
        "night",
        (("portable", "#b0563f", 340, 800, 1.2), ("keeper", "#35353b", 850, 800, 1.1)),
    ),
}
HARBOR_TILES: dict[str, tuple[str, str, tuple[tuple[str, str, float, float], ...]]] = {
    "shelter-and-sleep": (
        "hills",
        "dusk",
        (("tent", "#8a9a5a", 470, 0.95), ("sleeping_bag", "#c8553a", 850, 0.62)),
    ),
    "packs-and-bags": (
        "peaks",
        "dawn",
        (("duffel", "#4f6a4a", 760, 0.84), ("backpack", "#c8553a", 360, 1.0)),
    ),
    "clothing": ("coast", "noon", (("boots", "#8a5a3a", 380, 0.95), ("beanie", "#21606a", 840, 0.86))),
    "camp-kitchen": ("hills", "moss", (("kettle", "#c8553a", 420, 1.1), ("mug", "#24405f", 880, 0.92))),
    "light-and-tools": ("peaks", "night", (("lantern", "#e3a12f", 400, 1.1), ("rope", "#e0702f", 800, 0.84))),
    "on-the-water": ("quay", "noon", (("dry_bag", "#eab530", 380, 1.05), ("vest", "#e5742a", 800, 0.9))),
}


def _lamp(
    picture: Picture, key: str, paint: str, x: float, y: float, scale: float, strength: float = 0.9
) -> None:
    lamp = lumen.LAMPS[key]
    with picture.shapes.at(x, y, scale):
        lamp.draw(picture.shapes, paint)
    lumen.shine(picture, lamp, x, y, scale, strength)


def _lumen_tile(category: str) -> Picture:
    picture = Picture(f"category-{category}")
    name, lamps = LUMEN_TILES[category]
    mood = MOODS[name]
    standing = category in {"table-lamps", "portable-and-outdoor"}
    art = walls(picture, mood, 1010 if standing else 930)
    if standing:
        f.board(art, 90, 802, 1020, 210, 1090, mood.wood)
        f.books(art, 610, 798, [mood.soft, mood.accent], flat=True)
    elif category == "floor-lamps":
        f.rug(art, 600, 1090, 560, mix(mood.accent, mood.wall, 0.45))
    elif category == "pendants":
        f.table(art, 600, 960, 1000, 1180, mood.wood)
        f.vase(art, 600, 958, 0.6, mood.accent, "#9aa884")
    else:
        f.bench(art, 600, 1080, mood.wood, mood.soft)
    for key, paint, x, y, scale in lamps:
        _lamp(picture, key, paint, x, y, scale)
    return picture


def _lumen_hero() -> Picture:
    """A long room in the evening; its left side stays calm, for words."""
    picture = Picture("hero", 2000, 1000)
    mood: Mood = MOODS["petrol"]
    art = walls(picture, mood, 800)
    f.window(art, 900, 120, 280, 420, mix(mood.wall, "#efe0c8", 0.35), mood.sky)
    f.frame(art, 1690, 150, 210, 260, ("#e8c9a0", mood.soft, mix(mood.wall, "#26303a", 0.4), "#2f3b40"))
    f.rug(art, 1340, 930, 520, mix(mood.accent, mood.wall, 0.45))
    with art.at(1560, 560, 0.8):
        f.board(art, 0, 0, 620, 210, 330, mood.wood)
        f.books(art, 440, -4, [mood.soft, mood.accent, "#6f8a86"], flat=True)
    f.plant(art, 900, 900, 0.85, "#4f7357", mix(mood.soft, "#d08a5c", 0.5))
    with art.at(1400, 905, 0.86):
        f.armchair(art, 0, 0, mood.soft, mood.wood)
    _lamp(picture, "arc", "#c9a052", 1180, 925, 0.92)
    _lamp(picture, "mushroom", "#c4664a", 1730, 558, 0.66, 0.8)
    _lamp(picture, "bell", "#c9812f", 480, -120, 0.8, 0.6)
    _lamp(picture, "bell", "#c9812f", 700, -210, 0.8, 0.6)
    return picture


def _stand(art: Art, key: str, paint: str, x: float, scale: float, y: float = FRONT) -> None:
    gear = harbor.GEAR[key]
    left, right = (x + edge * scale for edge in gear.stand or (gear.box[0], gear.box[2]))
    middle, half = (left + right) / 2, (right - left) / 2
    art.oval(middle + half * 0.1, y + 8, half, 14 + half * 0.05, "#10161e/0.3")
    with art.at(x, y, scale):
        gear.draw(art, paint)


def _harbor_tile(category: str) -> Picture:
    picture = Picture(f"category-{category}")
    landscape, name, pieces = HARBOR_TILES[category]
    LANDSCAPES[landscape](picture, HOURS[name])
    for key, paint, x, scale in pieces:
        _stand(picture.shapes, key, paint, x, scale)
        gear = harbor.GEAR[key]
        harbor.shed(picture, gear, x, FRONT, scale, 0.8 if HOURS[name].night else 0.35)
    return picture


def _harbor_hero() -> Picture:
    """Camp above the sea at first light; the left side stays calm, for words."""
    picture = Picture("hero", 2000, 1000)
    hour, lift = HOURS["dawn"], -150
    art = picture.shapes
    with picture.ground.at(0, lift), art.at(0, lift):
        LANDSCAPES["hills"](picture, hour)
    for key, paint, x, scale in (
        ("tent", "#2f7f86", 1420, 1.02),
        ("backpack", "#c8553a", 1010, 0.56),
        ("kettle", "#a9b2b5", 1790, 0.36),
        ("mug", "#24405f", 1905, 0.2),
    ):
        _stand(art, key, paint, x, scale, FRONT + lift + (34 if scale < 0.6 else 0))
    _stand(art, "lantern", "#c5432f", 1180, 0.34, FRONT + lift + 44)
    harbor.shed(picture, harbor.GEAR["tent"], 1420, FRONT + lift, 1.02, 0.5)
    harbor.shed(picture, harbor.GEAR["lantern"], 1180, FRONT + lift + 44, 0.34, 0.4)
    return picture


def lumen_banners() -> list[Picture]:
    return [_lumen_hero(), *(_lumen_tile(category) for category in LUMEN_TILES)]


def harbor_banners() -> list[Picture]:
    return [_harbor_hero(), *(_harbor_tile(category) for category in HARBOR_TILES)]
