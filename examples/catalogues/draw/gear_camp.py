# SPDX-License-Identifier: Apache-2.0
"""Shelter, sleep and packs."""

import math

from .gear import BONE, CORD, IRON, LEATHER, Gear, badge, buckle, shadow_side, stitch, strap, zipper
from .svg import Art, curve, dark, light, mix, straight


def tent(art: Art, colour: str) -> None:
    """A ridge tent with an open door and lit porch."""
    for side in (-1, 1):
        art.line([(side * 250, -150), (side * 400, -4)], BONE, 4)
        art.line([(side * 400, -26), (side * 404, 4)], IRON, 8)
    outer = "M-360,0 C-330,-120 -170,-420 -30,-440 C60,-446 250,-220 350,0 Z"
    shadow_side(art, outer, colour)
    art.path(
        "M-30,-440 C60,-446 250,-220 350,0 L150,0 C110,-180 30,-380 -30,-440 Z", f"{dark(colour, 0.35)}/0.55"
    )
    art.path(
        "M-34,-432 C-150,-300 -190,-120 -206,0 L96,0 C66,-170 20,-330 -34,-432 Z",
        art.lin(dark(colour, 0.55), f"{mix(colour, '#ffcf85', 0.55)}@100"),
    )
    art.path(
        "M-34,-432 C-86,-300 -96,-120 -150,0 L-206,0 C-190,-120 -150,-300 -34,-432 Z",
        art.lin(light(colour, 0.45), light(colour, 0.1)),
    )
    art.path(
        "M-34,-432 C10,-300 40,-150 44,0 L96,0 C66,-170 20,-330 -34,-432 Z",
        art.lin(light(colour, 0.3), colour),
    )
    art.path("M-140,0 C-120,-52 20,-52 40,0 Z", art.lin("#e9a24c", "#c9762f"))
    for start, end in (((-34, -438), (-360, 0)), ((-34, -438), (150, 0)), ((-30, -440), (350, 0))):
        mid = (
            (start[0] + end[0]) / 2 + (end[0] > 200) * 40 - (end[0] < 0) * 36,
            (start[1] + end[1]) / 2 - 20,
        )
        art.line([start, mid, end], f"{light(colour, 0.5)}/0.8", 5, bent=True)
    badge(art, 206, -92, colour, 0.9)
    art.line([(-372, 0), (362, 0)], dark(colour, 0.45), 9)


def sleeping_bag(art: Art, colour: str) -> None:
    """A mummy bag, laid at a slant, its hood open."""
    with art.at(0, -172, 1, -5):
        outline = (
            "M-350,10 C-372,-150 -230,-176 -130,-160 C60,-150 250,-110 350,-70"
            " C392,-40 392,60 350,84 C250,124 60,150 -130,160 C-240,176 -350,160 -350,10 Z"
        )
        shadow_side(art, outline, colour)
        with art.inside(outline):
            for x in range(-120, 380, 62):
                art.line([(x, -180), (x + 20, 0), (x, 180)], f"{dark(colour, 0.35)}/0.5", 5, bent=True)
                art.line(
                    [(x + 7, -180), (x + 27, 0), (x + 7, 180)], f"{light(colour, 0.4)}/0.4", 4, bent=True
                )
        art.blob(
            [(-330, 4), (-300, -96), (-206, -104), (-160, 0), (-206, 108), (-300, 102)],
            art.flat(mix(colour, "#2a2230", 0.62)),
        )
        art.blob(
            [(-308, 10), (-286, -60), (-214, -68), (-186, 4), (-216, 72), (-286, 68)],
            art.lin("#f2d9a6", "#d39a55"),
        )
        zipper(art, (-150, 70), (250, 46))
        badge(art, 286, -20, colour, 0.9)
        for y in (-60, 80):
            art.disc(-176, y, 9, CORD)


def hammock(art: Art, colour: str) -> None:
    """A hammock with its straps; the trees come with the scene."""
    for side in (-1, 1):
        art.line([(side * 540, -452), (side * 356, -330)], CORD, 10)
        buckle(art, side * 452, -394, 30, 30)
        for k in range(5):
            art.line([(side * 356, -330), (side * (262 - 10 * abs(k - 2)), -262 + k * 26)], BONE, 4)
    back = "M-300,-276 C-180,-190 180,-190 300,-276 C240,-30 -240,-30 -300,-276 Z"
    art.path(back, dark(colour, 0.42))
    front = "M-304,-262 C-200,-110 200,-110 304,-262 C270,40 -270,40 -304,-262 Z"
    shadow_side(art, front, colour)
    with art.inside(front):
        for k, tone in ((0, light(colour, 0.55)), (1, mix(colour, CORD, 0.7)), (2, light(colour, 0.55))):
            y = -104 + k * 36
            art.line(
                [(-330, y - 130), (-190, y), (0, y + 40), (190, y), (330, y - 130)],
                f"{tone}/0.85",
                14,
                bent=True,
            )
    art.path("M-110,-190 C-100,-236 60,-240 84,-196 C60,-150 -80,-148 -110,-190 Z", art.flat(BONE))
    badge(art, 120, -96, colour, 0.8)


