# SPDX-License-Identifier: Apache-2.0
"""Which pictures the lamp store has: one evening scene a lamp, and the lamp alone in each of its colours."""

from dataclasses import dataclass, field

from .lamp import WARM, Lamp
from .lamps_floor import FLOOR
from .lamps_hung import HUNG, WALL
from .lamps_table import TABLE
from .rooms import MOODS, ROOMS
from .svg import Art, Picture, dark, light, mix

LAMPS: dict[str, Lamp] = {**FLOOR, **TABLE, **HUNG, **WALL}


@dataclass(frozen=True)
class Plate:
    """How one product is shown; ``colours`` maps the colour in a picture's name to its paint."""

    lamp: str
    room: str
    mood: str
    colours: dict[str, str] = field(default_factory=dict)
    paint: str = "#efe3cc"

    @property
    def first(self) -> str:
        return next(iter(self.colours.values()), self.paint)


PLATES: dict[str, Plate] = {
    "vesper-arc-floor-lamp": Plate(
        "arc", "lounge", "petrol", {"brass": "#c9a052", "graphite": "#4a4c54", "chalk": "#e9e1d3"}
    ),
    "halden-tripod-floor-lamp": Plate(
        "tripod", "gallery", "clay", {"natural-linen": "#e9d9b8", "moss": "#7d8a5a"}
    ),
    "lektor-reading-lamp": Plate("reading", "nook", "olive", {"black": "#34343a", "sage": "#8ea48a"}),
    "birk-paper-column": Plate("column", "gallery", "plum", paint="#f6ead2"),
    "orrery-floor-lamp": Plate("globes", "lounge", "night", paint="#b88d49"),
    "morel-table-lamp": Plate(
        "mushroom", "sideboard", "sage", {"terracotta": "#c4664a", "cream": "#efe2c8", "forest": "#3f6652"}
    ),
    "anker-desk-lamp": Plate(
        "desk", "study", "night", {"signal-red": "#c8402f", "petrol": "#2a6a73", "chalk": "#e6dfd2"}
    ),
    "tallow-stoneware-lamp": Plate("gourd", "sideboard", "plum", {"sea-glass": "#6fa39a", "rust": "#b3603f"}),
    "plissee-bedside-lamp": Plate("pleat", "bedside", "rose", {"rose": "#dba096", "butter": "#eccf8c"}),
    "kontor-library-lamp": Plate("banker", "study", "olive", {"bottle-green": "#1f6b4c", "amber": "#b8691f"}),
    "andon-table-lantern": Plate("andon", "bedside", "petrol", paint="#f6ead0"),
    "kuppel-pendant": Plate(
        "kuppel", "kitchen", "petrol", {"mustard": "#d39a2f", "slate": "#4f5b66", "ivory": "#ece2cf"}
    ),
    "mondrund-paper-pendant": Plate("moon", "dining", "clay", paint="#f8eeda"),
    "campana-glass-pendant": Plate("bell", "kitchen", "night", {"smoke": "#6d6a70", "amber": "#c9812f"}),
    "weidner-rattan-pendant": Plate("rattan", "dining", "sage", paint="#b98a52"),
    "aequator-beam-pendant": Plate("bar", "kitchen", "plum", {"oak": "#b98a58", "black": "#35353b"}),
    "artischok-pendant": Plate("petal", "dining", "olive", {"white": "#ece4d6", "copper": "#bd6f48"}),
    "halbmond-plaster-sconce": Plate("halfmoon", "hall", "clay", paint="#ece1d0"),
    "pilot-swing-arm-lamp": Plate("swing", "bedwall", "night", {"linen": "#ead9b6", "ink-blue": "#4c638c"}),
    "falz-wall-light": Plate("niche", "hall", "ochre", {"white": "#ebe4d8", "anthracite": "#43454c"}),
    "magpie-clip-lamp": Plate(
        "clip", "shelf", "rose", {"black": "#34343a", "sky": "#7fa9bd", "coral": "#dd6f57"}
    ),
    "tuck-portable-lamp": Plate(
        "portable", "terrace_table", "plum", {"sand": "#dcc6a0", "olive": "#71774c", "brick": "#b0563f"}
    ),
    "festa-string-lights": Plate("festa", "terrace", "night", paint="#ffcf7a"),
    "keeper-storm-lantern": Plate(
        "keeper", "terrace_table", "petrol", {"black": "#35353b", "copper": "#b8683f"}
    ),
}


def _beam(art: Art, lamp: Lamp, x: float, y: float, scale: float, strength: float) -> None:
    """The cone of light below, above or on both sides of a shade; blurred, because light has no outline."""
    near, reach = lamp.spread * scale * 0.92, lamp.reach * scale * 1.3
    far = near + reach * 0.5
    with art.blurred(24):
        for side in {"down": (1,), "up": (-1,), "both": (-1, 1)}[lamp.beam]:
            stops = (f"{WARM}/{0.66 * strength:.2f}", f"{WARM}/{0.24 * strength:.2f}@52", f"{WARM}/0")
            paint = (
                art.lin(*stops) if side > 0 else art.lin(stops[2], stops[1].replace("@52", "@48"), stops[0])
            )
            edge = y + side * reach
            art.poly([(x - near, y), (x + near, y), (x + far, edge), (x - far, edge)], paint)


