# SPDX-License-Identifier: Apache-2.0
"""Shapes to SVG text: a colour is ``#rrggbb`` or ``#rrggbb/opacity``; a stop adds ``@percent``."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom


def mix(first: str, second: str, share: float) -> str:
    """The colour that lies ``share`` (0 to 1) of the way from the first colour to the second."""
    a, b = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (first, second))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(a, b, strict=True))


def light(colour: str, share: float = 0.25) -> str:
    return mix(colour, "#fff4e0", share)


def dark(colour: str, share: float = 0.25) -> str:
    return mix(colour, "#120d18", share)


def n(value: float) -> str:
    """A number as short as a tenth of a unit allows."""
    return f"{value:.1f}".removesuffix(".0")


def _paint(kind: str, colour: str) -> str:
    base, _, opacity = colour.partition("/")
    return f' {kind}="{base}"' + (f' {kind}-opacity="{opacity}"' if opacity and "(" not in base else "")


def straight(points: Sequence[Point]) -> str:
    return "M" + " L".join(f"{n(x)},{n(y)}" for x, y in points)


def curve(points: Sequence[Point], *, closed: bool = False, pull: float = 1.0) -> str:
    """A Catmull-Rom curve through all points, written as cubic segments; ``pull`` 0 gives straight edges."""
    count = len(points)
    text = f"M{n(points[0][0])},{n(points[0][1])}"
    for i in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        c1 = (p1[0] + (p2[0] - p0[0]) / 6 * pull, p1[1] + (p2[1] - p0[1]) / 6 * pull)
        c2 = (p2[0] - (p3[0] - p1[0]) / 6 * pull, p2[1] - (p3[1] - p1[1]) / 6 * pull)
        text += f" C{n(c1[0])},{n(c1[1])} {n(c2[0])},{n(c2[1])} {n(p2[0])},{n(p2[1])}"
    return text + (" Z" if closed else "")


def turned(profile: Sequence[Point], x: float = 0, pull: float = 1.0) -> str:
    """The outline of a body turned on a lathe: ``profile`` is (half width, height) from top to bottom."""
    right = curve([(x + w, y) for w, y in profile], pull=pull)
    left = curve([(x - w, y) for w, y in reversed(profile)], pull=pull)
    return right + " L" + left[1:] + " Z"


class Art:
    """Collects shapes as SVG text, together with the gradients they use."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.defs: dict[str, str] = {}

    def lin(self, *stops: str, to: Point = (0, 1)) -> str:
        """A linear gradient over the shape's own box, downwards unless told."""
        return self._gradient(
            f'<linearGradient id="%s" x1="0" y1="0" x2="{to[0]}" y2="{to[1]}">', stops, "linear"
        )

    def across(self, *stops: str) -> str:
        return self.lin(*stops, to=(1, 0))

    def rad(self, *stops: str, at: Point = (0.5, 0.5), r: float = 0.5) -> str:
        """A radial gradient over the shape's own box."""
        return self._gradient(f'<radialGradient id="%s" cx="{at[0]}" cy="{at[1]}" r="{r}">', stops, "radial")

    def _gradient(self, head: str, stops: Sequence[str], kind: str) -> str:
        body = ""
        for i, stop in enumerate(stops):
            colour, _, place = stop.partition("@")
            offset = place or n(100 * i / (len(stops) - 1))
            body += f'<stop offset="{offset}%"{_paint("stop", colour).replace("stop=", "stop-color=")}/>'
        text = head + body + f"</{kind}Gradient>"
        name = self.defs.setdefault(text, f"g{len(self.defs)}")
        return f"url(#{name})"

    def round(self, colour: str) -> str:
        """The paint of an upright round body, lit from the left."""
        return self.across(
            dark(colour, 0.22), f"{light(colour, 0.28)}@26", f"{colour}@55", f"{dark(colour, 0.38)}@100"
        )

    def flat(self, colour: str) -> str:
        """The paint of a plane lit from the upper left."""
        return self.lin(light(colour, 0.16), colour, dark(colour, 0.18), to=(1, 1))

    def path(self, d: str, fill: str = "none", stroke: str = "", width: float = 0, dash: str = "") -> None:
        extra = ""
        if stroke:
            extra = _paint("stroke", stroke) + f' stroke-width="{n(width)}"'
            extra += ' stroke-linecap="round" stroke-linejoin="round"'
            extra += f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{d}"{_paint("fill", fill)}{extra}/>')

    def rect(self, x: float, y: float, w: float, h: float, fill: str, r: float = 0) -> None:
        corner = f' rx="{n(r)}"' if r else ""
        self.parts.append(
            f'<rect x="{n(x)}" y="{n(y)}" width="{n(w)}" height="{n(h)}"{corner}{_paint("fill", fill)}/>'
        )

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str) -> None:
        self.parts.append(
            f'<ellipse cx="{n(x)}" cy="{n(y)}" rx="{n(rx)}" ry="{n(ry)}"{_paint("fill", fill)}/>'
        )

    def disc(self, x: float, y: float, r: float, fill: str) -> None:
        self.oval(x, y, r, r, fill)

    def ring(self, x: float, y: float, rx: float, ry: float, stroke: str, width: float) -> None:
        d = f"M{n(x - rx)},{n(y)} a{n(rx)},{n(ry)} 0 1 0 {n(2 * rx)},0 a{n(rx)},{n(ry)} 0 1 0 {n(-2 * rx)},0"
        self.path(d, stroke=stroke, width=width)

    def poly(self, points: Sequence[Point], fill: str, stroke: str = "", width: float = 0) -> None:
        self.path(straight(points) + " Z", fill, stroke, width)

    def blob(self, points: Sequence[Point], fill: str, pull: float = 1.0) -> None:
        self.path(curve(points, closed=True, pull=pull), fill)

    def body(self, profile: Sequence[Point], fill: str, x: float = 0, pull: float = 1.0) -> None:
        self.path(turned(profile, x, pull), fill)

    def line(self, points: Sequence[Point], stroke: str, width: float, *, bent: bool = False) -> None:
        self.path(curve(points) if bent else straight(points), stroke=stroke, width=width)

    def rod(self, start: Point, end: Point, colour: str, width: float) -> None:
        """A round bar: the line itself and a thin highlight on its lit side."""
        self.line([start, end], dark(colour, 0.2), width)
        inset = width * 0.18
        self.line([(start[0] - inset, start[1]), (end[0] - inset, end[1])], light(colour, 0.3), width * 0.34)

    @contextmanager
    def at(self, x: float = 0, y: float = 0, scale: float = 1, turn: float = 0) -> Iterator[None]:
        """Everything drawn inside is moved to (x, y), scaled and turned by degrees."""
        move = f"translate({n(x)} {n(y)})" + (f" scale({scale:.3f})" if scale != 1 else "")
        self.parts.append(f'<g transform="{move}{f" rotate({n(turn)})" if turn else ""}">')
        yield
        self.parts.append("</g>")

    @contextmanager
    def inside(self, d: str) -> Iterator[None]:
        """Everything drawn inside is cut off at the outline."""
        text = f'<clipPath id="%s"><path d="{d}"/></clipPath>'
        name = self.defs.setdefault(text, f"g{len(self.defs)}")
        self.parts.append(f'<g clip-path="url(#{name})">')
        yield
        self.parts.append("</g>")

    @contextmanager
    def blurred(self, deviation: float) -> Iterator[None]:
        """Everything drawn inside loses its edges; for the smooth layers only, where blurring is cheap."""
        head = '<filter id="%s" x="-0.3" y="-0.3" width="1.6" height="1.6">'
        text = f'{head}<feGaussianBlur stdDeviation="{n(deviation)}"/></filter>'
        name = self.defs.setdefault(text, f"g{len(self.defs)}")
        self.parts.append(f'<g filter="url(#{name})">')
        yield
        self.parts.append("</g>")

    def svg(self, view: Box) -> str:
        """The whole drawing as one SVG document that shows the given box."""
        left, top, right, bottom = view
        defs = "".join(text.replace("%s", name) for text, name in self.defs.items())
        size = f'viewBox="{n(left)} {n(top)} {n(right - left)} {n(bottom - top)}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{defs}</defs>{"".join(self.parts)}</svg>'
        )


class Picture:
    """A picture in three layers: smooth ground, crisp shapes, and light that lies over everything.

    Ground and light hold gradients without edges, so they are rendered small and scaled up, which is many
    times cheaper than painting full-size gradients and looks the same.
    """

    def __init__(self, name: str, width: int = 1200, height: int = 1200) -> None:
        self.name = name
        self.width = width
        self.height = height
        self.ground = Art()
        self.shapes = Art()
        self.glow = Art()

    def layers(self) -> tuple[str, str, str]:
        view = (0, 0, self.width, self.height)
        return self.ground.svg(view), self.shapes.svg(view), self.glow.svg(view) if self.glow.parts else ""
