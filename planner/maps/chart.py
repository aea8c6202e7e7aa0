"""A still map in paper units, for what is printed: the same layers as the saved maps, as lines, areas, signs and words.

North is up, scale is true at the middle, y grows downwards, the unit is the millimetre. Drawn by `svg_of` for HTML and
by planner/maps/brief_pdf.py for PDF.
"""

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.geo.points import LatLon, LocalFrame, centroid
from planner.maps.layers import EllipseMark, Layer, Line, Marker, PolygonLayer, Shape

Point = tuple[float, float]
ON_PAPER = {
    "#3fb6c6": "#0b7285",
    "#ffffff": "#1c2a36",
    "#8fa1b3": "#6b7a89",
    "#f2a53a": "#b8700b",
    "#7cc4ff": "#1769aa",
}
"""Colours of the dark maps that are too light for paper, and what they become."""
INK, SEA, GRID = "#1c2a36", "#eef4f7", "#c9d6de"
NAMED = "#7a2e1d"
NAME_MM, LETTER_SHARE = 2.6, 0.58
"""Height of a name on the map, and the width of a letter as a share of it."""
_STEPS = (1, 2, 5)
FOOT_MM = 13.0
"""Kept free below what is drawn, for the scale bar and its words."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width_mm: float = 0.3
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """A filled area with holes; `opacity` of its colour on paper."""

    rings: tuple[tuple[Point, ...], ...]
    colour: str
    opacity: float = 0.12
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """A small filled or hollow shape."""

    at: Point
    shape: Shape
    colour: str
    size_mm: float = 1.6
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A text whose baseline starts at a point; `middle` centres it there."""

    at: Point
    text: str
    size_mm: float = 2.6
    colour: str = INK
    middle: bool = False


