# SPDX-License-Identifier: Apache-2.0
"""Pendants, wall lights, the clip lamp and the string of lights."""

import math

from .lamp import BRASS, INK, OAK, STEEL, Lamp, bulb, cylinder, dome, lit, tube
from .svg import Art, curve, dark, light, mix, n, turned

DROP = 330  # length of a pendant's cord


def cord(art: Art, bottom: float = DROP, colour: str = INK) -> None:
    cylinder(art, 0, 0, 18, 46, 7, BRASS)
    art.line([(0, 18), (0, bottom)], colour, 5)


def kuppel(art: Art, colour: str) -> None:
    cord(art)
    art.body([(14, 318), (22, 334), (24, 372)], art.round(BRASS))
    dome(art, 0, 560, 208, 196, colour)


def moon(art: Art, colour: str) -> None:
    """A paper ball on bamboo hoops."""
    cord(art, 300)
    x, y, r = 0, 510, 212
    art.disc(x, y, r, lit(art, colour, (0.5, 0.55), 0.56))
    for i in range(-7, 8):
        a = i / 8
        half = r * math.sqrt(1 - a * a)
        d = f"M{n(-half)},{n(y + r * a)} q{n(half)},{n(30 * (a + 0.55))} {n(2 * half)},0"
        art.path(d, stroke=f"{dark(colour, 0.4)}/0.26", width=3)
    art.oval(0, y - r + 7, 44, 8, dark(colour, 0.35))


def bell(art: Art, colour: str) -> None:
    """A bell of blown, tinted glass with the bulb in plain sight."""
    cord(art)
    bulb(art, 0, 474, 46)
    art.body(
        [(16, 384), (20, 412), (34, 452), (36, 486), (20, 516), (0.1, 524)], art.lin("#fff6da", "#fffdf2")
    )
    profile = [(26, 352), (58, 372), (98, 420), (122, 490), (134, 560), (168, 604)]
    glass = turned(profile)
    art.path(
        glass,
        art.across(
            f"{dark(colour, 0.1)}/0.8", f"{colour}/0.36@32", f"{colour}/0.3@62", f"{dark(colour, 0.3)}/0.85"
        ),
    )
    art.path(glass, art.lin(f"{colour}/0.55", "#ffe6ae/0.3", f"{colour}/0.25"))
    art.line([(-60, 400), (-92, 460), (-106, 540)], "#ffffff/0.6", 10, bent=True)
    art.ring(0, 604, 168, 20, f"{mix(colour, '#ffffff', 0.45)}/0.9", 5)
    art.body([(16, 322), (28, 340), (30, 366)], art.round(BRASS))


def rattan(art: Art, colour: str) -> None:
    """An open weave: ribs from crown to rim, hoops across."""
    cord(art)
    bulb(art, 0, 470, 50)
    art.disc(0, 470, 40, "#fff8e2")
    profile = [(34, 336), (120, 380), (188, 470), (196, 560), (150, 618)]
    art.body(profile, f"{mix(colour, '#ffce85', 0.4)}/0.34")
    for i in range(-6, 7):
        a = math.sin(i / 6 * math.pi / 2)
        art.line([(w * a, y) for w, y in profile], colour if i % 2 else dark(colour, 0.25), 7, bent=True)
    for y, w in ((362, 92), (402, 146), (444, 176), (488, 193), (532, 199), (576, 190)):
        art.path(f"M{n(-w)},{n(y)} q{n(w)},{n(36)} {n(2 * w)},0", stroke=light(colour, 0.12), width=6)
    for y, w in ((338, 38), (618, 151)):
        art.ring(0, y, w, w * 0.12, dark(colour, 0.15), 10)


