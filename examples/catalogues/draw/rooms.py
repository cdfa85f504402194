# SPDX-License-Identifier: Apache-2.0
"""The rooms in which the lamps burn: each paints a ground and says where its lamp belongs."""

from collections.abc import Callable
from dataclasses import dataclass

from . import furniture as f
from .lamp import OAK, WALNUT
from .svg import Art, Picture, curve, dark, light, mix

Spot = tuple[float, float, float]  # x, y and scale of the lamp
FLOOR_LINE = 900


@dataclass(frozen=True)
class Mood:
    wall: str
    floor: str
    soft: str
    accent: str
    wood: str = WALNUT
    sky: tuple[str, str, str] = ("#2b3763", "#8a6a94", "#f0a676")


MOODS: dict[str, Mood] = {
    "plum": Mood("#5b3f57", "#3a2836", "#c4704e", "#e0a96d"),
    "petrol": Mood("#2d5660", "#253a40", "#c9794b", "#dfb06a"),
    "clay": Mood("#a8644a", "#5d3529", "#2f5654", "#f0c48a"),
    "olive": Mood("#686a47", "#403d28", "#c18652", "#e8c58a", OAK),
    "night": Mood("#364368", "#262c47", "#b2606a", "#e3b07a", sky=("#1b2550", "#5d5a92", "#e39a84")),
    "ochre": Mood("#b98647", "#67452a", "#44596a", "#f3d6a0"),
    "sage": Mood("#748a7b", "#4b4f43", "#c8775a", "#efd3a2", OAK),
    "rose": Mood("#a96b6b", "#5d3a3e", "#4d5a72", "#f2c9a0"),
}


def walls(picture: Picture, mood: Mood, line: float = FLOOR_LINE) -> Art:
    """Wall, floorboards and skirting; returns the layer for the furniture."""
    ground, art = picture.ground, picture.shapes
    ground.rect(
        0,
        0,
        picture.width,
        picture.height,
        ground.lin(dark(mood.wall, 0.34), f"{mood.wall}@70", dark(mood.wall, 0.1)),
    )
    art.rect(
        0, line, picture.width, picture.height - line, art.lin(dark(mood.floor, 0.1), light(mood.floor, 0.06))
    )
    for i, y in enumerate((line + 44, line + 110, line + 200)):
        art.rect(0, y, picture.width, 2 + i, f"{dark(mood.floor, 0.5)}/0.45")
    art.rect(0, line - 26, picture.width, 28, mix(mood.wall, "#f2dfc4", 0.16))
    art.rect(0, line - 26, picture.width, 4, mix(mood.wall, "#f2dfc4", 0.34))
    return art


def lounge(picture: Picture, mood: Mood) -> Spot:
    art = walls(picture, mood)
    f.window(art, 70, 190, 300, 440, mix(mood.wall, "#efe0c8", 0.35), mood.sky)
    f.rug(art, 680, 1070, 520, mix(mood.accent, mood.wall, 0.45))
    f.armchair(art, 880, 1030, mood.soft, mood.wood)
    f.plant(art, 190, 1010, 0.95, "#4f7357", mix(mood.soft, "#d08a5c", 0.5))
    return 560, 1060, 1.0


def nook(picture: Picture, mood: Mood) -> Spot:
    """A reading corner: chair to the left, shelves above it."""
    art = walls(picture, mood)
    f.curtain(art, 1010, 0, 190, 880, mix(mood.soft, mood.wall, 0.55))
    for y, start in ((300, 0), (500, 2)):
        tones = [
            mood.soft,
            mood.accent,
            dark(mood.soft, 0.3),
            "#6f8a86",
            light(mood.wall, 0.3),
            mood.accent,
            "#8c4a4a",
        ]
        f.books(art, 150, y, tones[start:] + tones[:start])
        art.rect(100, y, 440, 18, art.lin(light(mood.wood, 0.2), mood.wood), 3)
    f.vase(art, 450, 300, 0.42, mood.accent, "#8fa37c")
    f.rug(art, 520, 1080, 500, mix(mood.soft, mood.wall, 0.5))
    f.armchair(art, 360, 1040, mix(mood.soft, mood.wall, 0.12), mood.wood)
    return 760, 1060, 1.0