def sleeping_pad(art: Art, colour: str) -> None:
    """A ribbed air pad, half unrolled."""
    top = "M-330,-60 L250,-150 L370,-64 L-210,40 Z"
    art.poly([(-330, -60), (-330, -34), (-210, 66), (-210, 40)], dark(colour, 0.3))
    art.poly([(-210, 40), (-210, 66), (370, -38), (370, -64)], dark(colour, 0.45))
    shadow_side(art, top, colour, 0.15)
    for i in range(1, 8):
        a = i / 8
        art.line(
            [(-330 + 580 * a, -60 - 90 * a), (-210 + 580 * a, 40 - 104 * a)], f"{dark(colour, 0.4)}/0.5", 7
        )
        art.line(
            [(-322 + 580 * a, -62 - 90 * a), (-202 + 580 * a, 38 - 104 * a)], f"{light(colour, 0.5)}/0.6", 4
        )
    with art.at(298, -138):
        roll = "M-64,-66 C-110,-66 -110,38 -60,60 L70,150 L150,60 L0,-66 Z"
        shadow_side(art, roll, light(colour, 0.08))
        art.oval(90, 88, 74, 78, art.flat(dark(colour, 0.2)))
        for r in (58, 40, 22):
            art.ring(90, 88, r, r * 1.06, light(colour, 0.25), 7)
    art.rect(-290, -28, 34, 22, art.flat(CORD), 6)
    badge(art, -176, -16, colour, 0.7)


def backpack(art: Art, colour: str) -> None:
    for side in (-1, 1):
        strap(art, [(side * 120, -470), (side * 216, -360), (side * 214, -180), (side * 170, -60)], IRON, 36)
    art.path("M-34,-556 C-34,-600 34,-600 34,-556", stroke=IRON, width=15)
    body = (
        "M-190,-40 C-214,-260 -196,-420 -150,-486 L150,-486 C196,-420 214,-260 190,-40"
        " C170,4 -170,4 -190,-40 Z"
    )
    shadow_side(art, body, colour)
    lid = "M-166,-430 C-190,-540 -110,-566 0,-566 C110,-566 190,-540 166,-430 C100,-400 -100,-400 -166,-430 Z"
    shadow_side(art, lid, dark(colour, 0.16))
    art.path("M-120,-524 C-60,-544 60,-544 120,-524", stroke=f"{light(colour, 0.6)}/0.7", width=7)
    for x in (-84, 84):
        strap(art, [(x, -420), (x, -300), (x, -196)], mix(colour, LEATHER, 0.7), 24)
        buckle(art, x, -330, 36, 30)
    pocket = (
        "M-142,-32 C-156,-120 -150,-186 -128,-214 L128,-214 C150,-186 156,-120 142,-32"
        " C120,-10 -120,-10 -142,-32 Z"
    )
    shadow_side(art, pocket, light(colour, 0.08))
    zipper(art, (-110, -176), (110, -176))
    stitch(art, [(-122, -40), (0, -28), (122, -40)], light(colour, 0.6))
    for side in (-1, 1):
        shadow_side(
            art,
            f"M{side * 188},-30 C{side * 236},-60 {side * 236},-190 {side * 196},-216 Z",
            dark(colour, 0.12),
        )
    art.rect(-230, -250, 36, 200, art.round("#d9e3e4"), 14)
    art.rect(-224, -274, 24, 30, art.round(IRON), 6)
    badge(art, 0, -100, colour, 1.15)


def duffel(art: Art, colour: str) -> None:
    body = (
        "M-350,-120 C-350,-250 -300,-290 -240,-290 L240,-290 C300,-290 350,-250 350,-120"
        " C350,-30 310,0 240,0 L-240,0 C-310,0 -350,-30 -350,-120 Z"
    )
    shadow_side(art, body, colour)
    for side in (-1, 1):
        art.path(
            f"M{side * 262},-288 C{side * 330},-282 {side * 350},-230 {side * 350},-120"
            f" C{side * 350},-36 {side * 318},-4 {side * 262},-1 Z",
            f"{dark(colour, 0.35)}/0.6",
        )
    zipper(art, (-226, -262), (226, -262))
    for x in (-130, 130):
        art.rect(x - 21, -286, 42, 285, art.across(dark(IRON, 0.1), light(IRON, 0.18), IRON))
        stitch(art, [(x, -276), (x, -8)], light(IRON, 0.5), bent=False)
    strap(art, [(-130, -200), (-118, -360), (0, -410), (118, -360), (130, -200)], IRON, 30)
    art.rect(-58, -432, 116, 40, art.flat(LEATHER), 18)
    for x in (-200, 200):
        art.rect(x - 22, -62, 44, 16, CORD, 4)
    badge(art, 0, -130, colour, 1.5)


