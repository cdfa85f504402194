# SPDX-License-Identifier: Apache-2.0
"""Floor lamps."""

from .lamp import BRASS, INK, OAK, WALNUT, Lamp, bulb, cylinder, dome, foot, globe, lit, shade, tube
from .svg import Art, dark, light, n


def arc(art: Art, colour: str) -> None:
    """A long arc out of a marble drum, a dome at its end."""
    cylinder(art, -215, -78, -14, 112, 17, "#e6e0d8")
    for x, y, reach in ((-290, -60, 50), (-230, -40, 70), (-170, -66, 40)):
        art.line([(x, y), (x + reach * 0.4, y + 18), (x + reach, y + 12)], "#a9a09a/0.55", 3, bent=True)
    cylinder(art, -215, -92, -80, 17, 4, BRASS)
    stem = [(-215, -86), (-226, -420), (-186, -680), (-60, -842), (110, -872), (222, -800), (250, -716)]
    tube(art, stem, BRASS, 15)
    art.rect(234, -730, 32, 40, art.round(BRASS), 6)
    dome(art, 250, -590, 128, 108, colour)


def tripod(art: Art, colour: str) -> None:
    art.rod((18, -560), (70, -14), dark(WALNUT, 0.35), 15)
    cylinder(art, 0, -600, -548, 26, 6, BRASS)
    tube(art, [(-14, -566), (-196, -2)], WALNUT, 21, bent=False)
    tube(art, [(16, -566), (196, -2)], WALNUT, 21, bent=False)
    art.line([(-92, -318), (94, -318)], dark(BRASS, 0.2), 6)
    art.disc(-93, -318, 9, BRASS)
    art.disc(94, -318, 9, BRASS)
    shade(art, -860, 138, 182, 262, colour)


def reading(art: Art, colour: str) -> None:
    """A thin stem, a sliding knuckle, and a cone that bows over the page."""
    foot(art, -60, 118, colour)
    tube(art, [(-60, -24), (-60, -800)], INK, 13, bent=False)
    art.disc(-60, -806, 11, BRASS)
    tube(art, [(-150, -640), (70, -752)], INK, 10, bent=False)
    art.disc(-150, -640, 17, art.flat(BRASS))
    art.rect(-80, -716, 40, 44, art.round(BRASS), 9)
    with art.at(82, -758, 1, -34):
        art.oval(0, 150, 86, 24, art.rad("#fffdf2", "#ffe9b0@45", "#f0b25e"))
        art.path("M-24,-20 C-26,-44 26,-44 24,-20 L86,150 A86,24 0 0 1 -86,150 Z", art.round(colour))
        art.line([(-20, 2), (-58, 112)], f"{light(colour, 0.7)}/0.6", 8)
        for y in (-2, 12, 26):
            art.line([(-25 - y * 0.2, y), (25 + y * 0.2, y)], f"{dark(colour, 0.45)}/0.6", 4)


def column(art: Art, colour: str) -> None:
    """A paper column on ash feet, the hoops showing as fine lines."""
    for x in (-92, 92):
        art.rod((x, -60), (x * 1.12, 0), OAK, 15)
    profile = [(62, -850), (104, -800), (112, -640), (92, -450), (112, -260), (104, -84), (70, -44)]
    art.body(profile, lit(art, colour, (0.5, 0.5), 0.62))
    with art.inside("M-130,-860 L130,-860 L130,-40 L-130,-40 Z"):
        for i in range(21):
            y = -826 + i * 38
            half = 104 - 14 * abs(((y + 450) / 400) ** 2 - 0.5) + (4 if i % 2 else -4)
            half = min(half, 60 + (y + 850) * 0.9, 60 + (-44 - y) * 0.9)
            d = f"M{n(-half)},{n(y)} q{n(half)},{n(16)} {n(2 * half)},{n(i % 3 * 3 - 3)}"
            art.path(d, stroke=f"{dark(colour, 0.35)}/0.34", width=3)
    art.oval(0, -849, 60, 9, "#fff6dc")


def globes(art: Art, colour: str) -> None:
    """A slender stem with three glass globes in orbit."""
    foot(art, 0, 124, BRASS)
    tube(art, [(0, -24), (0, -850)], colour, 12, bent=False)
    tube(art, [(0, -470), (-60, -520), (-130, -520)], colour, 10)
    tube(art, [(0, -600), (66, -655), (142, -655)], colour, 10)
    for x, y, r in ((-130, -574, 58), (142, -722, 70), (0, -872, 48)):
        cylinder(art, x, y + r - 6, y + r + 12, r * 0.36, 5, BRASS)
        bulb(art, x, y, r * 0.7)
        globe(art, x, y, r)
    for y in (-470, -600):
        art.rect(-11, y - 16, 22, 34, art.round(BRASS), 6)


FLOOR: dict[str, Lamp] = {
    "arc": Lamp(arc, (-330, -880, 382, 8), (250, -586), 430, "down", 120),
    "tripod": Lamp(tripod, (-210, -890, 210, 8), (0, -690), 520, "both", 170),
    "reading": Lamp(reading, (-180, -830, 250, 8), (172, -630), 380, "down", 80),
    "column": Lamp(column, (-130, -865, 130, 8), (0, -450), 620),
    "globes": Lamp(globes, (-200, -925, 220, 8), (10, -690), 520),
}