def bar(art: Art, colour: str) -> None:
    """A slim beam on two cords, light on its lower edge."""
    for x in (-170, 170):
        art.line([(0, 14), (x, 470)], INK, 4)
    cylinder(art, 0, 0, 18, 60, 8, colour)
    for x in (-170, 170):
        art.rect(x - 9, 456, 18, 20, art.round(BRASS), 4)
    art.rect(-350, 474, 700, 46, art.lin(light(colour, 0.3), f"{colour}@40", dark(colour, 0.25)), 23)
    art.rect(-334, 506, 668, 15, art.across("#ffe0a0", "#fffdf2@50", "#ffe0a0"), 7)
    for x in (-350, 326):
        art.rect(x, 474, 24, 46, art.round(BRASS), 12)


def petal(art: Art, colour: str) -> None:
    """Rows of bent leaves that hide the bulb from every side."""
    cord(art)
    bulb(art, 0, 520, 84)
    rows = ((606, 5, 86, 128), (552, 6, 128, 168), (486, 7, 140, 196), (424, 6, 112, 150), (372, 4, 66, 92))
    for row, (y, count, w1, w2) in enumerate(rows):
        tone = mix(colour, "#ffcf8c", 0.42 - row * 0.08)
        for a in sorted((2 * i / count - (count - 1) / count for i in range(count)), key=abs, reverse=True):
            x1, x2, half = a * w1 * 0.8, a * w2 * 1.04, w2 / count * 1.25
            top, tip = y - 66, y + 44 - abs(a) * 26
            leaf = curve(
                [(x1 - 10, top), (x2 - half, y - 8), (x2 + a * 18, tip), (x2 + half, y - 8), (x1 + 10, top)],
                closed=True,
            )
            art.path(
                leaf,
                art.lin(light(tone, 0.18), f"{tone}@55", mix(tone, "#fff0c4", 0.55)),
                dark(colour, 0.3) + "/0.45",
                3,
            )
    art.body([(14, 318), (30, 336), (44, 356)], art.round(BRASS))


def halfmoon(art: Art, colour: str) -> None:
    """Half a bowl of plaster that washes the wall above it."""
    art.oval(0, -62, 176, 20, art.rad("#fffdf2", "#ffe9b0@50", "#f0b56a"))
    d = "M-180,-62 C-176,44 -96,108 0,108 C96,108 176,44 180,-62 A180,20 0 0 1 -180,-62 Z"
    art.path(d, art.round(colour))
    art.path(d, art.lin("#ffe2a8/0.55", "#ffffff/0@45", f"{dark(colour, 0.4)}/0.4"))
    art.path("M-180,-62 A180,20 0 0 0 180,-62", stroke="#fff6dc", width=4)


def swing(art: Art, colour: str) -> None:
    """A wall plate, a jointed arm and a small shade."""
    art.rect(-252, -74, 48, 180, art.round(BRASS), 22)
    tube(art, [(-226, 18), (-40, -44)], BRASS, 13, bent=False)
    tube(art, [(-40, -44), (120, 22)], BRASS, 12, bent=False)
    tube(art, [(120, 24), (120, -40)], BRASS, 10, bent=False)
    for x, y in ((-226, 18), (-40, -44), (120, 22)):
        art.disc(x, y, 17, art.flat(light(BRASS, 0.1)))
        art.disc(x, y, 6, dark(BRASS, 0.45))
    with art.at(120, -178):
        art.path("M-62,0 L-118,146 A118,14 0 0 0 118,146 L62,0 Z", lit(art, colour))
        art.path(
            "M-62,0 L-118,146 A118,14 0 0 0 118,146 L62,0 Z",
            art.across("#2b1a10/0.35", "#ffffff/0@35", "#2b1a10/0.4"),
        )
        art.path("M-118,146 A118,14 0 0 0 118,146", stroke=dark(colour, 0.3), width=5)
        art.oval(0, 0, 62, 8, "#fff1c8")


