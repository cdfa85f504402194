# SPDX-License-Identifier: Apache-2.0
"""Clothing and what is worn on the water."""

import math

from .gear import BONE, CORD, IRON, LEATHER, RUBBER, Gear, badge, buckle, shadow_side, stitch, strap, zipper
from .svg import Art, curve, dark, light, mix


def jacket(art: Art, colour: str) -> None:
    """A hooded shell, zipped up, on its loop."""
    for side in (-1, 1):
        sleeve = (
            f"M{side * 130},-560 C{side * 230},-540 {side * 270},-430 {side * 318},-150"
            f" L{side * 236},-116 C{side * 206},-260 {side * 184},-330 {side * 150},-390 Z"
        )
        shadow_side(art, sleeve, dark(colour, 0.06 if side < 0 else 0.2))
        art.poly(
            [(side * 312, -184), (side * 322, -132), (side * 238, -98), (side * 226, -150)], dark(colour, 0.4)
        )
    body = (
        "M-150,-560 C-90,-590 90,-590 150,-560 C186,-420 182,-180 190,-20"
        " C110,6 -110,6 -190,-20 C-182,-180 -186,-420 -150,-560 Z"
    )
    shadow_side(art, body, colour)
    art.path(
        "M-152,-556 C-176,-460 -180,-420 -180,-400 C-90,-376 90,-376 180,-400"
        " C180,-420 176,-460 152,-556 C90,-590 -90,-590 -152,-556 Z",
        f"{dark(colour, 0.3)}/0.5",
    )
    hood = "M-112,-540 C-150,-690 -70,-730 0,-730 C70,-730 150,-690 112,-540 C60,-500 -60,-500 -112,-540 Z"
    shadow_side(art, hood, light(colour, 0.06))
    art.path(
        "M-72,-548 C-92,-650 -48,-676 0,-676 C48,-676 92,-650 72,-548 C40,-518 -40,-518 -72,-548 Z",
        dark(colour, 0.62),
    )
    art.path(
        "M-70,-546 C-40,-516 40,-516 70,-546 C60,-590 -60,-590 -70,-546 Z", art.flat(mix(colour, BONE, 0.6))
    )
    art.path("M-14,-738 C-14,-764 14,-764 14,-738", stroke=IRON, width=7)
    zipper(art, (0, -520), (0, -14))
    for side in (-1, 1):
        zipper(art, (side * 74, -230), (side * 108, -110))
        art.line([(side * 62, -540), (side * 54, -450)], CORD, 6)
        art.disc(side * 54, -444, 8, IRON)
    stitch(art, [(-184, -46), (0, -26), (184, -46)], light(colour, 0.6))
    badge(art, 104, -440, colour, 0.9)


def sweater(art: Art, colour: str) -> None:
    """A fisherman's sweater with a patterned yoke."""
    for side in (-1, 1):
        sleeve = (
            f"M{side * 130},-556 C{side * 236},-530 {side * 266},-400 {side * 300},-120"
            f" L{side * 214},-96 C{side * 196},-240 {side * 180},-320 {side * 150},-380 Z"
        )
        shadow_side(art, sleeve, dark(colour, 0.06 if side < 0 else 0.18))
        art.poly(
            [(side * 290, -196), (side * 302, -108), (side * 212, -84), (side * 202, -172)],
            dark(colour, 0.24),
        )
    body = (
        "M-150,-556 C-80,-590 80,-590 150,-556 C178,-420 176,-180 180,-20"
        " C110,0 -110,0 -180,-20 C-176,-180 -178,-420 -150,-556 Z"
    )
    shadow_side(art, body, colour)
    with art.inside(body):
        for row, (y, tone) in enumerate(
            ((-520, BONE), (-480, CORD), (-440, BONE), (-400, light(colour, 0.5)))
        ):
            for i in range(-7, 8):
                x, drop = i * 30, 26 - abs(i) * 3.4
                if row % 2:
                    art.poly(
                        [(x, y + drop - 12), (x + 12, y + drop), (x, y + drop + 12), (x - 12, y + drop)], tone
                    )
                else:
                    art.line([(x - 11, y + drop + 8), (x, y + drop - 8), (x + 11, y + drop + 8)], tone, 7)
        for x in range(-160, 180, 32):
            art.path(f"M{x},-360 L{x},-70", stroke=f"{dark(colour, 0.4)}/0.28", width=5, dash="13 9")
    art.path("M-180,-70 C-110,-46 110,-46 180,-70 L180,-20 C110,0 -110,0 -180,-20 Z", dark(colour, 0.22))
    for x in range(-168, 176, 16):
        art.line([(x, -60), (x, -12)], f"{dark(colour, 0.5)}/0.35", 4)
    art.path("M-84,-572 C-96,-640 96,-640 84,-572 C50,-530 -50,-530 -84,-572 Z", art.flat(dark(colour, 0.14)))
    art.path("M-62,-590 C-50,-622 50,-622 62,-590 C40,-562 -40,-562 -62,-590 Z", dark(colour, 0.6))


