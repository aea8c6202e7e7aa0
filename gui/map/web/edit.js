// Drawing and editing by hand, over geoman. What was drawn or changed is told; the layers stay as they were told.
"use strict";

const Edit = {
  map: null,
  tell: () => {},
  target: null, // {name, id}: the feature whose points can be dragged
  vertex: null, // {path, icon}: the point that Del removes
  kind: null,   // what is being drawn

  start(map, tell) {
    this.map = map;
    this.tell = tell;
    L.PM.setOptIn(false);
    map.pm.setGlobalOptions({ snappable: false, allowSelfIntersection: true, continueDrawing: false });
    map.on("pm:create", (e) => {
      const kind = this.kind;
      e.layer.remove();
      this.kind = null;
      map.getContainer().classList.remove("qw-drawing");
      if (kind === "point") { const p = e.layer.getLatLng(); this.tell("drawn", kind, [[p.lng, p.lat]]); return; }
      const ring = kind === "polygon" ? e.layer.getLatLngs()[0] : e.layer.getLatLngs();
      this.tell("drawn", kind, ring.map((p) => [p.lng, p.lat]));
    });
    document.addEventListener("keydown", (e) => this.key(e));
  },

  busy() { return this.kind !== null; },

  draw(kind) {
    this.stopDrawing();
    this.stop();
    this.kind = kind;
    const path = { color: Layers.tokens.accent, weight: 2, fillOpacity: 0.1 };
    const options = { templineStyle: path, hintlineStyle: { ...path, dashArray: "4 6" }, pathOptions: path, tooltips: false,
      finishOn: kind === "point" ? undefined : "dblclick", cursorMarker: true, allowSelfIntersection: true };
    this.map.getContainer().classList.add("qw-drawing");
    this.map.pm.enableDraw({ polygon: "Polygon", line: "Line", point: "CircleMarker" }[kind], options);
  },

  stopDrawing() {
    const was = this.kind;
    this.kind = null;
    this.map.pm.disableDraw();
    this.map.getContainer().classList.remove("qw-drawing");
    if (was) this.tell("cancelled", was);
  },

  edit(name, id) {
    this.stop();
    this.target = { name, id };
    this.attach();
  },

  attach() {
    const held = this.target && Layers.get(this.target.name, this.target.id);
    if (!held || !held.layer.pm || !held.layer._map) return;
    const layer = held.layer;
    this.layer = layer;
    layer.pm.enable({ snappable: false, allowSelfIntersection: true, removeLayerBelowMinVertexCount: false, preventMarkerRemoval: true });
    layer.off("pm:markerdragend pm:vertexclick pm:markerdragstart");
    layer.on("pm:markerdragstart", (e) => this.choose(e));
    layer.on("pm:vertexclick", (e) => this.choose(e));
    layer.on("pm:markerdragend", () => this.changed());
  },

  choose(e) {
    if (this.vertex && this.vertex.icon) this.vertex.icon.classList.remove("qw-vertex-selected");
    const icon = e.markerEvent && e.markerEvent.target && e.markerEvent.target.getElement();
    if (icon) icon.classList.add("qw-vertex-selected");
    this.vertex = { path: e.indexPath, icon };
  },

  // Called when a layer was told anew: keep on editing the same feature, if it is still there.
  refresh(name) {
    if (!this.target || this.target.name !== name) return;
    const held = Layers.get(name, this.target.id);
    if (held && held.layer === this.layer && this.layer.pm.enabled()) return;
    this.vertex = null;
    if (held) this.attach();
  },

  stop() {
    if (this.layer && this.layer.pm) this.layer.pm.disable();
    this.layer = null; this.target = null; this.vertex = null;
  },

  stopIf(name) { if (this.target && this.target.name === name) this.stop(); },

  changed() {
    const { name, id } = this.target, held = Layers.get(name, id);
    const geometry = this.layer.toGeoJSON(false).geometry;
    const feature = { ...held.feature, geometry };
    held.feature = feature;
    held.key = JSON.stringify([geometry, held.props, Layers.held.get(name).style]);
    this.tell("edited", name, id, geometry);
  },

  key(e) {
    if (e.key === "Escape" && this.busy()) { this.stopDrawing(); e.preventDefault(); return; }
    if (e.key === "Enter" && this.busy()) { this.finish(); e.preventDefault(); return; }
    if (e.key === "Backspace" && this.busy()) { this.undoPoint(); e.preventDefault(); return; }
    if (e.key === "Delete" || (e.key === "Backspace" && !this.busy())) {
      if (this.vertex && this.layer) this.removeVertex(); else this.tell("delete_pressed");
      e.preventDefault();
      return;
    }
    if (e.key === "Escape") this.tell("escape_pressed");
  },

  drawer() { return this.map.pm.Draw[{ polygon: "Polygon", line: "Line" }[this.kind]]; },
  finish() { const drawer = this.drawer(); if (drawer) drawer._finishShape(); },
  undoPoint() { const drawer = this.drawer(); if (drawer && drawer._removeLastVertex) drawer._removeLastVertex(); },

  removeVertex() {
    const latlngs = this.layer.getLatLngs();
    let list = latlngs;
    const path = this.vertex.path, last = path[path.length - 1];
    for (const i of path.slice(0, -1)) list = list[i];
    const least = this.layer instanceof L.Polygon ? 3 : 2;
    this.vertex = null;
    if (list.length <= least) { this.tell("too_few_points", least); return; }
    list.splice(last, 1);
    this.layer.setLatLngs(latlngs);
    this.layer.pm.disable();
    this.attach();
    this.changed();
  },
};
