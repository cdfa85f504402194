# SPDX-License-Identifier: Apache-2.0
"""Kitchen, light and small tools."""

import math

from .gear import BONE, CORD, IRON, LEATHER, RUBBER, SILVER, Gear, badge, shadow_side, strap
from .svg import Art, curve, dark, light, mix


def _flame(art: Art, x: float, y: float, size: float) -> None:
    for scale, tone in ((1.0, "#3f8fd8"), (0.72, "#7cc0f2"), (0.4, "#eef8ff")):
        s = size * scale
        side = [(0.4, 0.0), (0.46, 0.42), (0.16, 0.78), (0.0, 1.3)]
        right = [(x + s * w, y - s * h) for w, h in side]
        left = [(x - s * w, y - s * h) for w, h in side[::-1]]
        art.path(curve(right) + " L" + curve(left)[1:] + " Z", f"{tone}/0.9")


def stove(art: Art, colour: str) -> None:
    """A burner on its gas can, four arms spread, lit."""
    art.path(
        "M-150,-190 C-150,-230 -80,-250 0,-250 C80,-250 150,-230 150,-190 L150,-26"
        " C120,10 -120,10 -150,-26 Z",
        art.round(colour),
    )
    art.rect(-150, -150, 300, 84, art.round(BONE))
    badge(art, 0, -108, colour, 1.3)
    art.path("M-150,-30 C-120,6 120,6 150,-30 L150,-14 C120,18 -120,18 -150,-14 Z", art.round(SILVER))
    art.rect(-22, -284, 44, 44, art.round("#c7a052"), 6)
    art.rect(-30, -360, 60, 80, art.round(SILVER), 8)
    art.line([(28, -330), (150, -330)], dark(SILVER, 0.3), 9)
    art.path("M150,-352 h54 v44 h-54 Z", stroke=light(SILVER, 0.2), width=9)
    art.path("M-84,-392 L84,-392 L58,-354 L-58,-354 Z", art.round(dark(SILVER, 0.3)))
    for x in (-60, -20, 20, 60):
        _flame(art, x, -394, 44)
    for side in (-1, 1):
        art.line([(side * 30, -350), (side * 120, -380), (side * 196, -462)], dark(IRON, 0.1), 15, bent=True)
        art.line([(side * 196, -462), (side * 112, -462)], IRON, 15)
        for i in range(3):
            art.line([(side * (124 + i * 24), -462), (side * (124 + i * 24), -474)], IRON, 7)


def mug(art: Art, colour: str) -> None:
    """An enamel mug, speckled, with a dark rim."""
    art.path("M150,-270 C300,-290 310,-90 140,-84", stroke=dark(colour, 0.25), width=40)
    art.path("M148,-272 C288,-288 298,-98 140,-90", stroke=light(colour, 0.1), width=26)
    body = "M-172,-330 L-160,-24 C-120,14 120,14 160,-24 L172,-330 Z"
    art.path(body, art.round(colour))
    for i in range(46):
        x, y = math.sin(i * 12.9898) * 146, -24 - (i * 67 % 290)
        art.disc(x, y, 2 + i % 3, f"{BONE}/0.7")
    art.oval(0, -330, 172, 34, IRON)
    art.oval(0, -328, 158, 27, art.lin("#3a2416", "#7a4c2a"))
    art.path("M-120,-322 C-60,-306 60,-306 120,-322", stroke="#c08a55/0.7", width=6)
    badge(art, -24, -176, dark(colour, 0.1), 2.3)
    art.line([(-136, -280), (-130, -80)], "#ffffff/0.35", 14)
    for x, lift in ((-56, 0), (10, -34), (66, -6)):
        steam = [(x, -372 + lift), (x + 24, -420 + lift), (x - 14, -470 + lift), (x + 14, -530 + lift)]
        art.line(steam, "#ffffff/0.42", 11, bent=True)