def beanie(art: Art, colour: str) -> None:
    crown = "M-216,-120 C-226,-330 -120,-410 0,-410 C120,-410 226,-330 216,-120 Z"
    shadow_side(art, crown, colour)
    with art.inside(crown):
        for i in range(-6, 7):
            x = i * 36
            art.line(
                [(x, -110), (x * 0.92, -260), (x * 0.3, -420)], f"{dark(colour, 0.4)}/0.42", 6, bent=True
            )
            art.line(
                [(x + 9, -110), (x * 0.92 + 8, -260), (x * 0.3 + 3, -420)],
                f"{light(colour, 0.4)}/0.35",
                5,
                bent=True,
            )
    cuff = (
        "M-232,-140 C-236,-60 -230,-30 -222,-10 C-110,14 110,14 222,-10"
        " C230,-30 236,-60 232,-140 C120,-112 -120,-112 -232,-140 Z"
    )
    shadow_side(art, cuff, dark(colour, 0.12))
    for i in range(-11, 12):
        art.line([(i * 20, -116), (i * 19.6, -6)], f"{dark(colour, 0.5)}/0.35", 6)
    for k in range(14):
        a = k / 14 * math.tau
        art.oval(math.cos(a) * 40, -426 + math.sin(a) * 38, 25, 23, mix(BONE, colour, 0.12 + 0.2 * (k % 3)))
    art.disc(0, -430, 38, BONE)
    art.rect(96, -92, 74, 46, art.flat(LEATHER), 6)
    art.line([(110, -66), (122, -74), (134, -66), (146, -60), (156, -66)], BONE, 4, bent=True)


def _glove(art: Art, colour: str) -> None:
    fingers = ((-104, -330, 30, -9), (-42, -384, 32, -3), (22, -376, 32, 3), (82, -322, 29, 10))
    for x, y, w, turn in fingers:
        with art.at(x, y, 1, turn):
            art.rect(-w, 0, 2 * w, 210, art.round(dark(colour, 0.05)), w)
            art.rect(-w, 0, 2 * w, 62, art.round(mix(colour, IRON, 0.7)), w)
    with art.at(118, -180, 1, 38):
        art.rect(-36, -92, 74, 200, art.round(dark(colour, 0.1)), 36)
    palm = (
        "M-140,-230 C-146,-120 -118,-60 -112,-8 L100,-8 C104,-70 126,-130 116,-230"
        " C60,-262 -80,-262 -140,-230 Z"
    )
    shadow_side(art, palm, colour)
    art.path("M-122,-70 C-60,-54 40,-54 108,-70 L100,0 C40,16 -60,16 -114,0 Z", art.flat(dark(colour, 0.35)))
    art.rect(-60, -104, 130, 34, art.flat(IRON), 8)
    for i in range(3):
        art.line([(-84 + i * 54, -206), (-78 + i * 52, -136)], f"{light(colour, 0.5)}/0.5", 7)


def gloves(art: Art, colour: str) -> None:
    with art.at(150, -10, 1, 13):
        _glove(art, dark(colour, 0.14))
    with art.at(-140, 0):
        _glove(art, colour)


def _boot(art: Art, colour: str) -> None:
    outline = (
        "M-110,-410 C-60,-430 30,-430 70,-408 C64,-320 70,-240 96,-196"
        " C150,-160 240,-150 262,-84 L262,-40 L-132,-40 C-140,-160 -96,-270 -110,-410 Z"
    )
    shadow_side(art, outline, colour)
    art.path(
        "M126,-172 C190,-156 254,-140 262,-84 L262,-40 L150,-40 C160,-90 150,-130 126,-172 Z",
        mix(colour, RUBBER, 0.72),
    )
    art.path(
        "M-132,-40 C-136,-100 -124,-140 -116,-176 C-70,-170 -40,-130 -34,-40 Z", mix(colour, RUBBER, 0.5)
    )
    art.path(
        "M-140,-46 L268,-46 C276,-20 270,0 250,0 L-126,0 C-142,-10 -144,-30 -140,-46 Z",
        art.lin(light(RUBBER, 0.16), RUBBER),
    )
    for x in range(-118, 250, 46):
        art.rect(x, -14, 26, 18, dark(RUBBER, 0.4), 4)
    art.path("M-140,-46 L268,-46", stroke=CORD, width=6)
    art.path(
        "M-114,-430 C-60,-452 40,-448 76,-426 L74,-384 C30,-404 -60,-406 -110,-386 Z",
        art.flat(mix(colour, BONE, 0.5)),
    )
    for i in range(6):
        y, x = -368 + i * 36, 26 + max(0, i - 2) * 15
        art.line([(x - 46, y + 14), (x + 40 + i * 2, y - 6)], CORD, 9)
        art.disc(x - 50, y + 15, 8, art.flat("#d9b25e"))
        art.disc(x + 44 + i * 2, y - 7, 8, art.flat("#d9b25e"))
    stitch(art, [(-92, -360), (-84, -260), (-108, -170)], light(colour, 0.55))


def boots(art: Art, colour: str) -> None:
    with art.at(80, -34, 0.94):
        _boot(art, dark(colour, 0.2))
    with art.at(-100, 0):
        _boot(art, colour)


