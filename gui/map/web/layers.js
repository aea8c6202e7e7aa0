// Named layers of GeoJSON features. A new version of a layer only touches the features that changed.
"use strict";

const Layers = {
  map: null,
  looks: {},
  tokens: {},
  held: new Map(), // name -> {style, features: id -> {key, props, kind, layer}, shown}
  onEvent: () => {},

  set(name, collection, style) {
    const old = this.held.get(name);
    const group = { style: style || {}, features: new Map(), shown: old ? old.shown : true };
    let fresh = false;
    (collection.features || [collection]).forEach((feature, index) => {
      const props = feature.properties || {};
      const id = String(props.id ?? feature.id ?? index);
      const before = old && old.features.get(id);
      const key = JSON.stringify([feature.geometry, props, style]);
      if (before && before.key === key) { group.features.set(id, before); old.features.delete(id); return; }
      if (before && this.move(before, feature, props, group.style)) {
        before.key = key; before.feature = feature;
        group.features.set(id, before); old.features.delete(id);
        return;
      }
      const layer = this.make(name, id, feature, props, group.style);
      if (!layer) return;
      fresh = true;
      group.features.set(id, { key, props, feature, layer });
      if (group.shown) layer.addTo(this.map);
    });
    if (old) for (const gone of old.features.values()) gone.layer.remove();
    this.held.set(name, group);
    if (fresh) this.restack();
    Edit.refresh(name);
  },

  // Moves what is there instead of making it anew; false when it must be made anew.
  move(held, feature, props, style) {
    const layer = held.layer;
    if (feature.geometry.type !== "Point" || !(layer instanceof Symbol) || held.props.look !== props.look) return false;
    const [lon, lat] = feature.geometry.coordinates;
    layer.setLatLng([lat, lon]);
    L.setOptions(layer, this.options(props, style, feature.geometry.type));
    layer.redraw();
    if (held.props.tooltip !== props.tooltip) this.tooltip(layer, props, style);
    held.props = props;
    return true;
  },

  options(props, style, kind) {
    const look = this.looks[props.look || style.look] || this.looks[kind === "LineString" ? "line" : "area"];
    const o = Object.assign({ opacity: 1, fillOpacity: 1 }, look, style.options || {});
    if (o.hatch) { o.fillColor = hatching(o.fillColor); o.fillOpacity = 0.75; }
    o.faded = Boolean(props.faded);
    if (o.faded) o.opacity = 0.35;
    if (props.selected && kind !== "Point") { o.weight += 1.5; }
    o.selected = Boolean(props.selected);
    o.heading = props.heading_deg;
    o.text = props.label;
    o.radius = (o.size || 6) + 3;
    Object.assign(o, { accent: this.tokens.accent, ink: this.tokens.casing, onAccent: this.tokens.on_accent, ink2: this.tokens.text, halo: this.tokens.sea });
    o.interactive = style.interactive !== false;
    o.bubblingMouseEvents = false;
    return o;
  },

  make(name, id, feature, props, style) {
    const geometry = feature.geometry;
    if (!geometry) return null;
    const o = this.options(props, style, geometry.type);
    o.pmIgnore = !style.editable;
    const layer = this.shape(geometry, o);
    if (!layer) return null;
    layer.qw = { name, id };
    this.tooltip(layer, props, style);
    if (o.interactive) {
      layer.on("click", (e) => { if (Edit.busy()) this.onMap("click", e); else this.onEvent("clicked", name, id, e.latlng); });
      layer.on("dblclick", (e) => { if (Edit.busy()) this.onMap("dblclick", e); else { L.DomEvent.stop(e); this.onEvent("double_clicked", name, id, e.latlng); } });
      layer.on("contextmenu", (e) => { L.DomEvent.stop(e); this.onEvent("right_clicked", name, id, e.latlng); });
    }
    return layer;
  },

  // While something is drawn, what lies under the hand is as good as bare map.
  onMap(kind, e) {
    const { latlng, layerPoint, containerPoint, originalEvent } = e;
    this.map.fire(kind, { latlng, layerPoint, containerPoint, originalEvent });
  },

  shape(geometry, o) {
    const c = geometry.coordinates;
    switch (geometry.type) {
      case "Point": return new Symbol([c[1], c[0]], o);
      case "LineString": return new Line(L.GeoJSON.coordsToLatLngs(c, 0), o);
      case "MultiLineString": return new Line(L.GeoJSON.coordsToLatLngs(c, 1), o);
      case "Polygon": return new Shape(L.GeoJSON.coordsToLatLngs(c, 1), o);
      case "MultiPolygon": return new Shape(L.GeoJSON.coordsToLatLngs(c, 2), o);
      default: return null;
    }
  },

  tooltip(layer, props, style) {
    layer.unbindTooltip();
    if (props.name && style.names) {
      layer.getCenter = () => corner(layer);
      layer.bindTooltip(escape_(props.name), { permanent: true, direction: "right", offset: [2, 12], className: "qw-name", pmIgnore: true });
    } else if (props.tooltip) {
      layer.bindTooltip(escape_(props.tooltip).replaceAll("\n", "<br>"), { sticky: true, direction: "top", offset: [0, -8] });
    }
  },

  remove(name) {
    const group = this.held.get(name);
    if (!group) return;
    Edit.stopIf(name);
    for (const { layer } of group.features.values()) layer.remove();
    this.held.delete(name);
  },

  show(prefix, shown) {
    for (const [name, group] of this.held) {
      if (!name.startsWith(prefix) || group.shown === shown) continue;
      group.shown = shown;
      for (const { layer } of group.features.values()) if (shown) layer.addTo(this.map); else layer.remove();
    }
    if (shown) this.restack();
  },

  // Draw in the order of the looks' z, whichever came first.
  restack() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      const all = [];
      for (const group of this.held.values()) {
        if (!group.shown) continue;
        for (const { layer } of group.features.values()) all.push([group.style.z ?? layer.options.z ?? 20, layer]);
      }
      all.sort((a, b) => a[0] - b[0]);
      for (const [, layer] of all) layer.bringToFront();
    });
  },

  repaint() {
    for (const [name, group] of [...this.held]) {
      const features = [...group.features.values()].map((held) => held.feature);
      for (const { layer } of group.features.values()) layer.remove();
      group.features = new Map();
      this.set(name, { features }, group.style);
    }
  },

  get(name, id) {
    const group = this.held.get(name);
    return group && group.features.get(id);
  },
};

// The upper left point of a shape, where its name is written.
function corner(layer) {
  const points = layer.getLatLngs().flat(Infinity);
  return points.reduce((best, p) => (p.lat - p.lng * 0.6 > best.lat - best.lng * 0.6 ? p : best), points[0]);
}

function escape_(text) {
  return String(text).replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]);
}
