# SPDX-License-Identifier: Apache-2.0
"""What stands in the rooms of the lamp store: quiet shapes, so that the lamp stays the subject."""

from collections.abc import Sequence

from .svg import Art, Point, curve, dark, light, mix, n


def window(art: Art, x: float, y: float, w: float, h: float, frame: str, sky: tuple[str, str, str]) -> None:
    """A window on the blue hour: sky, a line of roofs, the first lit panes."""
    art.rect(x - 16, y - 16, w + 32, h + 32, dark(frame, 0.15), 4)
    art.rect(x, y, w, h, art.lin(*sky))
    far, near = mix(sky[1], "#171a30", 0.55), mix(sky[1], "#10121f", 0.8)
    steps = (0, 0.12, 0.2, 0.34, 0.46, 0.58, 0.7, 0.82, 1)
    for colour, base, amount in ((far, 0.7, 0.12), (near, 0.82, 0.09)):
        points: list[Point] = [(x, y + h)]
        for i, step in enumerate(steps[:-1]):
            level = y + h * (base - amount * ((i * 37 % 10) / 10))
            points += [(x + w * step, level), (x + w * steps[i + 1], level)]
        art.poly([*points, (x + w, y + h)], colour)
    for i in range(7):
        art.rect(
            x + w * (0.07 + 0.13 * i), y + h * (0.86 + 0.035 * (i % 3)), w * 0.022, h * 0.022, "#ffcf7d/0.9"
        )
    art.disc(x + w * 0.72, y + h * 0.2, w * 0.055, "#fff3d6/0.85")
    art.rect(x + w / 2 - 6, y, 12, h, frame)
    art.rect(x, y + h * 0.42, w, 10, frame)
    art.rect(x - 34, y + h + 14, w + 68, 20, light(frame, 0.1), 4)


def curtain(art: Art, x: float, y: float, w: float, h: float, colour: str) -> None:
    folds = 5
    for i in range(folds):
        tone = mix(colour, dark(colour, 0.3), (i * 2 % 5) / 5)
        art.rect(x + w / folds * i, y, w / folds + 1, h, art.across(light(tone, 0.06), dark(tone, 0.22)))


def rug(art: Art, x: float, y: float, w: float, colour: str) -> None:
    art.oval(x, y + 5, w, w * 0.155, dark(colour, 0.45))
    art.oval(x, y, w, w * 0.15, colour)
    art.ring(x, y, w * 0.88, w * 0.128, f"{light(colour, 0.35)}/0.6", 6)
    art.ring(x, y, w * 0.8, w * 0.114, f"{light(colour, 0.35)}/0.35", 3)


def plant(art: Art, x: float, y: float, size: float, leaf: str, pot: str) -> None:
    """A rubber plant in a clay pot."""
    with art.at(x, y, size):
        spread = (
            (-92, -250, -28),
            (-60, -350, -14),
            (0, -400, 2),
            (66, -340, 20),
            (96, -246, 34),
            (-30, -260, -8),
            (38, -270, 12),
        )
        for tip, top, turn in spread:
            art.line([(0, -84), (tip * 0.5, top * 0.7), (tip, top + 40)], dark(leaf, 0.4), 6, bent=True)
            with art.at(tip, top + 46, 1, turn):
                d = "M0,10 C-52,-40 -46,-104 0,-140 C46,-104 52,-40 0,10 Z"
                art.path(d, art.across(light(leaf, 0.16), f"{leaf}@49", f"{dark(leaf, 0.28)}@51"))
        art.body([(72, -100), (68, -60), (52, 0)], art.round(pot), pull=0.4)
        art.rect(-78, -112, 156, 26, art.round(light(pot, 0.08)), 6)