def gallery(picture: Picture, mood: Mood) -> Spot:
    """A wide wall with two prints and a plant; the lamp has the middle."""
    art = walls(picture, mood)
    f.frame(art, 130, 220, 230, 300, ("#e8c9a0", mood.soft, mix(mood.wall, "#26303a", 0.4), "#2f3b40"))
    f.frame(art, 880, 180, 200, 250, ("#b9c4b0", "#f0d39a", mood.soft, dark(mood.soft, 0.4)))
    f.rug(art, 600, 1080, 470, mix(mood.accent, mood.floor, 0.4))
    f.plant(art, 1010, 1000, 1.05, "#557a58", mood.soft)
    f.bench(art, 200, 1010, mood.wood, mood.soft)
    return 620, 1070, 1.0


def sideboard(picture: Picture, mood: Mood) -> Spot:
    art = walls(picture, mood, 980)
    f.frame(art, 720, 170, 260, 330, ("#ead0a6", mood.soft, mix(mood.wall, "#26303a", 0.35), "#2b3638"))
    f.board(art, 130, 740, 940, 220, 1040, mood.wood)
    f.books(art, 770, 736, [mood.soft, dark(mood.accent, 0.2), mix(mood.wall, "#efe0c8", 0.4)], flat=True)
    f.vase(art, 950, 738, 0.72, mood.accent, "#9aa884")
    return 430, 738, 1.12


def bedside(picture: Picture, mood: Mood) -> Spot:
    art = walls(picture, mood, 1010)
    f.window(art, 130, 110, 330, 330, mix(mood.wall, "#efe0c8", 0.35), mood.sky)
    f.bed(art, 620, 1090, mix("#e9dcc8", mood.wall, 0.22), mood.wood)
    f.board(art, 690, 770, 420, 220, 1070, mood.wood)
    f.books(art, 1010, 766, [mood.soft, mood.accent], flat=True)
    return 856, 768, 1.1


def study(picture: Picture, mood: Mood) -> Spot:
    art = walls(picture, mood, 1040)
    f.window(art, 650, 130, 420, 420, mix(mood.wall, "#efe0c8", 0.35), mood.sky)
    f.books(art, 110, 780, [mood.soft, mood.accent, "#6f8a86", dark(mood.soft, 0.3), light(mood.wall, 0.3)])
    f.table(art, 600, 782, 1060, 1140, mood.wood)
    art.poly([(640, 776), (900, 776), (860, 758), (668, 758)], "#f4ead6")
    art.line([(770, 758), (772, 776)], "#c9b893", 3)
    art.line([(850, 764), (930, 740)], mood.soft, 9)
    art.rect(980, 706, 60, 72, art.round(mood.soft), 10)
    for x, tip in ((994, 640), (1010, 624), (1024, 648)):
        art.line([(x, 710), (x + 3, tip)], mood.accent, 7)
    return 460, 776, 1.12


def dining(picture: Picture, mood: Mood) -> Spot:
    art = walls(picture, mood, 920)
    f.window(art, 70, 220, 240, 400, mix(mood.wall, "#efe0c8", 0.35), mood.sky)
    f.frame(art, 930, 260, 190, 240, ("#e8c9a0", mood.soft, mix(mood.wall, "#26303a", 0.4), "#2f3b40"))
    f.rug(art, 600, 1120, 560, mix(mood.soft, mood.floor, 0.45))
    f.chair(art, 270, 1110, mood.wood, -1)
    f.chair(art, 930, 1110, mood.wood, 1)
    f.table(art, 600, 860, 800, 1130, light(mood.wood, 0.12))
    art.body([(96, 800), (84, 836), (30, 854)], art.round(mood.accent), 640, 0.6)
    for x, y in ((590, 798), (640, 786), (692, 800)):
        art.disc(x, y, 27, art.flat(mood.soft))
    art.rect(404, 776, 60, 78, art.round(mix(mood.wall, "#efe0c8", 0.5)), 10)
    return 600, 0, 1.0