def bottle(art: Art, colour: str) -> None:
    profile = [(64, -500), (66, -470), (112, -410), (118, -360), (118, -60), (112, -14), (84, 2)]
    art.body(profile, art.round(colour), pull=0.6)
    art.rect(-119, -96, 238, 60, art.round(dark(colour, 0.22)))
    art.rect(-72, -512, 144, 22, art.round(SILVER), 6)
    art.rect(-66, -596, 132, 88, art.round(IRON), 16)
    for x in range(-52, 60, 21):
        art.rect(x, -590, 6, 74, f"{light(IRON, 0.4)}/0.35", 3)
    art.path("M-42,-594 C-46,-664 46,-664 42,-594", stroke=IRON, width=18)
    art.path("M-40,-600 C-42,-656 40,-656 40,-604", stroke=light(IRON, 0.25), width=6)
    art.line([(-84, -372), (-86, -130)], "#ffffff/0.4", 16)
    badge(art, 10, -250, dark(colour, 0.1), 2.1)


def kettle(art: Art, colour: str) -> None:
    """A round camp kettle with a bail handle."""
    art.path("M-170,-250 C-210,-520 210,-520 170,-250", stroke=IRON, width=16)
    art.rect(-78, -468, 156, 32, art.flat(LEATHER), 16)
    art.path(
        "M168,-200 C230,-210 236,-300 300,-318 L318,-286 C280,-262 276,-130 168,-110 Z",
        art.round(dark(colour, 0.12)),
    )
    art.oval(309, -302, 12, 20, dark(colour, 0.6))
    body = "M-170,-250 C-236,-190 -236,-50 -176,-10 C-110,14 110,14 176,-10 C236,-50 236,-190 170,-250 Z"
    art.path(body, art.round(colour))
    art.path(
        "M-214,-90 C-120,-66 120,-66 214,-90 C214,-50 200,-26 176,-10"
        " C110,14 -110,14 -176,-10 C-200,-26 -214,-50 -214,-90 Z",
        f"{dark(colour, 0.6)}/0.5",
    )
    art.oval(0, -252, 172, 30, dark(colour, 0.3))
    art.path(
        "M-150,-258 C-130,-310 130,-310 150,-258 C90,-234 -90,-234 -150,-258 Z", art.round(light(colour, 0.1))
    )
    art.rect(-10, -318, 20, 26, IRON)
    art.disc(0, -326, 24, art.flat(LEATHER))
    art.line([(-176, -196), (-192, -140), (-184, -96)], "#ffffff/0.5", 13, bent=True)
    for x, y in ((318, -350), (346, -392)):
        art.line([(x, y), (x + 22, y - 34), (x - 2, y - 70)], "#ffffff/0.4", 10, bent=True)


def headlamp(art: Art, colour: str) -> None:
    strap(
        art,
        [(-150, -150), (-330, -210), (-270, -380), (0, -430), (270, -380), (330, -210), (150, -150)],
        colour,
        58,
    )
    art.path(
        curve([(-312, -270), (-240, -370), (0, -416), (240, -370), (312, -270)]),
        stroke=f"{BONE}/0.8",
        width=7,
        dash="24 14",
    )
    art.line([(0, -220), (0, -420)], dark(colour, 0.25), 34)
    case = (
        "M-190,-230 C-190,-276 -160,-292 -120,-292 L120,-292 C160,-292 190,-276 190,-230"
        " L178,-60 C172,-20 150,0 110,0 L-110,0 C-150,0 -172,-20 -178,-60 Z"
    )
    shadow_side(art, case, IRON)
    for x, r in ((-54, 92), (102, 54)):
        art.disc(x, -146, r, art.flat(light(IRON, 0.24)))
        art.disc(x, -146, r * 0.84, art.rad("#ffffff", "#fff8dc@40", "#f3dc97@78", "#c9a95c"))
        art.ring(x, -146, r * 0.56, r * 0.56, "#ffffff/0.7", 4)
    art.rect(-40, -310, 80, 22, art.flat(CORD), 8)
    art.rect(64, -62, 84, 26, art.flat(colour), 10)
    for x in (-140, -120, -100):
        art.rect(x, -40, 9, 20, light(IRON, 0.35), 3)


