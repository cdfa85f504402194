# SPDX-License-Identifier: Apache-2.0
"""Which pictures the gear store has: one landscape a piece, and the piece alone in each of its colours."""

from dataclasses import dataclass, field

from .gear import Gear
from .gear_camp import CAMP
from .gear_kit import KIT
from .gear_wear import WEAR
from .outdoors import FRONT, HOURS, LANDSCAPES
from .svg import Picture, dark, light, mix

GEAR: dict[str, Gear] = {**CAMP, **WEAR, **KIT}
BEAM = 176  # top of the driftwood beam that clothes hang from


@dataclass(frozen=True)
class Plate:
    """How one product is shown; ``colours`` maps the colour in a picture's name to its paint."""

    gear: str
    landscape: str
    hour: str
    colours: dict[str, str] = field(default_factory=dict)
    paint: str = "#3f7f86"

    @property
    def first(self) -> str:
        return next(iter(self.colours.values()), self.paint)


PLATES: dict[str, Plate] = {
    "driftline-tent": Plate("tent", "hills", "night", {"sunset": "#d9703f", "lichen": "#8a9a5a"}),
    "eider-sleeping-bag": Plate("sleeping_bag", "peaks", "dusk", paint="#2f6f86"),
    "skylark-hammock": Plate("hammock", "forest", "moss", {"rust": "#c25a3a", "lagoon": "#2f8a91"}),
    "raft-sleeping-pad": Plate("sleeping_pad", "hills", "dawn", paint="#d98a3f"),
    "cairn-backpack": Plate(
        "backpack", "peaks", "noon", {"ember": "#c8553a", "spruce": "#2f5f52", "slate": "#56687a"}
    ),
    "pierhead-duffel": Plate("duffel", "quay", "gold", {"kelp": "#4f6a4a", "signal-orange": "#e07b2f"}),
    "wren-hip-pack": Plate("hip_pack", "hills", "moss", {"plum": "#7a4a68", "ochre": "#d19a3a"}),
    "squall-rain-jacket": Plate(
        "jacket", "coast", "fjord", {"oilskin-yellow": "#e8b02f", "deep-sea": "#245a7a"}
    ),
    "moorings-sweater": Plate("sweater", "quay", "dawn", {"navy": "#2b4468", "oatmeal": "#b79a72"}),
    "watchkeeper-beanie": Plate(
        "beanie", "coast", "dusk", {"buoy-red": "#c7412f", "fog": "#8a979c", "petrol": "#21606a"}
    ),
    "gannet-gloves": Plate("gloves", "peaks", "fjord", paint="#b8682f"),
    "tidewrack-boots": Plate("boots", "forest", "gold", paint="#8a5a3a"),
    "sandbar-sun-hat": Plate("hat", "coast", "noon", {"sand": "#d9bd86", "sea-green": "#6fa08c"}),
    "wick-gas-stove": Plate("stove", "peaks", "dawn", paint="#2f6f86"),
    "galley-enamel-mug": Plate(
        "mug", "hills", "gold", {"midnight": "#24405f", "pine": "#2f6650", "brick": "#b54a34"}
    ),
    "long-haul-bottle": Plate(
        "bottle", "hills", "noon", {"marigold": "#e3a12f", "tide": "#2f7f96", "basalt": "#4a5058"}
    ),
    "billy-kettle": Plate("kettle", "forest", "dawn", paint="#a9b2b5"),
    "stokehold-food-flask": Plate("thermos", "quay", "fjord", paint="#b8502f"),
    "fathom-headlamp": Plate("headlamp", "hills", "dusk", paint="#d9642f"),
    "pilot-light-lantern": Plate("lantern", "coast", "night", {"red": "#c5432f", "sea-foam": "#7fb3a3"}),
    "lodestar-compass": Plate("compass", "peaks", "gold", paint="#d2502f"),
    "hawser-utility-rope": Plate("rope", "quay", "noon", {"orange": "#e0702f", "blue": "#2f6fae"}),
    "selkie-dry-bag": Plate(
        "dry_bag", "coast", "dawn", {"red": "#d1452f", "yellow": "#eab530", "blue": "#2c76a8"}
    ),
    "long-reach-paddle": Plate("paddle", "peaks", "moss", paint="#c9502f"),
    "eddy-buoyancy-vest": Plate("vest", "quay", "dusk", {"orange": "#e5742a", "teal": "#22808a"}),
}


def _place(gear: Gear, room: float, tall: float) -> tuple[float, float]:
    """The scale that fits the gear into a room, and the x that centres it."""
    left, top, right, bottom = gear.box
    scale = min(room / (right - left), tall / (bottom - top), 1.6)
    return scale, 600 - (left + right) / 2 * scale