Piece = Stroke | Patch | Sign | Words


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of `width_mm` by `height_mm`, pieces undermost first."""

    width_mm: float
    height_mm: float
    pieces: tuple[Piece, ...] = field(default=())


def chart_of(
    layers: Iterable[Layer],
    *,
    width_mm: float,
    height_mm: float,
    labels: Sequence[tuple[LatLon, str]] = (),
    names: Sequence[tuple[LatLon, str]] = (),
    under: Iterable[Layer] = (),
) -> Chart:
    """The layers on paper, as large as fits, with a scale, a north arrow, and words: `labels` above, `names` below.

    Layers `under` them do not count for the size; what of them lies outside is cut by the drawing's edge.
    """
    drawn = list(layers)
    places = [place for layer in drawn for place in _places(layer)] + [at for at, _ in labels]
    if not places:
        return Chart(width_mm, height_mm)
    view = _View(places, width_mm, height_mm)
    pieces: list[Piece] = []
    for layer in (*under, *drawn):
        pieces.extend(_pieces(layer, view))
    taken: list[Point] = []
    for at, text in labels:
        x, y = view.on_paper([at])[0]
        if all(math.dist((x, y), other) > 4.0 for other in taken):
            taken.append((x, y))
            pieces.append(Words((x + 1.0, y - 1.0), text, 2.2))
    pieces.extend(_names(names, view))
    return Chart(width_mm, height_mm, (*pieces, *_scale(view), *_north(width_mm)))


def _names(names: Sequence[tuple[LatLon, str]], view: "_View") -> list[Piece]:
    """Names below their places, or left of them near the right edge; where two would overlap the first stands."""
    pieces: list[Piece] = []
    taken: list[tuple[float, float, float]] = []
    for at, text in names:
        x, y = view.on_paper([at])[0]
        long = NAME_MM * LETTER_SHARE * len(text)
        x, y = (x - long - 1.0 if x + long + 1.0 > view.width_mm else x + 1.0), y + NAME_MM
        inside = x >= 0 and x + long <= view.width_mm and 0 < y < view.height_mm
        if inside and all(abs(y - v) > NAME_MM or x + long < u or x > u + w for u, v, w in taken):
            taken.append((x, y, long))
            pieces.append(Words((x, y), text, NAME_MM, NAMED))
    return pieces


def svg_of(chart: Chart) -> str:
    """The drawing as an SVG element that stands inside a page."""
    w, h = chart.width_mm, chart.height_mm
    rows = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w:g} {h:g}" class="chart" role="img" '
            f'aria-label="map"><defs><clipPath id="edge"><rect width="{w:g}" height="{h:g}"/></clipPath></defs>'
            f'<rect width="{w:g}" height="{h:g}" fill="{SEA}"/><g clip-path="url(#edge)">'
        )
    ]
    rows.extend(_svg(piece) for piece in chart.pieces)
    rows.append(f'</g><rect width="{w:g}" height="{h:g}" fill="none" stroke="{GRID}" stroke-width="0.3"/></svg>')
    return "".join(rows)


def corners_of(sign: Sign) -> tuple[Point, ...]:
    """The corners of a sign; none for round ones."""
    (x, y), r = sign.at, sign.size_mm / 2
    match sign.shape:
        case Shape.DIAMOND:
            return ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        case Shape.TRIANGLE | Shape.ARROW:
            return ((x, y - r), (x + r, y + r), (x - r, y + r))
        case Shape.SQUARE:
            return ((x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r))
        case Shape.CIRCLE | Shape.DOT:
            return ()


class _View:
    """Where places come to stand on paper."""

    def __init__(self, places: Sequence[LatLon], width_mm: float, height_mm: float) -> None:
        self.frame = LocalFrame(centroid(places))
        metres = self.frame.to_metres(places)
        low, high = metres.min(axis=0), metres.max(axis=0)
        margin, foot = 8.0, FOOT_MM
        span = np.maximum(high - low, 1.0)
        self.mm_per_m = float(min((width_mm - 2 * margin) / span[0], (height_mm - margin - foot) / span[1]))
        self.middle_mm = (width_mm / 2, (height_mm + margin - foot) / 2)
        self.middle_m = (low + high) / 2
        self.width_mm, self.height_mm = width_mm, height_mm

    def on_paper(self, places: Sequence[LatLon]) -> list[Point]:
        metres = (self.frame.to_metres(places) - self.middle_m) * self.mm_per_m
        return [(self.middle_mm[0] + float(x), self.middle_mm[1] - float(y)) for x, y in metres]


def _places(layer: Layer) -> Sequence[LatLon]:
    match layer:
        case Line():
            return layer.places
        case PolygonLayer():
            return layer.outline
        case Marker() | EllipseMark():
            return (layer.at,)


def _pieces(layer: Layer, view: _View) -> list[Piece]:
    colour = ON_PAPER.get(str(layer.colour), str(layer.colour))
    match layer:
        case Line():
            return [Stroke(tuple(view.on_paper(layer.places)), colour, 0.25 if layer.dashed else 0.45, layer.dashed)]
        case PolygonLayer():
            rings = tuple(tuple(view.on_paper(ring)) for ring in (layer.outline, *layer.holes))
            return [Patch(rings, colour, layer.fill_opacity, layer.dashed)]
        case EllipseMark():
            return [Sign(view.on_paper([layer.at])[0], Shape.CIRCLE, colour, hollow=True)]
        case Marker():
            at = view.on_paper([layer.at])[0]
            size = 0.7 if layer.shape is Shape.DOT else 2.4
            sign = Sign(at, layer.shape, colour, size, layer.hollow)
            words = [Words((at[0] + 2, at[1] + 1), layer.label, 2.8)] if layer.label else []
            return [sign, *words]


def _scale(view: _View) -> list[Piece]:
    """A bar of a round length, about a quarter of the width."""
    wanted = view.width_mm / 4 / view.mm_per_m
    power = 10.0 ** math.floor(math.log10(max(wanted, 1e-3)))
    length_m = max(step * power for step in _STEPS if step * power <= wanted)
    long = length_m * view.mm_per_m
    x, y = 5.0, view.height_mm - 5.0
    text = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    return [
        Stroke(((x, y - 1.2), (x, y), (x + long, y), (x + long, y - 1.2)), INK, 0.35),
        Words((x + long / 2, y - 1.4), text, 2.6, middle=True),
    ]


def _north(width_mm: float) -> list[Piece]:
    x, y = width_mm - 6.0, 5.0
    arrow = ((x, y), (x + 1.6, y + 5.0), (x, y + 3.8), (x - 1.6, y + 5.0))
    return [Patch((arrow,), INK, 1.0), Words((x, y + 8.2), "N", 3.0, middle=True)]


def _svg(piece: Piece) -> str:
    match piece:
        case Stroke():
            dash = ' stroke-dasharray="1.6 1.1"' if piece.dashed else ""
            return (
                f'<polyline points="{_svg_points(piece.points)}" fill="none" stroke="{piece.colour}" '
                f'stroke-width="{piece.width_mm:g}" stroke-linejoin="round"{dash}/>'
            )
        case Patch():
            path = " ".join(f"M{' L'.join(f'{x:.2f} {y:.2f}' for x, y in ring)} Z" for ring in piece.rings)
            dash = ' stroke-dasharray="1.6 1.1"' if piece.dashed else ""
            return (
                f'<path d="{path}" fill="{piece.colour}" fill-opacity="{piece.opacity:g}" fill-rule="evenodd" '
                f'stroke="{piece.colour}" stroke-width="0.3"{dash}/>'
            )
        case Sign():
            paint = (
                f'fill="none" stroke="{piece.colour}"' if piece.hollow else f'fill="{piece.colour}" stroke="#ffffff"'
            )
            corners = corners_of(piece)
            if corners:
                return f'<polygon points="{_svg_points(corners)}" {paint} stroke-width="0.25"/>'
            x, y = piece.at
            return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{piece.size_mm / 2:g}" {paint} stroke-width="0.15"/>'
        case Words():
            x, y = piece.at
            anchor = ' text-anchor="middle"' if piece.middle else ""
            return (
                f'<text x="{x:.2f}" y="{y:.2f}" font-size="{piece.size_mm:g}" fill="{piece.colour}" stroke="{SEA}" '
                f'stroke-width="0.6" paint-order="stroke"{anchor}>{html.escape(piece.text)}</text>'
            )


def _svg_points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