def niche(art: Art, colour: str) -> None:
    """A folded steel leaf that throws light up and down."""
    art.oval(0, -176, 74, 14, art.rad("#fffdf2", "#ffe1a0"))
    art.oval(0, 176, 74, 14, art.rad("#fffdf2", "#ffe1a0"))
    art.path(
        "M-96,-170 L96,-170 L78,170 L-78,170 Z",
        art.across(dark(colour, 0.2), f"{light(colour, 0.2)}@32", f"{colour}@52", dark(colour, 0.4)),
    )
    art.line([(-4, -168), (0, 168)], f"{light(colour, 0.5)}/0.5", 3)
    art.rect(-96, -176, 192, 9, art.across(dark(BRASS, 0.2), light(BRASS, 0.4), dark(BRASS, 0.3)), 3)
    art.rect(-78, 167, 156, 9, art.across(dark(BRASS, 0.2), light(BRASS, 0.4), dark(BRASS, 0.3)), 3)


def clip(art: Art, colour: str) -> None:
    """A clamp on a shelf edge, a flexible neck, a small reflector."""
    art.rect(-330, 40, 330, 32, art.lin(light(OAK, 0.15), dark(OAK, 0.1)), 4)
    neck = [(-150, 20), (-168, -110), (-110, -236), (10, -262), (96, -196)]
    art.line(neck, dark(STEEL, 0.35), 18, bent=True)
    art.path(curve(neck), stroke=light(STEEL, 0.3), width=14, dash="1 9")
    art.path(
        "M-196,18 L-104,18 L-104,104 L-128,104 L-128,46 L-172,46 L-172,104 L-196,104 Z", art.round(colour)
    )
    art.rect(-206, 2, 112, 24, art.round(colour), 10)
    art.disc(-116, 104, 16, art.flat(BRASS))
    with art.at(106, -182, 1, -40):
        art.oval(0, 120, 96, 24, art.rad("#fffdf2", "#ffe9b0@45", "#f0b25e"))
        art.path(
            "M-30,-26 C-30,-46 30,-46 30,-26 C44,16 96,40 96,120 A96,24 0 0 1 -96,120"
            " C-96,40 -44,16 -30,-26 Z",
            art.round(colour),
        )
        art.line([(-32, 26), (-62, 62), (-72, 96)], f"{light(colour, 0.75)}/0.6", 8, bent=True)


def festa(art: Art, colour: str) -> None:
    """Two swags of cable with a bulb at every third hand's width."""
    for offset, sag in ((-130, 150), (70, 190)):
        points = [(-560 + i * 112.0, offset + sag * (1 - ((i - 5) / 5) ** 2)) for i in range(11)]
        art.line(points, INK, 6, bent=True)
        for x, y in points:
            art.rect(x - 11, y - 2, 22, 32, art.round(INK), 5)
            bulb(art, x, y + 62, 32)
            art.body(
                [(14, y + 26), (33, y + 56), (32, y + 78), (0.1, y + 96)],
                art.rad("#fffdf4", f"{mix(colour, '#fff1cf', 0.5)}@60", colour),
                x,
            )


HUNG: dict[str, Lamp] = {
    "kuppel": Lamp(kuppel, (-215, 0, 215, 600), (0, 566), 420, "down", 195),
    "moon": Lamp(moon, (-215, 0, 215, 725), (0, 510), 560),
    "bell": Lamp(bell, (-172, 0, 172, 628), (0, 480), 480),
    "rattan": Lamp(rattan, (-205, 0, 205, 636), (0, 480), 500),
    "bar": Lamp(bar, (-352, 0, 352, 524), (0, 518), 420, "down", 330),
    "petal": Lamp(petal, (-212, 0, 212, 660), (0, 520), 480, "down", 110),
}
WALL: dict[str, Lamp] = {
    "halfmoon": Lamp(halfmoon, (-184, -84, 184, 110), (0, -66), 420, "up", 170),
    "swing": Lamp(swing, (-256, -190, 242, 110), (120, -90), 380, "both", 110),
    "niche": Lamp(niche, (-100, -190, 100, 190), (0, 0), 400, "both", 72),
    "clip": Lamp(clip, (-330, -270, 250, 124), (182, -90), 340, "down", 90),
    "festa": Lamp(festa, (-600, -150, 600, 370), (0, 120), 700),
}