def hat(art: Art, colour: str) -> None:
    """A wide-brimmed hat with a chin cord."""
    art.path("M-330,-92 C-300,-190 300,-190 330,-92 C300,20 -300,20 -330,-92 Z", dark(colour, 0.42))
    crown = "M-178,-120 C-190,-280 -130,-350 0,-350 C130,-350 190,-280 178,-120 C90,-84 -90,-84 -178,-120 Z"
    brim = (
        "M-340,-110 C-280,-60 -200,-150 0,-150 C200,-150 280,-60 340,-110"
        " C330,-20 180,20 0,20 C-180,20 -330,-20 -340,-110 Z"
    )
    shadow_side(art, crown, colour)
    shadow_side(art, brim, light(colour, 0.08))
    art.path(
        "M-181,-166 C-90,-128 90,-128 181,-166 L179,-116 C90,-80 -90,-80 -179,-116 Z",
        art.across(dark(LEATHER, 0.2), light(LEATHER, 0.2), dark(LEATHER, 0.3)),
    )
    for k in (0, 26, 52):
        stitch(
            art,
            [(-306 + k, -76 + k * 0.5), (-150, -4 - k), (150, -4 - k), (306 - k, -76 + k * 0.5)],
            light(colour, 0.6),
        )
    for x in (-128, -96, 96, 128):
        art.disc(x, -226, 8, art.flat("#d9b25e"))
        art.disc(x, -226, 4, dark(colour, 0.6))
    art.line([(-230, -30), (-200, 60), (0, 96), (200, 60), (230, -30)], LEATHER, 7, bent=True)
    art.disc(0, 96, 14, art.flat(CORD))


def vest(art: Art, colour: str) -> None:
    """A buoyancy vest: foam panels, three belts."""
    strap(art, [(-128, -480), (-112, -590), (-60, -650), (60, -650), (112, -590), (128, -480)], IRON, 44)
    body = (
        "M-176,-540 C-120,-560 -90,-530 -76,-450 L76,-450 C90,-530 120,-560 176,-540"
        " C196,-440 160,-400 214,-330 L206,-20 C120,10 -120,10 -206,-20 L-214,-330"
        " C-160,-400 -196,-440 -176,-540 Z"
    )
    shadow_side(art, body, colour)
    zipper(art, (0, -446), (0, -8))
    for side in (-1, 1):
        for y, h in ((-420, 116), (-290, 116), (-160, 116)):
            left = 18 if side > 0 else -172
            art.rect(left, y, 154, h, art.flat(light(colour, 0.1) if side < 0 else dark(colour, 0.08)), 18)
    for y in (-298, -168):
        art.rect(-210, y, 420, 22, art.lin(light(IRON, 0.15), IRON), 4)
        buckle(art, 0, y + 11, 74, 44)
    art.rect(-150, -400, 100, 20, "#e9eef0", 4)
    art.rect(50, -400, 100, 20, "#e9eef0", 4)
    badge(art, -96, -90, colour, 1.1)
    art.rect(66, -120, 84, 62, f"{dark(colour, 0.3)}/0.5", 10)


def paddle(art: Art, colour: str) -> None:
    """A touring paddle with two blades, set at a slant."""
    with art.at(0, -300, 1, -38):
        art.rect(-460, -11, 920, 22, art.lin(light("#c99a5c", 0.3), "#c99a5c", dark("#8a5a30", 0.2)), 11)
        for side in (-1, 1):
            blade = curve(
                [
                    (side * 300, -10),
                    (side * 360, -66),
                    (side * 470, -84),
                    (side * 566, -50),
                    (side * 572, 10),
                    (side * 500, 56),
                    (side * 370, 46),
                    (side * 300, 10),
                ],
                closed=True,
            )
            shadow_side(art, blade, colour)
            art.line([(side * 300, 0), (side * 540, -12)], f"{light(colour, 0.5)}/0.8", 7)
            art.path(curve([(side * 520, -68), (side * 534, -8), (side * 520, 50)]), stroke=BONE, width=14)
            art.rect(side * 262 - 12, -17, 24, 34, art.flat(RUBBER), 6)
        art.rect(-26, -15, 52, 30, art.flat(IRON), 6)
        for x in (-140, 140):
            art.rect(x - 60, -14, 120, 28, art.lin(light(RUBBER, 0.2), RUBBER), 12)
        art.rect(-2, -15, 5, 30, CORD)


WEAR: dict[str, Gear] = {
    "jacket": Gear(jacket, (-324, -764, 324, 4), hung=True),
    "sweater": Gear(sweater, (-304, -640, 304, 4), hung=True),
    "beanie": Gear(beanie, (-236, -470, 236, 8)),
    "gloves": Gear(gloves, (-320, -400, 370, 14)),
    "boots": Gear(boots, (-246, -460, 345, 6)),
    "hat": Gear(hat, (-342, -352, 342, 112), stand=(-260, 260)),
    "vest": Gear(vest, (-216, -680, 216, 6), hung=True),
    "paddle": Gear(paddle, (-470, -690, 470, 90), stand=(-470, -330)),
}
