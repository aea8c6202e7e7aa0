// The base map: land and sea from land.json, drawn on canvas tiles, and a graticule with its degrees.
"use strict";

const Base = {
  cells: [],
  tokens: {},
  layer: null,

  async load() {
    const data = await (await fetch("land.json")).json();
    this.unit = data.unit_deg;
    this.span = data.cell_deg;
    this.pad = data.pad_deg;
    this.cells = data.cells.map(([west, south, rings]) => ({ west, south, rings, shapes: null }));
  },

  // Rings of a cell in world coordinates (0..1, Mercator), with which edges lie on the cell's border.
  shapes(cell) {
    if (cell.shapes) return cell.shapes;
    const low = Math.round(-this.pad / this.unit), high = Math.round((this.span + this.pad) / this.unit);
    cell.shapes = cell.rings.map((steps) => {
      const count = steps.length / 2;
      const xy = new Float64Array(steps.length), coast = new Uint8Array(count);
      let x = 0, y = 0, beforeX = NaN, beforeY = NaN;
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (let i = 0; i < count; i++) {
        x += steps[2 * i]; y += steps[2 * i + 1];
        const onBorder = (x === beforeX && (x === low || x === high)) || (y === beforeY && (y === low || y === high));
        coast[i] = onBorder ? 0 : 1;
        const px = (cell.west + x * this.unit + 180) / 360;
        const lat = Math.max(-85, Math.min(85, cell.south + y * this.unit)) * Math.PI / 180;
        const py = 0.5 - Math.log(Math.tan(Math.PI / 4 + lat / 2)) / (2 * Math.PI);
        xy[2 * i] = px; xy[2 * i + 1] = py;
        box[0] = Math.min(box[0], px); box[1] = Math.min(box[1], py);
        box[2] = Math.max(box[2], px); box[3] = Math.max(box[3], py);
        beforeX = x; beforeY = y;
      }
      return { xy, coast, box };
    });
    cell.rings = null;
    return cell.shapes;
  },

  drawTile(canvas, coords, size) {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = size.x * ratio; canvas.height = size.y * ratio;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const world = size.x * Math.pow(2, coords.z);
    const left = ((coords.x % Math.pow(2, coords.z)) + Math.pow(2, coords.z)) % Math.pow(2, coords.z) * size.x;
    const top = coords.y * size.y;
    const box = [(left - 2) / world, (top - 2) / world, (left + size.x + 2) / world, (top + size.y + 2) / world];
    context.fillStyle = this.tokens.sea;
    context.fillRect(0, 0, size.x, size.y);
    const shapes = [];
    context.fillStyle = this.tokens.land;
    for (const cell of this.cells) {
      const west = (cell.west - this.pad + 180) / 360, east = (cell.west + this.span + this.pad + 180) / 360;
      if (west > box[2] || east < box[0]) continue;
      const seen = this.shapes(cell).filter(({ box: b }) => b[0] <= box[2] && b[2] >= box[0] && b[1] <= box[3] && b[3] >= box[1]);
      context.beginPath();
      for (const { xy } of seen) {
        for (let i = 0; i < xy.length; i += 2) {
          if (i) context.lineTo(xy[i] * world - left, xy[i + 1] * world - top);
          else context.moveTo(xy[i] * world - left, xy[i + 1] * world - top);
        }
        context.closePath();
      }
      context.fill("evenodd");
      shapes.push(...seen);
    }
    context.beginPath();
    for (const { xy, coast } of shapes) {
      for (let i = 0; i < coast.length; i++) {
        const x = xy[2 * i] * world - left, y = xy[2 * i + 1] * world - top;
        if (i && coast[i]) context.lineTo(x, y); else context.moveTo(x, y);
      }
    }
    context.strokeStyle = this.tokens.coast;
    context.lineWidth = 1;
    context.stroke();
  },

  add(map) {
    const base = this;
    const Layer = L.GridLayer.extend({
      createTile(coords) {
        const canvas = document.createElement("canvas");
        base.drawTile(canvas, coords, this.getTileSize());
        return canvas;
      },
    });
    this.layer = new Layer({ pmIgnore: true, keepBuffer: 1, minZoom: 1 }).addTo(map);
    this.grid = document.createElement("canvas");
    this.grid.className = "qw-grid";
    map.getContainer().appendChild(this.grid);
    map.on("move zoom viewreset resize", () => this.drawGrid(map));
    this.drawGrid(map);
  },

  recolour(tokens, map) {
    this.tokens = tokens;
    if (this.layer) { this.layer.redraw(); this.drawGrid(map); }
  },

  drawGrid(map) {
    const size = map.getSize(), ratio = window.devicePixelRatio || 1;
    this.grid.width = size.x * ratio; this.grid.height = size.y * ratio;
    this.grid.style.width = size.x + "px"; this.grid.style.height = size.y + "px";
    const context = this.grid.getContext("2d");
    context.scale(ratio, ratio);
    const bounds = map.getBounds();
    const wanted = (bounds.getEast() - bounds.getWest()) * 160 / Math.max(size.x, 1);
    const steps = [45, 30, 20, 10, 5, 2, 1, 1/2, 1/4, 1/6, 1/12, 1/30, 1/60, 1/120, 1/300, 1/600, 1/1200, 1/3000, 1/6000, 1/12000];
    let step = steps[0];
    for (const s of steps) if (s >= wanted) step = s;
    context.strokeStyle = this.tokens.grid; context.lineWidth = 1;
    context.fillStyle = this.tokens.quiet; context.font = '10px ' + getComputedStyle(document.body).fontFamily;
    const places = step >= 1 ? -1 : step >= 1/60 ? 0 : step >= 1/600 ? 1 : step >= 1/6000 ? 2 : 3;
    for (let n = Math.ceil(bounds.getWest() / step); n * step <= bounds.getEast(); n++) {
      const x = Math.round(map.latLngToContainerPoint([bounds.getCenter().lat, n * step]).x) + 0.5;
      context.beginPath(); context.moveTo(x, 0); context.lineTo(x, size.y); context.stroke();
      if (x < 150 || x > size.x - 240) continue; // scale and readout stand there
      context.fillText(degrees(L.Util.wrapNum(n * step, [-180, 180], true), "EW", places), x + 4, size.y - 6);
    }
    for (let n = Math.ceil(bounds.getSouth() / step); n * step <= bounds.getNorth(); n++) {
      const y = Math.round(map.latLngToContainerPoint([n * step, bounds.getCenter().lng]).y) + 0.5;
      context.beginPath(); context.moveTo(0, y); context.lineTo(size.x, y); context.stroke();
      const text = degrees(n * step, "NS", places);
      context.fillText(text, size.x - context.measureText(text).width - 6, y - 4);
    }
  },
};

// "51°57.3'N": degrees, and minutes with `places` decimals (-1: whole degrees only).
function degrees(value, letters, places) {
  const letter = value >= 0 ? letters[0] : letters[1];
  const size = Math.abs(value);
  if (places < 0) return Math.round(size) + "°" + letter;
  const unit = Math.pow(10, places), total = Math.round(size * 60 * unit) / unit;
  const whole = Math.floor(total / 60 + 1e-9), minutes = Math.max(0, total - whole * 60);
  return whole + "°" + minutes.toFixed(places).padStart(places ? places + 3 : 2, "0") + "'" + letter;
}