def hall(picture: Picture, mood: Mood) -> Spot:
    art = walls(picture, mood, 960)
    art.rect(0, 620, 1200, 316, f"{dark(mood.wall, 0.4)}/0.35")
    art.rect(0, 612, 1200, 12, mix(mood.wall, "#f2dfc4", 0.25))
    f.plant(art, 1030, 1050, 1.0, "#50745a", mood.soft)
    f.bench(art, 500, 1060, mood.wood, mood.soft)
    art.path("M330,860 L352,756 L470,770 L452,868 Z", art.flat(mood.accent), mood.accent, 20)
    return 600, 400, 1.15


def bedwall(picture: Picture, mood: Mood) -> Spot:
    art = walls(picture, mood, 1040)
    f.frame(art, 800, 150, 240, 310, ("#e8c9a0", mood.soft, mix(mood.wall, "#26303a", 0.4), "#2f3b40"))
    f.bed(art, 800, 1120, mix("#e9dcc8", mood.wall, 0.2), mood.wood)
    f.board(art, 860, 830, 300, 200, 1090, mood.wood)
    f.books(art, 1010, 826, [mood.soft, mood.accent, "#6f8a86"], flat=True)
    return 440, 420, 1.15


def shelf(picture: Picture, mood: Mood) -> Spot:
    """A shelf above a desk: the clip holds on to its edge."""
    art = walls(picture, mood, 1040)
    art.rect(0, 432, 632, 34, art.lin(light(OAK, 0.2), dark(OAK, 0.1)), 4)
    tones = [
        mood.soft,
        mood.accent,
        "#6f8a86",
        dark(mood.soft, 0.3),
        light(mood.wall, 0.3),
        mood.soft,
        mood.accent,
    ]
    f.books(art, 40, 432, tones)
    f.frame(art, 850, 150, 220, 280, ("#e8c9a0", mood.soft, mix(mood.wall, "#26303a", 0.4), "#2f3b40"))
    f.table(art, 640, 850, 1020, 1150, mood.wood)
    art.poly([(650, 844), (940, 844), (900, 824), (680, 824)], "#f4ead6")
    f.vase(art, 250, 846, 0.6, mood.accent, "#9aa884")
    f.books(art, 1050, 846, [mood.soft, "#6f8a86", mood.accent], flat=True)
    return 632, 391, 1.0


def kitchen(picture: Picture, mood: Mood) -> Spot:
    """A counter before a tiled wall with one long shelf."""
    art = walls(picture, mood, 1080)
    for row in range(5):
        for column in range(13):
            tone = mix(mood.wall, "#efe0c8", 0.1 + 0.05 * ((row * 5 + column * 3) % 4))
            art.rect(column * 100 - 40 - row % 2 * 50, 586 + row * 56, 95, 51, tone, 3)
    art.rect(740, 400, 460, 20, art.lin(light(OAK, 0.2), OAK), 3)
    for x, tone, h in (
        (780, mood.accent, 90),
        (870, mood.soft, 70),
        (1090, mix(mood.wall, "#efe0c8", 0.5), 84),
    ):
        art.body([(26, 400 - h), (34, 400 - h * 0.6), (30, 400)], art.round(tone), x, 0.5)
    f.plant(art, 975, 400, 0.42, "#55795c", mood.soft)
    art.rect(60, 866, 1080, 250, art.lin(mood.wood, dark(mood.wood, 0.3)))
    for i in range(5):
        art.rect(76 + i * 214, 900, 196, 210, art.flat(dark(mood.wood, 0.1)), 5)
        art.rect(140 + i * 214, 922, 68, 8, "#d6b06a", 4)
    art.rect(40, 838, 1120, 36, art.lin("#efe6da", "#b9aea4"), 6)
    art.path("M250,838 L250,812 L430,812 L430,838 Z", art.flat(OAK), OAK, 6)
    for x, y, r in ((300, 780, 30), (352, 786, 25), (396, 784, 27)):
        art.disc(x, y, r, art.flat(mood.soft))
    f.vase(art, 880, 838, 0.62, mood.accent, "#9aa884")
    return 600, 0, 1.0