def armchair(art: Art, x: float, y: float, colour: str, wood: str) -> None:
    """A deep armchair on turned legs; (x, y) is the middle of its feet."""
    with art.at(x, y):
        art.oval(0, 4, 220, 22, "#000000/0.28")
        for leg in (-150, 150):
            art.path(
                f"M{leg - 14},-74 L{leg + 14},-74 L{leg + (6 if leg > 0 else 0)},0"
                f" L{leg - (0 if leg > 0 else 6)},0 Z",
                wood,
            )
        back = "M-158,-150 C-176,-330 -150,-420 -70,-428 L70,-428 C150,-420 176,-330 158,-150 Z"
        art.path(back, art.lin(light(colour, 0.12), f"{colour}@45", dark(colour, 0.32)))
        art.path("M0,-420 L0,-190", stroke=f"{dark(colour, 0.4)}/0.35", width=4)
        art.rect(-150, -206, 300, 84, art.lin(light(colour, 0.18), dark(colour, 0.12)), 30)
        for side in (-1, 1):
            left = -206 if side < 0 else 134
            art.rect(left, -262, 72, 200, art.across(light(colour, 0.16), colour, dark(colour, 0.3)), 34)
        art.rect(-168, -124, 336, 62, art.lin(dark(colour, 0.12), dark(colour, 0.34)), 14)
        art.path(
            "M-92,-214 L-66,-336 L56,-318 L38,-196 Z",
            art.flat(mix(colour, "#f4e3c4", 0.7)),
            mix(colour, "#f4e3c4", 0.7),
            22,
        )


def frame(art: Art, x: float, y: float, w: float, h: float, tones: Sequence[str]) -> None:
    """A framed print: hills under a low sun."""
    art.rect(x + 8, y + 10, w, h, "#000000/0.22", 3)
    art.rect(x, y, w, h, "#2c2320", 3)
    art.rect(x + 9, y + 9, w - 18, h - 18, "#efe4d0")
    px, py, pw, ph = x + w * 0.17, y + h * 0.15, w * 0.66, h * 0.7
    with art.inside(f"M{n(px)},{n(py)} h{n(pw)} v{n(ph)} h{n(-pw)} Z"):
        art.rect(px, py, pw, ph, tones[0])
        art.disc(px + pw * 0.62, py + ph * 0.38, pw * 0.2, tones[1])
        for k, level in enumerate((0.62, 0.78)):
            wave = [
                (px - 20, py + ph * (level + 0.05)),
                (px + pw * 0.3, py + ph * (level - 0.09 + k * 0.08)),
                (px + pw * 0.7, py + ph * (level + 0.04 - k * 0.06)),
                (px + pw + 20, py + ph * (level - 0.06)),
            ]
            art.path(
                curve(wave) + f" L{n(px + pw + 20)},{n(py + ph + 20)} L{n(px - 20)},{n(py + ph + 20)} Z",
                tones[2 + k],
            )


def books(art: Art, x: float, y: float, tones: Sequence[str], *, flat: bool = False) -> None:
    if flat:
        for i, tone in enumerate(tones):
            w = 150 - i * 14
            art.rect(x - w / 2 + i * 5, y - 24 * (i + 1), w, 22, art.flat(tone), 3)
            art.rect(x - w / 2 + i * 5 + w - 12, y - 24 * (i + 1) + 3, 9, 16, "#efe4d0/0.8")
        return
    for i, tone in enumerate(tones):
        height = 112 + (i * 53 % 44)
        art.rect(x + i * 27, y - height, 25, height, art.across(light(tone, 0.15), dark(tone, 0.2)), 2)
        art.rect(x + i * 27, y - height + 16, 25, 7, f"{light(tone, 0.5)}/0.6")


def vase(art: Art, x: float, y: float, size: float, colour: str, twig: str) -> None:
    with art.at(x, y, size):
        for bend, tip, top in ((-20, -66, -330), (6, 10, -380), (30, 84, -300)):
            art.line([(0, -130), (bend, -220), (tip, top)], twig, 5, bent=True)
            for k in range(5):
                t = 0.3 + k * 0.17
                bx, by = bend + (tip - bend) * t, -200 + (top + 200) * t
                art.oval(bx + (12 if k % 2 else -12), by, 13, 9, light(twig, 0.25 + 0.08 * (k % 2)))
        art.body([(26, -160), (20, -132), (62, -84), (66, -40), (40, 0)], art.round(colour))


def board(art: Art, x: float, y: float, w: float, h: float, floor: float, wood: str) -> None:
    """A low sideboard, its top at ``y``."""
    art.oval(x + w / 2, floor + 6, w * 0.53, 20, "#000000/0.3")
    for leg in (x + 40, x + w - 62):
        art.rect(leg, y + h, 22, floor - y - h + 4, art.round(dark(wood, 0.3)))
    art.rect(x, y, w, h, art.lin(wood, dark(wood, 0.22)), 6)
    doors = 3
    for i in range(doors):
        left = x + 14 + (w - 28) / doors * i
        art.rect(left + 4, y + 30, (w - 28) / doors - 8, h - 46, art.flat(dark(wood, 0.08)), 4)
        art.disc(left + (w - 28) / doors - 26, y + h / 2 + 8, 7, "#d6b06a")
    art.rect(x - 12, y - 4, w + 24, 20, art.lin(light(wood, 0.28), wood), 5)