def _scene(name: str, plate: Plate) -> Picture:
    picture = Picture(name)
    hour, gear, art = HOURS[plate.hour], GEAR[plate.gear], picture.shapes
    LANDSCAPES[plate.landscape](picture, hour)
    if plate.gear == "hammock":
        scale, x, y = 1.0, 600.0, 830.0
    elif gear.hung:
        scale, x = _place(gear, 660, 760)
        y = BEAM + 44 - gear.box[1] * scale
        wood = mix("#a58563", hour.near, 0.25)
        art.rect(-20, BEAM - 34, 1240, 46, art.lin(light(wood, 0.25), wood, dark(wood, 0.3)), 16)
        art.rect(596, BEAM - 10, 10, 70, dark("#3b4148", 0.2), 5)
    else:
        scale, x = _place(gear, 760, 620)
        y = FRONT - max(gear.box[3] - 12, 0) * scale
    if not gear.hung and plate.gear != "hammock":
        left, right = (x + edge * scale for edge in gear.stand or (gear.box[0], gear.box[2]))
        middle, half = (left + right) / 2, (right - left) / 2
        art.oval(
            middle + half * 0.1, FRONT + 10, half * 0.98, 16 + half * 0.05, f"{dark(hour.ground, 0.75)}/0.28"
        )
        art.oval(
            middle + half * 0.04, FRONT + 4, half * 0.8, 9 + half * 0.03, f"{dark(hour.ground, 0.75)}/0.38"
        )
    with art.at(x, y, scale):
        gear.draw(art, plate.first)
    shed(picture, gear, x, y, scale, 1.0 if hour.night else 0.4)
    if hour.night:
        picture.glow.rect(
            0, 0, 1200, 1200, picture.glow.rad("#0a1024/0", "#0a1024/0@50", "#0a1024/0.5", r=0.75)
        )
    return picture


def shed(picture: Picture, gear: Gear, x: float, y: float, scale: float, strength: float) -> None:
    if gear.light is None:
        return
    gx, gy = x + gear.light[0] * scale, y + gear.light[1] * scale
    glow = picture.glow
    for radius, share in ((520, 0.5), (190, 0.4)):
        glow.disc(
            gx,
            gy,
            radius,
            glow.rad(
                f"{gear.glow}/{share * strength:.2f}",
                f"{gear.glow}/{share * strength * 0.35:.2f}@45",
                f"{gear.glow}/0",
            ),
        )


def _cutout(name: str, plate: Plate, colour: str, zoom: float = 1.0) -> Picture:
    """The piece alone on a disc of its own tint; with ``zoom`` its middle, close up."""
    picture = Picture(name)
    gear, ground = GEAR[plate.gear], picture.ground
    left, top, right, bottom = gear.box
    scale = min(880 / (right - left), 880 / (bottom - top), 1.75) * zoom
    x, y = 600 - (left + right) / 2 * scale, 600 - (top + bottom) / 2 * scale
    tint = mix("#e9f0ee", colour, 0.13)
    ground.rect(0, 0, 1200, 1200, ground.lin(light(tint, 0.5), tint))
    disc = mix("#dfeae8", colour, 0.26)
    picture.shapes.disc(600, 600, 470, mix(disc, "#ffffff", 0.12))
    width = (right - left) * scale
    if gear.hung or plate.gear in {"hammock", "paddle"}:
        ground.oval(650, 660, width * 0.5, 420, ground.rad(f"{dark(disc, 0.5)}/0.3", f"{dark(disc, 0.5)}/0"))
    elif zoom == 1:
        shapes = picture.shapes
        shapes.oval(
            630,
            y + bottom * scale * 0.2 + 6,
            width * 0.5,
            34,
            shapes.rad(f"{dark(disc, 0.6)}/0.5", f"{dark(disc, 0.6)}/0.22@60", f"{dark(disc, 0.6)}/0"),
        )
    with picture.shapes.at(x, y, scale):
        gear.draw(picture.shapes, colour)
    shed(picture, gear, x, y, scale, 0.35)
    return picture


def pictures() -> list[Picture]:
    """All pictures of the store, those of the products first."""
    from .banners import harbor_banners

    found: list[Picture] = []
    for handle, plate in PLATES.items():
        found.append(_scene(f"{handle}-1", plate))
        found += [_cutout(f"{handle}-{name}", plate, paint) for name, paint in plate.colours.items()]
        if not plate.colours:
            found += [
                _cutout(f"{handle}-2", plate, plate.paint),
                _cutout(f"{handle}-3", plate, plate.paint, 1.8),
            ]
    return found + harbor_banners()