def evening(picture: Picture, mood: Mood) -> None:
    """A terrace at the blue hour above dark hills."""
    ground, art = picture.ground, picture.shapes
    ground.rect(
        0, 0, 1200, 1200, ground.lin(mood.sky[0], f"{mood.sky[1]}@46", f"{mood.sky[2]}@68", mood.sky[2])
    )
    for tone, base, swing in ((0.45, 640, 60), (0.68, 700, 44), (0.86, 770, 30)):
        points = [(i * 200.0 - 100, base + swing * ((i * 7 % 5) / 4 - 0.5)) for i in range(9)]
        art.path(curve(points) + " L1500,1200 L-100,1200 Z", mix(mood.sky[1], "#171b2c", tone))
    for i in range(12):
        art.rect(120 + i * 83, 800 - i * 29 % 60, 7, 7, "#ffd489/0.85")
    rail = dark(mood.floor, 0.35)
    for i in range(16):
        art.rect(10 + i * 80, 730, 8, 250, rail)
    art.rect(0, 716, 1200, 20, light(rail, 0.1))
    art.rect(0, 970, 1200, 240, art.lin(dark(mood.floor, 0.15), light(mood.floor, 0.05)))
    for x in range(-300, 1500, 150):
        art.line([(x + (600 - x) * 0.3, 972), (x, 1200)], f"{dark(mood.floor, 0.5)}/0.5", 4)


def terrace(picture: Picture, mood: Mood) -> Spot:
    evening(picture, mood)
    art = picture.shapes
    f.plant(art, 120, 1080, 1.15, "#486a52", mood.soft)
    f.plant(art, 1090, 1070, 1.0, "#486a52", mood.accent)
    f.bench(art, 600, 1080, mood.wood, mood.soft)
    art.path("M420,884 L442,786 L556,800 L540,890 Z", art.flat(mood.accent), mood.accent, 20)
    return 600, 330, 1.0


def terrace_table(picture: Picture, mood: Mood) -> Spot:
    evening(picture, mood)
    art = picture.shapes
    f.plant(art, 150, 1090, 1.1, "#486a52", mood.soft)
    f.table(art, 660, 840, 720, 1150, light(mood.wood, 0.08))
    art.body(
        [(34, 744), (34, 800), (6, 812), (5, 828), (34, 834)],
        art.across("#ffffff/0.35", "#ffd9a8/0.18@40", "#ffffff/0.3"),
        900,
        0.3,
    )
    art.body([(31, 776), (31, 802), (6, 810)], "#8f2f3c/0.8", 900, 0.3)
    art.oval(430, 828, 84, 13, "#efe4d0")
    for x in (398, 436, 466):
        art.disc(x, 806, 22, art.flat(mood.soft))
    return 650, 836, 1.2


ROOMS: dict[str, Callable[[Picture, Mood], Spot]] = {
    "lounge": lounge,
    "nook": nook,
    "gallery": gallery,
    "sideboard": sideboard,
    "bedside": bedside,
    "study": study,
    "dining": dining,
    "kitchen": kitchen,
    "hall": hall,
    "bedwall": bedwall,
    "shelf": shelf,
    "terrace": terrace,
    "terrace_table": terrace_table,
}
