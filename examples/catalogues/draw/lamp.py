# SPDX-License-Identifier: Apache-2.0
"""What a drawn lamp is, and the parts lamps have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .svg import Art, Box, Point, curve, dark, light, mix, n, straight

BRASS = "#c39a52"
STEEL = "#a9adb3"
INK = "#2b2a30"
OAK = "#b98a58"
WALNUT = "#75492f"
WARM = "#ffdb9a"
BULB = "#fffaf0"


@dataclass(frozen=True)
class Lamp:
    """A lamp in its own units: (0, 0) is where it stands, hangs from, or is fixed to the wall."""

    draw: Callable[[Art, str], None]
    box: Box
    glow: Point
    reach: float
    beam: str = "round"  # round, down, up or both
    spread: float = 150  # half width of the opening the beam comes from


def cylinder(art: Art, x: float, top: float, bottom: float, rx: float, ry: float, colour: str) -> None:
    """An upright drum seen slightly from above."""
    d = (
        f"M{n(x - rx)},{n(top)} L{n(x - rx)},{n(bottom)} a{n(rx)},{n(ry)} 0 0 0 {n(2 * rx)},0"
        f" L{n(x + rx)},{n(top)} Z"
    )
    art.path(d, art.round(colour))
    art.oval(x, top, rx, ry, art.flat(light(colour, 0.12)))


def foot(art: Art, x: float, rx: float, colour: str, height: float = 14) -> None:
    """A flat round foot that stands on the ground line."""
    cylinder(art, x, -height - rx * 0.06, -rx * 0.08, rx, rx * 0.15, colour)


def tube(art: Art, points: Sequence[Point], colour: str, width: float, *, bent: bool = True) -> None:
    """A bent tube with a highlight along its upper left side."""
    art.line(points, dark(colour, 0.28), width, bent=bent)
    inner = [(x - width * 0.12, y - width * 0.08) for x, y in points]
    art.path(curve(inner) if bent else straight(inner), stroke=colour, width=width * 0.62)
    inner = [(x - width * 0.2, y - width * 0.14) for x, y in points]
    art.path(curve(inner) if bent else straight(inner), stroke=light(colour, 0.45), width=width * 0.18)


def lit(art: Art, colour: str, at: Point = (0.5, 0.68), r: float = 0.75) -> str:
    """The paint of cloth, paper or glass with a lamp burning behind it."""
    warm = mix(colour, "#ffc878", 0.5)
    return art.rad(
        "#fff6da", f"{mix(warm, '#fff0c8', 0.55)}@22", f"{warm}@55", f"{dark(colour, 0.2)}@100", at=at, r=r
    )


def shade(art: Art, y: float, top: float, bottom: float, height: float, colour: str, x: float = 0) -> None:
    """A cloth shade: a cone cut at both ends, burning from within, with its two sewn rims."""
    rim_top, rim = top * 0.13, bottom * 0.11
    d = (
        f"M{n(x - top)},{n(y)} L{n(x - bottom)},{n(y + height)} a{n(bottom)},{n(rim)} 0 0 0 {n(2 * bottom)},0"
        f" L{n(x + top)},{n(y)} Z"
    )
    art.oval(x, y, top, rim_top, "#fff0c4")
    art.path(d, lit(art, colour))
    art.path(
        d, art.across(f"{dark(colour, 0.5)}/0.45", "#ffffff/0@30", "#ffffff/0@68", f"{dark(colour, 0.5)}/0.5")
    )
    low = f"M{n(x - bottom)},{n(y + height)} a{n(bottom)},{n(rim)} 0 0 0 {n(2 * bottom)},0"
    art.path(low, stroke=f"{dark(colour, 0.35)}/0.7", width=5)
    high = f"M{n(x - top)},{n(y)} a{n(top)},{n(rim_top)} 0 0 0 {n(2 * top)},0"
    art.path(high, stroke=f"{dark(colour, 0.35)}/0.6", width=4)


def dome(art: Art, x: float, y: float, w: float, h: float, colour: str) -> None:
    """A metal dome, its lit inside showing as a bright ellipse at the lower edge."""
    d = f"M{n(x - w)},{n(y)} C{n(x - w)},{n(y - h * 0.72)} {n(x - w * 0.55)},{n(y - h)} {n(x)},{n(y - h)}"
    d += f" C{n(x + w * 0.55)},{n(y - h)} {n(x + w)},{n(y - h * 0.72)} {n(x + w)},{n(y)} Z"
    art.oval(x, y, w, w * 0.17, art.flat(dark(colour, 0.35)))
    art.oval(x, y + 1, w * 0.95, w * 0.145, art.rad("#fffdf2", "#ffe9b0@45", "#f0b25e@100"))
    d = d.removesuffix(" Z") + f" a{n(w)},{n(w * 0.17)} 0 0 1 {n(-2 * w)},0 Z"
    art.path(d, art.round(colour))
    art.path(d, art.lin(f"{light(colour, 0.5)}/0.35", "#ffffff/0@40", f"{dark(colour, 0.4)}/0.35"))
    shine = [(x - w * 0.62, y - h * 0.3), (x - w * 0.5, y - h * 0.62), (x - w * 0.22, y - h * 0.84)]
    art.line(shine, f"{light(colour, 0.75)}/0.55", w * 0.07, bent=True)


def bulb(art: Art, x: float, y: float, r: float) -> None:
    art.disc(x, y, r * 2.6, art.rad("#fff0c0/0.85", f"{WARM}/0.35@45", f"{WARM}/0"))
    art.disc(x, y, r, BULB)


def globe(art: Art, x: float, y: float, r: float, colour: str = "#ffe6b8") -> None:
    """A ball of opal glass, lit."""
    art.disc(
        x,
        y,
        r,
        art.rad("#fffdf4", "#fff1cf@45", f"{mix(colour, '#ffc671', 0.35)}@82", f"{dark(colour, 0.18)}@100"),
    )
    art.oval(x - r * 0.42, y - r * 0.5, r * 0.2, r * 0.12, "#ffffff/0.9")