def lantern(art: Art, colour: str) -> None:
    """A fold-out camp lantern with a hook."""
    art.path("M-90,-452 C-90,-600 90,-600 90,-452", stroke=IRON, width=13)
    art.path("M-150,-60 C-160,-16 -140,6 -100,6 L100,6 C140,6 160,-16 150,-60 Z", art.round(colour))
    art.rect(-152, -104, 304, 52, art.round(dark(colour, 0.15)), 12)
    art.path(
        "M-118,-380 L-132,-104 L132,-104 L118,-380 Z", art.rad("#fffdf2", "#fff0bd@40", "#f6cd77@100", r=0.7)
    )
    for i in range(5):
        y = -338 + i * 50
        art.line([(-122 - i * 2, y), (0, y + 15), (122 + i * 2, y)], "#c98f3c/0.5", 5, bent=True)
    art.path("M-134,-380 C-130,-440 -80,-468 0,-468 C80,-468 130,-440 134,-380 Z", art.round(colour))
    art.rect(-142, -394, 284, 26, art.round(dark(colour, 0.18)), 10)
    art.disc(0, -28, 17, art.flat(BONE))
    art.disc(0, -28, 8, "#7fc6a4")
    badge(art, 0, -424, colour, 0.9)


def compass(art: Art, colour: str) -> None:
    """A baseplate compass on a lanyard."""
    art.line([(60, -430), (170, -520), (300, -470), (320, -300), (360, -160)], CORD, 11, bent=True)
    art.rect(-190, -440, 380, 440, art.lin("#f4fbfb/0.92", "#c7dfe2/0.95", to=(1, 1)), 34)
    art.rect(-190, -440, 380, 70, f"{colour}/0.95", 30)
    art.rect(-190, -400, 380, 32, colour)
    for i in range(19):
        art.line([(-160 + i * 18, -20), (-160 + i * 18, -46 if i % 5 == 0 else -34)], IRON, 4)
    art.line([(0, -356), (0, -420)], BONE, 8)
    art.poly([(-16, -404), (0, -430), (16, -404)], BONE)
    art.disc(6, -190, 146, "#20343c/0.28")
    art.disc(0, -198, 144, art.flat(IRON))
    art.disc(0, -198, 120, art.flat(BONE))
    for k in range(36):
        a = k / 36 * math.tau
        inner = 98 if k % 9 == 0 else 108
        start, end = (
            (math.cos(a) * inner, -198 + math.sin(a) * inner),
            (math.cos(a) * 116, -198 + math.sin(a) * 116),
        )
        art.line([start, end], IRON, 6 if k % 9 == 0 else 3)
    with art.at(0, -198, 1, 24):
        art.poly([(-17, 0), (0, -92), (17, 0)], "#d6493a")
        art.poly([(0, -92), (17, 0), (0, 0)], "#a83328")
        art.poly([(-17, 0), (0, 92), (17, 0)], "#5c7680")
        art.disc(0, 0, 11, art.flat("#d9b25e"))
    art.path("M-96,-262 C-66,-316 -10,-322 24,-312", stroke="#ffffff/0.75", width=12)


def thermos(art: Art, colour: str) -> None:
    """A short, wide food flask with its spoon."""
    art.body([(120, -330), (126, -300), (126, -40), (118, -8), (92, 2)], art.round(colour), pull=0.5)
    art.rect(-112, -430, 224, 104, art.round(SILVER), 26)
    art.rect(-120, -338, 240, 22, art.round(IRON), 8)
    badge(art, 0, -180, colour, 1.8)
    art.oval(206, -300, 34, 52, art.flat(SILVER))
    art.line([(206, -250), (206, -20)], mix(SILVER, RUBBER, 0.2), 17)


KIT: dict[str, Gear] = {
    "stove": Gear(stove, (-210, -480, 212, 10), light=(0, -420), glow="#8fd0ff", stand=(-150, 150)),
    "mug": Gear(mug, (-180, -560, 290, 10), stand=(-160, 170)),
    "bottle": Gear(bottle, (-122, -650, 122, 6)),
    "kettle": Gear(kettle, (-230, -480, 350, 8), stand=(-180, 180)),
    "headlamp": Gear(headlamp, (-350, -460, 350, 4), light=(-54, -146), stand=(-190, 190)),
    "lantern": Gear(lantern, (-160, -570, 160, 10), light=(0, -240)),
    "compass": Gear(compass, (-195, -535, 370, 4), stand=(-190, 190)),
    "thermos": Gear(thermos, (-130, -432, 245, 6)),
}
