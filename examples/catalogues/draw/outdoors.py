# SPDX-License-Identifier: Apache-2.0
"""The landscapes of the gear store: sky, layered land and water, and a place in front for the gear."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from .svg import Art, Picture, Point, curve, dark, light, mix, n

FRONT = 1010  # the ground line of what stands in front


@dataclass(frozen=True)
class Hour:
    """The colours of one time of day: sky from top to horizon, sun, far and near land, ground, water."""

    sky: tuple[str, str, str]
    sun: str
    far: str
    near: str
    ground: str
    water: str
    night: bool = False


HOURS: dict[str, Hour] = {
    "dawn": Hour(("#7fb3c9", "#f6d3b3", "#fbe9d2"), "#fff6e0", "#9db9bd", "#3f6a6b", "#c9b188", "#8fc0c6"),
    "noon": Hour(("#4f9fc9", "#a5d5e4", "#e3f3f0"), "#fffbe6", "#8fbcc6", "#2f6f6a", "#d9c79a", "#4fa3b5"),
    "gold": Hour(("#e2a05c", "#f4cd8d", "#fbe8bf"), "#fff3cf", "#d8a877", "#7a5a3f", "#b98d58", "#d8a676"),
    "dusk": Hour(("#3d4f80", "#b5789a", "#f5b98c"), "#ffdfae", "#8a6f96", "#33395e", "#4d4a62", "#a3748f"),
    "fjord": Hour(("#6f8fa5", "#b5c9cf", "#e4ebe6"), "#f8faf2", "#9fb3b8", "#2f5258", "#7f8a7c", "#6d95a3"),
    "moss": Hour(("#8fb9a8", "#cfe3c8", "#f1f3da"), "#fffbe2", "#a3c2a5", "#2f5d47", "#7f9a5c", "#8fbcae"),
    "night": Hour(
        ("#131c3c", "#2b3f6b", "#5f7396"), "#f5f0d8", "#35496f", "#16233f", "#22304a", "#31507a", night=True
    ),
}


def ridge(width: float, base: float, height: float, seed: int, step: float = 75) -> list[Point]:
    """The line of a range of hills, from sums of waves: the same seed gives the same hills."""
    count = int(width / step) + 3
    points: list[Point] = []
    for i in range(count):
        t = i + seed * 3.7
        wave = (
            math.sin(t * 0.61 + seed) * 0.55
            + math.sin(t * 1.37 + seed * 2.1) * 0.3
            + math.sin(t * 2.9 + seed) * 0.15
        )
        points.append(((i - 1) * step, base - height * (wave * 0.5 + 0.5)))
    return points


def land(art: Art, width: float, points: list[Point], bottom: float, fill: str, pull: float = 1.0) -> None:
    art.path(curve(points, pull=pull) + f" L{n(width + 200)},{n(bottom)} L-200,{n(bottom)} Z", fill)


def sky(picture: Picture, hour: Hour, sun: Point = (860, 270)) -> None:
    ground, art = picture.ground, picture.shapes
    ground.rect(
        0,
        0,
        picture.width,
        picture.height,
        ground.lin(hour.sky[0], f"{hour.sky[1]}@48", f"{hour.sky[2]}@72", hour.sky[2]),
    )
    ground.disc(*sun, 420, ground.rad(f"{hour.sun}/0.75", f"{hour.sun}/0.22@45", f"{hour.sun}/0"))
    if hour.night:
        with art.at(*sun, 1, -30):
            art.path("M0,-52 A52,52 0 1 0 0,52 A64,64 0 0 1 0,-52 Z", hour.sun)
        for i in range(70):
            x, y = (i * 197 + i * i * 31) % picture.width, (i * 131 + i * i * 17) % 560
            art.disc(x, y, 1.6 + i % 3, f"#ffffff/{0.45 + 0.15 * (i % 4):.2f}")
        return
    art.disc(*sun, 74, hour.sun)
    for x, y, size in ((190, 190, 1.0), (560, 120, 0.7), (1060, 420, 0.6)):
        cloud(art, x * picture.width / 1200, y, size, mix(hour.sky[2], "#ffffff", 0.6))


def cloud(art: Art, x: float, y: float, size: float, colour: str) -> None:
    with art.at(x, y, size):
        d = (
            "M-150,30 C-190,30 -190,-20 -140,-22 C-130,-70 -60,-84 -30,-50 C0,-96 86,-80 90,-30"
            " C150,-40 170,30 120,30 Z"
        )
        art.path(d, art.lin(f"{colour}/0.95", f"{colour}/0.45"))


def pine(art: Art, x: float, y: float, height: float, colour: str) -> None:
    art.rect(x - height * 0.025, y - height * 0.14, height * 0.05, height * 0.15, dark(colour, 0.4))
    for k in range(4):
        top, half = y - height + k * height * 0.19, height * (0.13 + 0.055 * k)
        low = top + height * 0.34
        art.poly([(x, top), (x + half, low), (x - half, low)], colour)
        art.poly([(x, top), (x + half, low), (x + half * 0.1, low)], dark(colour, 0.18))


def pines(
    art: Art, width: float, base: float, height: float, colour: str, seed: int, gap: float = 74
) -> None:
    for i in range(int(width / gap) + 2):
        wobble = math.sin(i * 2.3 + seed * 1.9)
        if math.sin(i * 0.9 + seed) < -0.45:
            continue
        pine(
            art,
            i * gap + wobble * 26,
            base + wobble * 12,
            height * (0.8 + 0.35 * math.sin(i * 1.7 + seed) ** 2),
            colour,
        )


def sea(art: Art, width: float, top: float, bottom: float, hour: Hour, sun_x: float) -> None:
    art.rect(
        0,
        top,
        width,
        bottom - top,
        art.lin(mix(hour.water, hour.sky[2], 0.55), f"{hour.water}@40", dark(hour.water, 0.3)),
    )
    for i in range(26):
        y = top + 10 + (bottom - top - 20) * (i / 26) ** 1.3
        span = 50 + 130 * (i / 26)
        x = (i * 311 + i * i * 47) % (width + 200) - 100
        art.line([(x, y), (x + span, y)], f"{light(hour.water, 0.6)}/0.45", 3 + i * 0.14)
    for i in range(9):
        y, half = top + 8 + i * i * 3.2, 24 + i * 11
        art.line([(sun_x - half, y), (sun_x + half, y)], f"{hour.sun}/0.55", 4)


def grass(art: Art, width: float, base: float, colour: str, seed: int = 1) -> None:
    for i in range(int(width / 24)):
        x, height = i * 24 + math.sin(i * 5.1 + seed) * 9, 26 + 26 * math.sin(i * 1.3 + seed) ** 2
        art.path(
            f"M{n(x - 5)},{n(base + 6)}"
            f" Q{n(x)},{n(base - height)} {n(x + 12)},{n(base - height - 8)}"
            f" Q{n(x + 5)},{n(base - 12)} {n(x + 6)},{n(base + 6)} Z",
            colour,
        )


def lighthouse(art: Art, x: float, y: float, size: float, hour: Hour) -> None:
    with art.at(x, y, size):
        art.poly([(-30, 0), (-20, -170), (20, -170), (30, 0)], art.across("#fbf6ea", "#efe6d6@50", "#c9bda8"))
        for top, low, a, b in ((-130, -90, 22.4, 24.7), (-50, -10, 27, 29.4)):
            art.poly([(-a, top), (a, top), (b, low), (-b, low)], art.across("#d9604a", "#b4432f"))
        art.rect(-27, -180, 54, 12, "#2f3a42")
        art.rect(-15, -212, 30, 32, "#ffe7a3")
        art.poly([(-22, -212), (0, -240), (22, -212)], "#b4432f")
    if hour.night:
        art.poly([(x, y - 198 * size), (x - 520, y - 330 * size), (x - 520, y - 40 * size)], "#ffe9a8/0.16")


def coast(picture: Picture, hour: Hour) -> None:
    """Open sea, a headland with its lighthouse, sand in front."""
    sky(picture, hour, (800, 330))
    art = picture.shapes
    sea(art, picture.width, 560, 960, hour, 800)
    land(
        art,
        520,
        [(-100, 470), (60, 450), (180, 470), (300, 520), (400, 560), (470, 572)],
        580,
        art.lin(hour.far, dark(hour.far, 0.2)),
    )
    lighthouse(art, 170, 474, 1.0, hour)
    land(
        art,
        picture.width,
        [(640, 566), (780, 540), (960, 510), (1300, 480)],
        572,
        mix(hour.far, hour.sky[2], 0.3),
    )
    shore: list[Point] = [(-60, 900), (200, 868), (480, 880), (800, 856), (1260, 884)]
    land(art, picture.width, [(x, y - 14) for x, y in shore], 1300, "#ffffff/0.55")
    land(
        art, picture.width, shore, 1300, art.lin(light(hour.ground, 0.3), hour.ground, dark(hour.ground, 0.2))
    )
    for i in range(16):
        art.oval(
            (i * 233 + 60) % picture.width,
            960 + i * 61 % 220,
            9 + i % 4 * 4,
            4 + i % 3 * 2,
            f"{dark(hour.ground, 0.35)}/0.4",
        )


def hills(picture: Picture, hour: Hour) -> None:
    """Ridge behind ridge, pines on the nearest, a meadow in front."""
    sky(picture, hour, (880, 260))
    art, width = picture.shapes, picture.width
    for k in range(4):
        tone = mix(hour.far, hour.near, k / 3.6)
        tone = mix(tone, hour.sky[2], 0.42 - k * 0.13)
        land(
            art,
            width,
            ridge(width, 560 + k * 84, 190 - k * 26, k + 2),
            700 + k * 84,
            art.lin(tone, mix(tone, hour.sky[2], 0.3)),
        )
    pines(art, width, 850, 190, mix(hour.near, hour.far, 0.18), 3)
    land(
        art, width, ridge(width, 900, 60, 9), 1300, art.lin(light(hour.ground, 0.16), dark(hour.ground, 0.28))
    )
    grass(art, width, 1192, dark(hour.ground, 0.3))


def peaks(picture: Picture, hour: Hour) -> None:
    """Snow peaks over a lake, a jetty in front."""
    sky(picture, hour, (330, 250))
    art, width = picture.shapes, picture.width
    for k, (x, top, half) in enumerate(((250, 330, 330), (960, 290, 380), (610, 230, 420))):
        tone = mix(hour.far, hour.near, 0.25 + 0.15 * k)
        art.poly([(x, top), (x + half, 700), (x - half, 700)], tone)
        art.poly(
            [(x, top), (x + half, 700), (x + half * 0.12, 700), (x - half * 0.06, top + 190)], dark(tone, 0.2)
        )
        cap = [
            (x, top),
            (x + half * 0.3, top + 130),
            (x + half * 0.16, top + 112),
            (x + half * 0.08, top + 158),
            (x - half * 0.06, top + 116),
            (x - half * 0.16, top + 150),
            (x - half * 0.27, top + 128),
        ]
        art.poly(cap, mix("#ffffff", hour.sky[1], 0.14))
    land(art, width, ridge(width, 690, 70, 6), 720, mix(hour.near, hour.far, 0.35))
    pines(art, width, 700, 120, mix(hour.near, hour.far, 0.12), 5, 58)
    sea(art, width, 690, 940, hour, 330)
    art.poly([(-40, 930), (1240, 930), (1360, 1200), (-160, 1200)], art.lin("#b98f62", "#8a6442"))
    for i in range(-2, 16):
        x = i * 92
        art.line([(x + (600 - x) * 0.12, 932), (x, 1200)], "#5d4029/0.6", 5)
    art.rect(-40, 922, 1280, 16, "#d2ab7c")


def ferns(art: Art, hour: Hour) -> None:
    for x, size in ((200, 1.0), (1010, 1.2)):
        for k in range(-3, 4):
            art.line(
                [(x, 1060), (x + k * 22 * size, 1000 - 30 * size), (x + k * 46 * size, 1016 - 24 * size)],
                dark(hour.near, 0.05 + 0.03 * abs(k)),
                7,
                bent=True,
            )


def forest(picture: Picture, hour: Hour) -> None:
    """Trunks in morning mist, two of them near."""
    ground, art, width = picture.ground, picture.shapes, picture.width
    ground.rect(
        0, 0, width, 1200, ground.lin(mix(hour.sky[0], hour.near, 0.25), f"{hour.sky[1]}@45", hour.sky[2])
    )
    ground.disc(620, 360, 560, ground.rad(f"{hour.sun}/0.8", f"{hour.sun}/0.25@50", f"{hour.sun}/0"))
    for k, (count, w) in enumerate(((13, 22), (9, 36), (6, 54))):
        tone = mix(hour.far, hour.near, 0.2 + k * 0.25)
        for i in range(count):
            x = width * (i + 0.5) / count + math.sin(i * 3.1 + k) * 40
            art.poly(
                [(x - w * 0.38, -10), (x + w * 0.38, -10), (x + w * 0.62, 900), (x - w * 0.62, 900)],
                f"{tone}/0.85",
            )
        land(art, width, ridge(width, 800 + k * 50, 50, k + 11), 960, mix(tone, hour.ground, 0.35))
    land(
        art, width, ridge(width, 930, 50, 4), 1300, art.lin(light(hour.ground, 0.1), dark(hour.ground, 0.35))
    )
    bark = mix(hour.near, "#4a3524", 0.65)
    for x in (40, 1160):
        art.path(
            f"M{x - 62},-10 L{x + 62},-10 C{x + 70},600 {x + 80},900 {x + 130},1010"
            f" L{x - 130},1010 C{x - 80},900 {x - 70},600 {x - 62},-10 Z",
            art.round(bark),
        )
        for k in range(7):
            art.line(
                [(x - 30 + k * 37 % 70, 60 + k * 120), (x - 34 + k * 37 % 70, 140 + k * 120)],
                f"{dark(bark, 0.5)}/0.6",
                6,
            )
    grass(art, width, 1194, dark(hour.ground, 0.4), 2)
    ferns(art, hour)


def quay(picture: Picture, hour: Hour) -> None:
    """A small harbour: painted houses, masts, a stone quay in front."""
    sky(picture, hour, (940, 230))
    art, width = picture.shapes, picture.width
    land(art, width, ridge(width, 560, 170, 3), 700, mix(hour.far, hour.sky[2], 0.25))
    tones = ("#c4583f", "#e8d8b8", "#4f7f86", "#d9a24a", "#8a4438", "#dfe3da", "#3f5f70")
    for i in range(11):
        x, w, h = 20 + i * 112, 104, 120 + i * 53 % 70
        tone = mix(tones[i % 7], hour.sky[1], 0.22 if not hour.night else 0.6)
        tone = dark(tone, 0.3) if hour.night else tone
        art.rect(x, 640 - h, w, h, art.across(light(tone, 0.1), dark(tone, 0.12)))
        art.poly([(x - 8, 642 - h), (x + w / 2, 590 - h), (x + w + 8, 642 - h)], dark(tone, 0.35))
        for k in range(4):
            pane = "#ffd98a" if hour.night or (i + k) % 5 == 0 else mix("#eaf4f4", hour.sky[0], 0.45)
            art.rect(x + 20 + k % 2 * 40, 660 - h + k // 2 * 44, 22, 28, pane)
    sea(art, width, 636, 910, hour, 940)
    for x, y, size, hull in ((250, 770, 1.0, "#b4432f"), (900, 730, 0.8, "#2f5f70")):
        with art.at(x, y, size):
            art.line([(10, -20), (10, -320)], "#5a4330", 9)
            art.path("M22,-300 C90,-200 120,-110 126,-50 L22,-50 Z", art.across("#fbf4e4", "#e3d5ba"))
            art.path("M-2,-270 C-50,-180 -80,-100 -96,-50 L-2,-50 Z", art.across("#efe2c8", "#d6c6a6"))
            art.path(
                "M-150,-30 L160,-30 C140,20 100,34 70,34 L-90,34 C-120,34 -140,10 -150,-30 Z",
                art.lin(light(hull, 0.1), dark(hull, 0.2)),
            )
            art.rect(-150, -38, 312, 12, "#f3e6cb", 4)
    stone = mix("#9a958c", hour.ground, 0.45)
    art.rect(0, 910, width, 300, art.lin(light(stone, 0.12), dark(stone, 0.25)))
    art.rect(0, 896, width, 24, light(stone, 0.3))
    for row, y in enumerate((1000, 1096)):
        art.line([(0, y), (width, y)], f"{dark(stone, 0.4)}/0.5", 4)
        for x in range(70 + row * 90, int(width), 210):
            art.line([(x, y), (x - 12, y + 96)], f"{dark(stone, 0.4)}/0.5", 4)


LANDSCAPES: dict[str, Callable[[Picture, Hour], None]] = {
    "coast": coast,
    "hills": hills,
    "peaks": peaks,
    "forest": forest,
    "quay": quay,
}
