# SPDX-License-Identifier: Apache-2.0
"""Table lamps."""

import math

from .lamp import BRASS, INK, OAK, STEEL, Lamp, bulb, cylinder, foot, globe, lit, shade, tube
from .svg import Art, dark, light, mix, n


def mushroom(art: Art, colour: str) -> None:
    stem = [(64, -250), (52, -200), (52, -130), (74, -60), (112, -22), (118, -8), (96, 0)]
    art.body(stem, art.round(colour))
    art.oval(0, -232, 150, 26, art.rad("#fffdf2", "#ffe7ac@50", "#eda855"))
    d = "M-205,-244 C-212,-372 -112,-430 0,-430 C112,-430 212,-372 205,-244 A205,34 0 0 1 -205,-244 Z"
    art.path(d, art.round(mix(colour, "#ffe2b0", 0.12)))
    art.path(d, art.lin("#ffffff/0.14", "#ffffff/0@45", "#ffcf86/0.55"))
    art.line([(-158, -300), (-138, -350), (-88, -392)], f"{light(colour, 0.8)}/0.55", 14, bent=True)
    art.path("M-205,-244 A205,34 0 0 0 205,-244", stroke=f"{dark(colour, 0.3)}/0.6", width=4)


def desk(art: Art, colour: str) -> None:
    """Two arms, two springs, one head that follows."""
    foot(art, -110, 96, colour, 18)
    cylinder(art, -110, -52, -30, 18, 5, STEEL)
    tube(art, [(-110, -46), (-172, -262)], STEEL, 13, bent=False)
    tube(art, [(-172, -262), (56, -404)], STEEL, 12, bent=False)
    for a, b in (((-96, -70), (-140, -214)), ((-140, -296), (-20, -370))):
        art.line([a, b], dark(STEEL, 0.45), 4)
        art.path(f"M{a[0]},{a[1]} L{b[0]},{b[1]}", stroke=light(STEEL, 0.4), width=9, dash="2 9")
    for x, y, r in ((-172, -262, 20), (-110, -50, 13), (60, -406, 17)):
        art.disc(x, y, r, art.flat(BRASS))
        art.disc(x, y, r * 0.4, dark(BRASS, 0.4))
    with art.at(72, -402, 1, -26):
        art.oval(0, 142, 104, 28, art.rad("#fffdf2", "#ffe9b0@45", "#f0b25e"))
        art.path(
            "M-34,-22 C-34,-42 34,-42 34,-22 L38,26 C84,44 104,92 104,142 A104,28 0 0 1 -104,142 "
            "C-104,92 -84,44 -38,26 Z",
            art.round(colour),
        )
        art.line([(-34, 40), (-64, 70), (-76, 108)], f"{light(colour, 0.75)}/0.6", 9, bent=True)
        art.rect(-36, 16, 72, 9, f"{dark(colour, 0.4)}/0.55", 4)


def gourd(art: Art, colour: str) -> None:
    """A thrown stoneware body under a linen shade; the glaze stops short of the foot."""
    profile = [(20, -232), (34, -206), (62, -180), (60, -150), (98, -104), (112, -62), (92, -18), (64, 0)]
    art.rect(-9, -262, 18, 36, art.round(BRASS))
    art.body(profile, art.round(colour))
    with art.inside("M-130,-34 C-60,-22 -20,-44 40,-30 C80,-22 110,-36 130,-30 L130,10 L-130,10 Z"):
        art.body(profile, art.round("#c9a98a"))
    art.line([(-72, -84), (-64, -116), (-44, -140)], f"{light(colour, 0.85)}/0.6", 12, bent=True)
    shade(art, -452, 104, 178, 200, "#efe3cc")


def pleat(art: Art, colour: str) -> None:
    """A turned oak foot with a pleated shade."""
    art.body(
        [(16, -236), (13, -190), (24, -150), (13, -120), (20, -74), (74, -30), (84, -10), (78, 0)],
        art.round(OAK),
    )
    top, bottom, y, height = 92, 176, -442, 212
    shade(art, y, top, bottom, height, colour)
    for i in range(1, 16):
        a = math.pi * i / 16
        x1, x2 = -math.cos(a) * top, -math.cos(a) * bottom
        d = f"M{n(x1)},{n(y + math.sin(a) * 11)} L{n(x2)},{n(y + height + math.sin(a) * 18)}"
        art.path(d, stroke=f"{dark(colour, 0.4)}/0.32", width=4)
        art.path(d, stroke="#fff6dc/0.10", width=9)
    for edge, half, drop in ((y, top, 12), (y + height - 10, bottom - 3, 19)):
        art.path(
            f"M{-half},{edge} a{half},{drop} 0 0 0 {2 * half},0", stroke=mix(colour, "#fff4e0", 0.55), width=9
        )