def table(art: Art, x: float, y: float, w: float, floor: float, wood: str) -> None:
    art.oval(x, floor + 8, w * 0.46, 24, "#000000/0.3")
    for leg in (-0.42, 0.42):
        foot = leg * 1.06
        art.poly(
            [
                (x + w * leg - 15, y),
                (x + w * leg + 15, y),
                (x + w * foot + 8, floor),
                (x + w * foot - 8, floor),
            ],
            art.round(dark(wood, 0.2)),
        )
    art.rect(x - w / 2, y - 6, w, 30, art.lin(light(wood, 0.28), f"{wood}@45", dark(wood, 0.3)), 8)


def chair(art: Art, x: float, floor: float, colour: str, side: int) -> None:
    """A dining chair from behind its table; ``side`` -1 looks right, 1 looks left."""
    with art.at(x, floor):
        for a in (-62, 62):
            art.line([(a, -200), (a * 1.15, 0)], dark(colour, 0.25), 14)
        art.rect(-82, -216, 164, 26, art.flat(colour), 12)
        art.line([(side * 70, -206), (side * 92, -420)], dark(colour, 0.1), 14)
        art.line([(side * -44, -206), (side * -22, -420)], dark(colour, 0.3), 12)
        art.path(
            f"M{side * -34},-430 Q{side * 36},-470 {side * 104},-430 L{side * 100},-372"
            f" Q{side * 36},-404 {side * -30},-372 Z",
            art.flat(light(colour, 0.05)),
        )


def bed(art: Art, x: float, y: float, linen: str, wood: str) -> None:
    """The head of a bed that runs off to the left; ``x`` is its right side, ``y`` the floor."""
    art.oval(x - 300, y + 4, 350, 18, "#000000/0.3")
    for leg in (x - 610, x - 60):
        art.rect(leg, y - 40, 26, 42, dark(wood, 0.35))
    art.rect(x - 640, y - 470, 640, 320, art.lin(light(wood, 0.1), dark(wood, 0.25)), 26)
    for i in range(5):
        art.rect(x - 562 + i * 120, y - 450, 4, 280, f"{dark(wood, 0.45)}/0.4")
    for px, turn, tone in ((x - 420, -5, mix(linen, "#d9b89a", 0.3)), (x - 190, 4, linen)):
        with art.at(px, y - 272, 1, turn):
            art.path(
                "M-150,60 C-170,0 -160,-64 -120,-72 C-40,-86 60,-86 124,-70 C164,-62 172,0 150,62"
                " C60,80 -70,80 -150,60 Z",
                art.lin(light(tone, 0.2), dark(tone, 0.2)),
            )
    art.path(
        f"M{x - 660},{y - 226} L{x - 40},{y - 226}"
        f" C{x + 6},{y - 220} {x + 14},{y - 180} {x + 12},{y - 30} L{x - 660},{y - 30} Z",
        art.lin(light(linen, 0.05), dark(linen, 0.35)),
    )
    for i, depth in enumerate((60, 110, 160)):
        art.path(
            f"M{x - 640},{y - 200 + depth * 0.8}"
            f" C{x - 420},{y - 230 + depth} {x - 200},{y - 180 + depth * 0.9}"
            f" {x - 6 - i * 4},{y - 206 + depth}",
            stroke=f"{dark(linen, 0.45)}/0.3",
            width=5,
        )


def bench(art: Art, x: float, floor: float, wood: str, cushion: str) -> None:
    art.oval(x, floor + 6, 320, 18, "#000000/0.3")
    for leg in (-250, 250):
        art.poly(
            [
                (x + leg - 14, floor - 150),
                (x + leg + 14, floor - 150),
                (x + leg * 1.06 + 9, floor),
                (x + leg * 1.06 - 9, floor),
            ],
            dark(wood, 0.25),
        )
    art.rect(x - 300, floor - 206, 600, 44, art.lin(light(cushion, 0.2), dark(cushion, 0.2)), 20)
    art.rect(x - 312, floor - 168, 624, 26, art.lin(light(wood, 0.2), wood), 6)
