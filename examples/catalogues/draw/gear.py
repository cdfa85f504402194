# SPDX-License-Identifier: Apache-2.0
"""What a drawn piece of gear is, and the parts pieces have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .svg import Art, Box, Point, curve, dark, light, n, straight

BONE = "#f1e9d8"
CORD = "#e8b64a"
IRON = "#3b4148"
SILVER = "#b9c0c4"
LEATHER = "#8a5a38"
RUBBER = "#2c3036"


@dataclass(frozen=True)
class Gear:
    """A piece in its own units: it stands on (0, 0), or is held up somewhere above if ``hung``."""

    draw: Callable[[Art, str], None]
    box: Box
    hung: bool = False
    light: Point | None = None
    glow: str = "#ffdf9a"
    stand: tuple[float, float] | None = None  # what touches the ground, where that is less than the box


def shadow_side(art: Art, d: str, colour: str, share: float = 0.3) -> None:
    """Fill an outline and darken it towards the lower right."""
    art.path(d, colour)
    art.path(
        d,
        art.lin(
            f"{light(colour, 0.4)}/0.45", f"{colour}/0@45", f"{dark(colour, share + 0.3)}/0.5", to=(1, 0.85)
        ),
    )


def stitch(art: Art, points: Sequence[Point], colour: str, *, bent: bool = True) -> None:
    art.path(curve(points) if bent else straight(points), stroke=f"{colour}/0.7", width=3, dash="9 8")


def buckle(art: Art, x: float, y: float, w: float = 30, h: float = 22) -> None:
    art.rect(x - w / 2, y - h / 2, w, h, art.flat(IRON), 5)
    art.rect(x - w / 2 + 6, y - 3, w - 12, 6, light(IRON, 0.3), 2)


def strap(art: Art, points: Sequence[Point], colour: str, width: float) -> None:
    art.line(points, dark(colour, 0.3), width, bent=True)
    art.line([(x - width * 0.1, y - width * 0.06) for x, y in points], colour, width * 0.66, bent=True)


def badge(art: Art, x: float, y: float, colour: str, size: float = 1.0) -> None:
    """The house mark: a small round patch with a wave under a sun."""
    with art.at(x, y, size):
        art.disc(0, 0, 24, BONE)
        art.disc(0, -5, 9, colour)
        wave = [(-17, 8), (-8, 3), (0, 8), (8, 12), (17, 7)]
        art.path(curve(wave), stroke=colour, width=4)


def zipper(art: Art, start: Point, end: Point, colour: str = "#2b2f35") -> None:
    art.line([start, end], colour, 7)
    art.path(
        f"M{n(start[0])},{n(start[1])} L{n(end[0])},{n(end[1])}", stroke="#d9dde0/0.8", width=2.4, dash="2 6"
    )
    art.rect(start[0] - 6, start[1] - 2, 12, 30, art.flat(CORD), 4)