def banker(art: Art, colour: str) -> None:
    foot(art, 0, 126, BRASS, 16)
    art.body([(13, -290), (10, -120), (22, -90), (12, -70), (18, -40), (52, -26)], art.round(BRASS))
    tube(art, [(0, -286), (0, -330), (-2, -352)], BRASS, 12)
    art.oval(0, -238, 196, 20, art.rad("#fffdf2", "#ffeab4@50", "#efb060"))
    d = (
        "M-214,-240 C-214,-330 -168,-366 -110,-366 L110,-366 C168,-366 214,-330 214,-240"
        " A214,22 0 0 1 -214,-240 Z"
    )
    art.path(d, art.lin(dark(colour, 0.15), f"{colour}@35", f"{mix(colour, '#ffe7a0', 0.55)}@100"))
    art.path(d, art.across("#000000/0.28", "#ffffff/0@30", "#ffffff/0@70", "#000000/0.35"))
    art.line([(-170, -318), (-130, -344), (-40, -348)], "#ffffff/0.55", 9, bent=True)
    art.rect(-26, -384, 52, 22, art.round(BRASS), 8)
    art.line([(96, -232), (96, -150)], BRASS, 3)
    art.disc(96, -146, 8, art.flat(BRASS))


def andon(art: Art, colour: str) -> None:
    """A paper lantern in an open frame of cedar."""
    art.rect(-126, -418, 252, 396, lit(art, colour, (0.5, 0.62), 0.66))
    wood = "#8a5a3a"
    for x in (-62, 0, 62):
        art.rect(x - 3, -418, 6, 396, f"{wood}/0.75")
    for y in (-300, -220, -140):
        art.rect(-126, y, 252, 6, f"{wood}/0.75")
    for x in (-148, 126):
        art.rect(x, -440, 22, 440, art.round(wood), 3)
    for y, h in ((-436, 22), (-44, 24)):
        art.rect(-148, y, 296, h, art.flat(wood), 3)
    art.path("M-70,-438 C-70,-490 70,-490 70,-438", stroke=dark(wood, 0.1), width=10)


def portable(art: Art, colour: str) -> None:
    """A small lamp to carry: dock, stem and cap."""
    cylinder(art, 0, -34, -10, 92, 15, colour)
    tube(art, [(0, -40), (0, -300)], colour, 17, bent=False)
    art.body([(30, -286), (34, -250), (34, -232)], art.rad("#fffdf2", "#ffe9b0"))
    d = "M-132,-276 C-128,-330 -70,-366 0,-366 C70,-366 128,-330 132,-276 A132,20 0 0 1 -132,-276 Z"
    art.oval(0, -274, 118, 17, art.rad("#fffdf2", "#ffe7ac@50", "#eda855"))
    art.path(d, art.round(colour))
    art.line([(-96, -308), (-74, -332), (-36, -348)], f"{light(colour, 0.8)}/0.6", 9, bent=True)
    art.disc(0, -366, 12, art.flat(BRASS))
    art.disc(0, -20, 4, "#ffe7a8")


def keeper(art: Art, colour: str) -> None:
    """A storm lantern: glass cylinder between two plates, a wire handle above."""
    art.path("M-96,-330 C-120,-520 120,-520 96,-330", stroke=INK, width=8)
    art.rect(-22, -494, 44, 18, art.round(OAK), 9)
    cylinder(art, 0, -52, -12, 118, 18, colour)
    art.body([(58, -90), (52, -54)], art.round(STEEL))
    bulb(art, 0, -186, 46)
    art.body([(30, -240), (40, -186), (30, -110)], art.lin("#fff6da", "#ffd58a"))
    glass = [(84, -312), (104, -250), (108, -180), (98, -100), (84, -64)]
    art.body(glass, art.across("#ffffff/0.34", "#fff2cf/0.10@30", "#fff2cf/0.06@65", "#ffffff/0.28"))
    art.line([(-84, -250), (-88, -180), (-80, -116)], "#ffffff/0.75", 8, bent=True)
    for x in (-118, 118):
        art.rod((x * 0.93, -330), (x * 0.93, -44), dark(colour, 0.1), 9)
    cylinder(art, 0, -338, -316, 122, 18, colour)
    art.body([(26, -384), (56, -362), (74, -338)], art.round(colour))


def orb(art: Art, colour: str) -> None:
    """A ball of opal glass in a ring of brass."""
    cylinder(art, 0, -58, -14, 84, 14, colour)
    globe(art, 0, -200, 150)
    art.path("M-150,-200 a150,34 0 0 0 300,0", stroke=BRASS, width=9)


TABLE: dict[str, Lamp] = {
    "mushroom": Lamp(mushroom, (-210, -434, 210, 6), (0, -240), 420, "both", 190),
    "desk": Lamp(desk, (-215, -440, 250, 8), (140, -268), 360, "down", 100),
    "gourd": Lamp(gourd, (-182, -470, 182, 6), (0, -330), 430, "both", 165),
    "pleat": Lamp(pleat, (-182, -460, 182, 6), (0, -320), 430, "both", 165),
    "banker": Lamp(banker, (-218, -390, 218, 8), (0, -236), 380, "down", 190),
    "andon": Lamp(andon, (-150, -480, 150, 4), (0, -200), 430),
    "portable": Lamp(portable, (-136, -382, 136, 6), (0, -268), 340, "down", 110),
    "keeper": Lamp(keeper, (-128, -500, 128, 8), (0, -186), 420),
    "orb": Lamp(orb, (-154, -352, 154, 6), (0, -200), 430),
}
