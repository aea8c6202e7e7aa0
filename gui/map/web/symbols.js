// How each meaning looks: one colour and one shape each, drawn on one canvas.
"use strict";

// Every look by name; `t` are the theme's colours. Shapes are for points, the rest for lines and polygons.
function looksOf(t) {
  return {
    area: { color: t.accent, weight: 2, fillColor: t.accent, fillOpacity: 0.1, z: 20 },
    line: { color: t.accent, weight: 3, fill: false, z: 20 },
    planned: { color: t.accent, weight: 2, fill: false, arrows: true, z: 40 },
    transit: { color: t.accent, weight: 1.5, dashArray: "2 6", fill: false, arrows: true, z: 39 },
    flown: { color: t.flown, weight: 2.5, fill: false, casing: t.casing, z: 45 },
    "no-fly": { color: t.alarm, weight: 1.5, fillColor: t.alarm, hatch: true, z: 10 },
    "restricted-water": { color: t.magenta, weight: 2, dashArray: "10 6", fillColor: t.magenta, fillOpacity: 0.06, z: 10 },
    anchorage: { color: t.magenta, weight: 1, dashArray: "3 5", fill: false, z: 9 },
    water: { color: t.coast, weight: 1, fillColor: t.sea, fillOpacity: 1, z: 1 },
    land: { color: t.coast, weight: 1, fillColor: t.land, fillOpacity: 1, z: 1.5 },
    quay: { color: t.coast, weight: 1, fillColor: t.quay, fillOpacity: 1, z: 2 },
    uncertainty: { color: t.text, weight: 1, dashArray: "3 3", fillColor: t.text, fillOpacity: 0.08, z: 48 },
    footprint: { color: t.text, weight: 1, fillColor: t.text, fillOpacity: 0.06, z: 30 },
    fence: { color: t.amber, weight: 1.5, dashArray: "8 4 2 4", fill: false, z: 12 },
    waypoint: { shape: "dot", size: 4, color: t.accent, fillColor: t.panel, weight: 1.5, z: 50 },
    capture: { shape: "dot", size: 2, color: t.accent, fillColor: t.accent, weight: 0, z: 41 },
    home: { shape: "home", size: 9, color: t.casing, fillColor: t.accent, weight: 1.5, z: 60 },
    drone: { shape: "arrow", size: 13, color: t.casing, fillColor: t.accent, weight: 1.5, z: 90 },
    "camera-at": { shape: "ring", size: 4, color: t.text, weight: 1.25, opacity: 0.5, fill: false, z: 46 },
    vessel: { shape: "ship", size: 9, color: t.green, weight: 2, fill: false, z: 55 },
    dark: { shape: "ship", size: 9, color: t.alarm, weight: 2, dashArray: "3 2", fill: false, z: 56 },
    contact: { shape: "ring", size: 6, color: t.text, fillColor: t.panel, weight: 2, z: 70 },
    suspicious: { shape: "diamond", size: 8, color: t.casing, fillColor: t.alarm, weight: 1.5, z: 73 },
    unsure: { shape: "triangle", size: 8, color: t.casing, fillColor: t.amber, weight: 1.5, z: 72 },
    cleared: { shape: "circle", size: 6, color: t.casing, fillColor: t.grey, weight: 1.5, z: 71 },
  };
}

const OUTLINES = {
  arrow: [[0, -1.2], [0.85, 1], [0, 0.55], [-0.85, 1]],
  ship: [[0, -1.35], [0.62, -0.45], [0.62, 1], [-0.62, 1], [-0.62, -0.45]],
  diamond: [[0, -1.15], [1, 0], [0, 1.15], [-1, 0]],
  triangle: [[0, -1.05], [1.05, 0.85], [-1.05, 0.85]],
};