def hip_pack(art: Art, colour: str) -> None:
    strap(
        art,
        [(-200, -190), (-350, -250), (-250, -372), (0, -400), (250, -372), (350, -250), (200, -190)],
        IRON,
        40,
    )
    buckle(art, 0, -400, 84, 54)
    body = (
        "M-250,-150 C-260,-250 -210,-290 -130,-296 L130,-296 C210,-290 260,-250 250,-150"
        " C236,-30 150,0 0,0 C-150,0 -236,-30 -250,-150 Z"
    )
    shadow_side(art, body, colour)
    pocket = "M-208,-130 C-196,-40 -120,-16 0,-16 C120,-16 196,-40 208,-130 C120,-160 -120,-160 -208,-130 Z"
    shadow_side(art, pocket, dark(colour, 0.14))
    zipper(art, (-196, -222), (196, -222))
    art.line([(-190, -146), (0, -164), (190, -146)], CORD, 7, bent=True)
    badge(art, 0, -92, colour, 1.2)


def dry_bag(art: Art, colour: str) -> None:
    """A roll-top bag, the roll closed over its buckle."""
    body = (
        "M-150,-14 C-166,-150 -160,-330 -128,-420 L128,-420 C160,-330 166,-150 150,-14"
        " C110,16 -110,16 -150,-14 Z"
    )
    shadow_side(art, body, colour)
    for x, y1, y2 in ((-70, -400, -250), (40, -404, -300), (96, -380, -210), (-116, -330, -200)):
        art.line(
            [(x, y1), (x * 1.1, (y1 + y2) / 2), (x * 0.98, y2)], f"{dark(colour, 0.4)}/0.32", 7, bent=True
        )
    art.line([(-112, -340), (-128, -220), (-124, -90)], f"{light(colour, 0.75)}/0.5", 14, bent=True)
    shadow_side(
        art,
        "M-140,-416 C-150,-452 -150,-470 -136,-486 L136,-486 C150,-470 150,-452 140,-416 Z",
        dark(colour, 0.2),
    )
    art.rect(-144, -476, 288, 12, f"{light(colour, 0.3)}/0.6", 6)
    for side in (-1, 1):
        strap(art, [(side * 130, -452), (side * 120, -560), (0, -592)], IRON, 24)
    buckle(art, 0, -592, 76, 44)
    art.rect(-88, -250, 176, 150, f"{light(colour, 0.85)}/0.92", 14)
    badge(art, 0, -196, colour, 1.3)
    for i, w in enumerate((110, 78)):
        art.rect(-w / 2, -146 + i * 18, w, 8, f"{colour}/0.8", 4)
    art.oval(0, -4, 128, 10, f"{dark(colour, 0.5)}/0.6")


def rope(art: Art, colour: str) -> None:
    """A coil, made up and finished with three turns."""
    for i in range(9):
        w, h = 176 - i * 12 + i % 2 * 10, 262 - i * 13
        x, y = (-1) ** i * i * 2.5, -262
        art.ring(x, y, w, h, dark(colour, 0.4), 24)
        art.ring(x - 1, y - 2, w, h, colour if i % 3 else light(colour, 0.18), 17)
        turns = (k / 24 * math.tau for k in range(25))
        circle = straight([(x + w * math.cos(a), y + h * math.sin(a)) for a in turns])
        art.path(circle, stroke=f"{BONE}/0.75", width=5, dash="9 21")
    for i in range(4):
        y = -330 + i * 24
        art.line([(-194, y + 12), (0, y + 22), (194, y)], dark(colour, 0.4), 26, bent=True)
        art.line([(-194, y + 10), (0, y + 20), (194, y - 2)], light(colour, 0.12), 18, bent=True)
        art.path(curve([(-194, y + 10), (0, y + 20), (194, y - 2)]), stroke=BONE, width=5, dash="9 21")
    art.line([(150, -20), (240, -4), (300, -30)], dark(colour, 0.4), 24, bent=True)
    art.line([(150, -22), (240, -6), (300, -32)], colour, 17, bent=True)
    art.disc(304, -33, 14, CORD)


CAMP: dict[str, Gear] = {
    "tent": Gear(tent, (-410, -450, 410, 8), light=(-60, -90)),
    "sleeping_bag": Gear(sleeping_bag, (-370, -345, 390, 14)),
    "hammock": Gear(hammock, (-545, -460, 545, 20)),
    "sleeping_pad": Gear(sleeping_pad, (-335, -230, 460, 70)),
    "backpack": Gear(backpack, (-240, -600, 240, 6), stand=(-200, 200)),
    "duffel": Gear(duffel, (-354, -440, 354, 4)),
    "hip_pack": Gear(hip_pack, (-350, -430, 350, 4), stand=(-190, 190)),
    "dry_bag": Gear(dry_bag, (-170, -618, 170, 14)),
    "rope": Gear(rope, (-200, -545, 320, 14), stand=(-120, 140)),
}