def _halo(art: Art, x: float, y: float, r: float, strength: float) -> None:
    art.disc(
        x,
        y,
        r,
        art.rad(
            f"#ffe9b8/{0.62 * strength:.2f}",
            f"{WARM}/{0.3 * strength:.2f}@34",
            f"#ffb765/{0.09 * strength:.2f}@68",
            "#ffb765/0",
        ),
    )


def shine(picture: Picture, lamp: Lamp, x: float, y: float, scale: float, strength: float) -> None:
    """What the lamp does to the wall behind it and to the air in front."""
    gx, gy, reach = x + lamp.glow[0] * scale, y + lamp.glow[1] * scale, lamp.reach * scale
    _halo(picture.ground, gx, gy, reach * 1.25, strength * 1.1)
    if lamp.beam != "round":
        _beam(picture.ground, lamp, gx, gy, scale, strength)
        _beam(picture.glow, lamp, gx, gy, scale, strength * 0.5)
    _halo(picture.glow, gx, gy, reach * 0.95, strength * 0.5)


def _scene(name: str, plate: Plate) -> Picture:
    picture = Picture(name)
    lamp = LAMPS[plate.lamp]
    x, y, scale = ROOMS[plate.room](picture, MOODS[plate.mood])
    if y:
        picture.shapes.oval(x, y, (lamp.box[2] - lamp.box[0]) * scale * 0.36 * (y > 700), 13, "#000000/0.3")
    with picture.shapes.at(x, y, scale):
        lamp.draw(picture.shapes, plate.first)
    shine(picture, lamp, x, y, scale, 0.5 if plate.room == "terrace" else 1.0)
    glow = picture.glow
    glow.rect(0, 0, 1200, 1200, glow.rad("#150d1c/0", "#150d1c/0@58", "#150d1c/0.5", at=(0.5, 0.48), r=0.78))
    return picture


def _shadow(ground: Art, lamp: Lamp, tint: str, x: float, y: float, scale: float) -> None:
    """On the floor under a standing lamp, on the wall behind any other."""
    if lamp.box[3] <= 10:
        floor = y + 4 * scale
        ground.rect(
            0,
            floor - 60,
            1200,
            1260 - floor,
            ground.lin(f"{dark(tint, 0.3)}/0", f"{dark(tint, 0.3)}/0.20@40", f"{dark(tint, 0.3)}/0.05"),
        )
        width = (lamp.box[2] - lamp.box[0]) * scale
        ground.oval(
            x + width * 0.06,
            floor,
            width * 0.62,
            46,
            ground.rad("#3a2418/0.5", "#3a2418/0.2@55", "#3a2418/0"),
        )
    else:
        ground.oval(
            630,
            620,
            430,
            430,
            ground.rad(f"{dark(tint, 0.4)}/0.28", f"{dark(tint, 0.4)}/0.12@55", f"{dark(tint, 0.4)}/0"),
        )


def _cutout(name: str, plate: Plate, colour: str, zoom: float = 1.0) -> Picture:
    """The lamp alone on warm paper; with ``zoom`` the part around its light."""
    picture = Picture(name)
    lamp, ground = LAMPS[plate.lamp], picture.ground
    left, top, right, bottom = lamp.box
    hung = plate.lamp in HUNG
    scale = min(940 / (right - left), (1010 if hung else 960) / (bottom - top), 2.0) * zoom
    x = 600 - (left + right) / 2 * scale
    y = 0.0 if hung else 600 - (top + bottom) / 2 * scale
    if zoom > 1:
        x, y = 600 - lamp.glow[0] * scale, 560 - lamp.glow[1] * scale
    tint = mix("#efe6d8", colour, 0.16)
    ground.rect(
        0,
        0,
        1200,
        1200,
        ground.rad(light(tint, 0.5), f"{tint}@60", dark(tint, 0.12), at=(0.42, 0.36), r=0.85),
    )
    _shadow(ground, lamp, tint, x, y, scale)
    with picture.shapes.at(x, y, scale):
        lamp.draw(picture.shapes, colour)
    shine(picture, lamp, x, y, scale, 0.5)
    return picture


def pictures() -> list[Picture]:
    """All pictures of the store, those of the products first."""
    from .banners import lumen_banners

    found: list[Picture] = []
    for handle, plate in PLATES.items():
        found.append(_scene(f"{handle}-1", plate))
        found += [_cutout(f"{handle}-{name}", plate, paint) for name, paint in plate.colours.items()]
        if not plate.colours:
            found += [
                _cutout(f"{handle}-2", plate, plate.paint),
                _cutout(f"{handle}-3", plate, plate.paint, 1.7),
            ]
    return found + lumen_banners()