// A point drawn as its look's shape, turned to its heading.
const Symbol = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (!renderer._drawing || this._empty()) return;
    const context = renderer._ctx, o = this.options, p = this._point;
    context.save();
    context.translate(p.x, p.y);
    if (o.selected) {
      context.beginPath(); context.arc(0, 0, o.size + 6, 0, 2 * Math.PI);
      context.setLineDash([]); context.strokeStyle = o.accent; context.lineWidth = 2; context.stroke();
    }
    context.globalAlpha = o.faded ? 0.35 : 1;
    context.save();
    this._shape(context, o);
    context.restore();
    if (o.text) this._label(context, o);
    context.restore();
  },

  // What is drawn anew when it moves: the symbol with its ring, and its name at the right (11 px letters).
  _updateBounds() {
    const o = this.options, reach = 1.4 * o.size + 8, right = o.text ? o.size + 12 + 9 * o.text.length : reach;
    this._pxBounds = new L.Bounds(this._point.subtract([reach, reach]), this._point.add([Math.max(reach, right), reach]));
  },

  _shape(context, o) {
    const outline = OUTLINES[o.shape];
    context.beginPath();
    if (outline) {
      context.rotate((o.heading || 0) * Math.PI / 180);
      outline.forEach(([x, y], i) => (i ? context.lineTo(x * o.size, y * o.size) : context.moveTo(x * o.size, y * o.size)));
      context.closePath();
    } else {
      context.arc(0, 0, o.size, 0, 2 * Math.PI);
    }
    if (o.fillColor && o.fill !== false) { context.fillStyle = o.fillColor; context.fill(); }
    if (o.weight) {
      context.strokeStyle = o.color; context.lineWidth = o.weight; context.lineJoin = "round";
      context.setLineDash(o.dashArray ? o.dashArray.split(" ").map(Number) : []);
      context.stroke();
    }
    if (o.shape === "home") {
      context.setLineDash([]); context.beginPath();
      context.moveTo(-3, -4); context.lineTo(-3, 4); context.moveTo(3, -4); context.lineTo(3, 4);
      context.moveTo(-3, 0); context.lineTo(3, 0);
      context.strokeStyle = o.onAccent; context.lineWidth = 1.75; context.stroke();
    }
  },

  _label(context, o) {
    context.font = "600 11px " + getComputedStyle(document.body).fontFamily;
    context.lineWidth = 3; context.lineJoin = "round"; context.strokeStyle = o.halo; context.fillStyle = o.ink2;
    context.strokeText(o.text, o.size + 5, 4); context.fillText(o.text, o.size + 5, 4);
  },
});

function drawPoly(layer, closed) {
  const renderer = layer._renderer, o = layer.options;
  if (!renderer._drawing) return;
  if (o.selected && !closed) {
    const [weight, opacity] = [o.weight, o.opacity];
    o.weight = weight + 6; o.opacity = 0.3; renderer._updatePoly(layer, closed); o.weight = weight; o.opacity = opacity;
  }
  if (o.casing) {
    const [color, weight] = [o.color, o.weight];
    o.color = o.casing; o.weight = weight + 2.5; renderer._updatePoly(layer, closed); o.color = color; o.weight = weight;
  }
  renderer._updatePoly(layer, closed);
  if (o.arrows) drawArrows(renderer._ctx, layer, o);
}

// Small heads along the line, one in the middle of each stretch long enough, so that its direction is seen.
function drawArrows(context, layer, o) {
  context.save();
  context.fillStyle = o.color; context.globalAlpha = o.opacity;
  for (const part of layer._parts) {
    let since = 60;
    for (let i = 1; i < part.length; i++) {
      const a = part[i - 1], b = part[i], dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy);
      since += length;
      if (length < 28 || since < 60) continue;
      since = 0;
      context.save();
      context.translate((a.x + b.x) / 2, (a.y + b.y) / 2);
      context.rotate(Math.atan2(dy, dx));
      context.beginPath(); context.moveTo(6, 0); context.lineTo(-4, -4.5); context.lineTo(-1.5, 0); context.lineTo(-4, 4.5); context.closePath();
      context.fill();
      context.restore();
    }
  }
  context.restore();
}

const Line = L.Polyline.extend({ _updatePath() { drawPoly(this, false); } });
const Shape = L.Polygon.extend({ _updatePath() { drawPoly(this, true); } });

function hatching(color) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 10;
  const context = tile.getContext("2d");
  context.strokeStyle = color; context.lineWidth = 1.5;
  context.beginPath();
  for (const shift of [-10, 0, 10]) { context.moveTo(shift - 2, 12); context.lineTo(shift + 12, -2); }
  context.stroke();
  return context.createPattern(tile, "repeat");
}
