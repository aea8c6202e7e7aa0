"""Maps that are saved and shared: one HTML file that opens without a network. The one place that knows folium.

Leaflet 1.9.4 (BSD-2, vendor/LICENSE.leaflet) stands inside the page; no tiles, no remote address, and a content
security policy that refuses any. The background is plain sea with a graticule; what matters is drawn on it.
"""

import html
import json
import math
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from planner.geo.points import LatLon, LocalFrame
from planner.maps.layers import EllipseMark, Layer, Line, Marker, PolygonLayer

Theme = Literal["dark", "light"]
_HERE = Path(__file__).parent
_NET = {"dark": "#22384a", "light": "#bccfd9"}
_OUTLINE = {"dark": "#0b1218", "light": "#ffffff"}
_ELLIPSE_CORNERS = 48
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def offline_map(layers: Iterable[Layer], *, title: str = "", theme: Theme = "dark") -> str:
    """A whole HTML page with a map of `layers`: switchable by group in the legend, north up, scale in metres.

    Later layers lie over earlier ones. The page is the same for the same layers.
    """
    import folium

    specs = _specs(list(layers))
    page: Any = folium.Map(
        tiles=None, control_scale=False, attr="", prefer_canvas=False, zoom_control=True, max_zoom=22
    )
    page._id = "quaywatch"  # noqa: SLF001 -- folium has no other way to a page that is the same each time
    page.default_js, page.default_css = [], []
    page.options["attribution_control"] = False
    page.options["zoom_snap"] = 0.25
    figure: Any = page.get_root()
    figure._id = "quaywatch-page"  # noqa: SLF001 -- as above
    figure.title = html.escape(title or "Quaywatch map")
    data = {"title": title, "net": _NET[theme], "outline": _OUTLINE[theme], "layers": specs}
    figure.header.add_child(_raw(_head()), name="quaywatch-head")
    figure.html.add_child(_raw(f"<script>document.body.className = 'qw-{theme}';</script>"), name="quaywatch-theme")
    page.render()  # adds the map's own script, which ours has to follow
    figure.script.add_child(_raw(f"quaywatchMap({page.get_name()}, {_script_json(data)});"), name="quaywatch-layers")
    return str(figure.render())


def map_fragment(layers: Iterable[Layer], *, title: str = "", theme: Theme = "light", height_px: int = 480) -> str:
    """A map to stand inside another HTML page: an iframe that carries its whole page with it.

    It runs in a sandbox: its script cannot reach the page around it.
    """
    page = html.escape(offline_map(layers, title=title, theme=theme), quote=True)
    label = html.escape(title or "map", quote=True)
    return (
        f'<iframe title="{label}" sandbox="allow-scripts" loading="lazy" srcdoc="{page}" '
        f'style="width:100%;height:{int(height_px)}px;border:1px solid #d7dde3;border-radius:8px"></iframe>'
    )


@cache
def _head() -> str:
    leaflet = (_HERE / "vendor" / "leaflet.js").read_text("utf-8")
    css = (_HERE / "vendor" / "leaflet.css").read_text("utf-8")
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_without_addresses(css)}</style><style>{(_HERE / 'map.css').read_text('utf-8')}</style>"
        f"<script>{_without_addresses(leaflet)}</script><script>{(_HERE / 'map.js').read_text('utf-8')}</script>"
    )


def _without_addresses(code: str) -> str:
    r"""Vendored code without remote or relative addresses; names of XML namespaces stay, written with \/."""
    lines = [line for line in code.splitlines() if not line.startswith("//# sourceMappingURL")]
    text = "\n".join(lines)
    for picture in ("layers.png", "layers-2x.png", "marker-icon.png"):
        text = text.replace(f"url(images/{picture})", "none")
    text = text.replace("https://leafletjs.com", "#").replace("http://www.w3.org", r"http:\/\/www.w3.org")
    return text.replace("https://bug", "bug")


def _raw(text: str) -> Any:  # noqa: ANN401 -- a branca element; branca has no types
    """An element that stands in the page as it is (branca would read `{{` as a template)."""
    from branca.element import Element

    element: Any = Element(template="{{ this.text }}")
    element.text = text
    return element


def _script_json(value: object) -> str:
    """JSON that can stand inside a script: nothing in it ends the script or starts a comment."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for bad, good in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(bad, good)
    return text


def _specs(layers: list[Layer]) -> list[dict[str, object]]:
    first = next((place for layer in layers for place in _places(layer)), None)
    middle_deg = 0.0 if first is None else first.lon_deg
    return [_spec(layer, middle_deg) for layer in layers]


def _places(layer: Layer) -> Sequence[LatLon]:
    match layer:
        case Line():
            return layer.places
        case PolygonLayer():
            return layer.outline
        case Marker() | EllipseMark():
            return (layer.at,)


def _spec(layer: Layer, middle_deg: float) -> dict[str, object]:
    common: dict[str, object] = {
        "name": layer.name,
        "group": layer.group,
        "colour": str(layer.colour),
        "tooltip": layer.tooltip,
    }
    match layer:
        case Line():
            rows = _rows(layer.places, middle_deg)
            return common | {"kind": "line", "places": rows, "dashed": layer.dashed, "width": layer.width_px}
        case PolygonLayer():
            rings = [_rows(ring, middle_deg) for ring in (layer.outline, *layer.holes)]
            return common | {"kind": "polygon", "rings": rings, "dashed": layer.dashed, "fill": layer.fill_opacity}
        case EllipseMark():
            return common | {"kind": "polygon", "rings": [_ellipse(layer, middle_deg)], "dashed": False, "fill": 0.1}
        case Marker():
            return common | {
                "kind": "marker",
                "at": _rows([layer.at], middle_deg)[0],
                "shape": layer.shape.value,
                "popup": layer.popup,
                "label": layer.label,
                "bearing": round(layer.bearing_deg, 1),
                "hollow": layer.hollow,
            }


def _rows(places: Sequence[LatLon], middle_deg: float) -> list[list[float]]:
    """Latitude and longitude, the longitude continued across 180 so that shapes there stay in one piece."""
    return [[round(p.lat_deg, 7), round(middle_deg + math.remainder(p.lon_deg - middle_deg, 360.0), 7)] for p in places]


def _ellipse(mark: EllipseMark, middle_deg: float) -> list[list[float]]:
    bearing = math.radians(mark.bearing_deg)
    rows = []
    for step in range(_ELLIPSE_CORNERS):
        t = 2 * math.pi * step / _ELLIPSE_CORNERS
        along, across = mark.major_m * math.cos(t), mark.minor_m * math.sin(t)
        rows.append(
            (
                along * math.sin(bearing) + across * math.cos(bearing),
                along * math.cos(bearing) - across * math.sin(bearing),
            )
        )
    return _rows(LocalFrame(mark.at).to_places(rows), middle_deg)
