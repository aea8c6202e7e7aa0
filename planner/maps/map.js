/* Draws the layers of a saved map (see planner/maps/layers.py). Texts only ever become text nodes. */
function quaywatchMap(map, data) {
  "use strict";
  var groups = {}, swatches = {}, bounds = L.latLngBounds([]);

  function text(tag, className, value) {
    var node = document.createElement(tag);
    node.className = className;
    node.textContent = value;
    return node;
  }
  function escaped(value) {
    var node = document.createElement("span");
    node.textContent = value;
    return node.innerHTML;
  }
  function groupOf(spec) {
    if (!groups[spec.group]) {
      groups[spec.group] = L.layerGroup().addTo(map);
      swatches[spec.group] = swatch(spec);
    }
    return groups[spec.group];
  }
  function glyph(spec, size) {
    var fill = spec.hollow ? "none" : spec.colour, half = size / 2, inner;
    var style = 'fill="' + fill + '" stroke="' + (spec.hollow ? spec.colour : data.outline) + '" stroke-width="' + (spec.hollow ? 2 : 1.2) + '" stroke-linejoin="round"';
    switch (spec.shape) {
      case "diamond": inner = '<path d="M0 -8 L8 0 L0 8 L-8 0 Z" ' + style + "/>"; break;
      case "triangle": inner = '<path d="M0 -8 L8 6.5 L-8 6.5 Z" ' + style + "/>"; break;
      case "square": inner = '<path d="M-6.5 -6.5 H6.5 V6.5 H-6.5 Z" ' + style + "/>"; break;
      case "arrow": inner = '<path transform="rotate(' + spec.bearing + ')" d="M0 -9 L6.5 8 L0 4.5 L-6.5 8 Z" ' + style + "/>"; break;
      case "dot": inner = '<circle r="3.5" ' + style + "/>"; break;
      default: inner = '<circle r="6.5" ' + style + "/>";
    }
    return '<svg width="' + size + '" height="' + size + '" viewBox="-10 -10 20 20" aria-hidden="true">' + inner + "</svg>";
  }
  function swatch(spec) {
    if (spec.kind === "marker") { return glyph(spec, 18); }
    var dash = spec.dashed ? ' stroke-dasharray="5 4"' : "";
    if (spec.kind === "line") {
      return '<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true"><path d="M0 9 H18" stroke="' + spec.colour + '" stroke-width="3"' + dash + "/></svg>";
    }
    return '<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true"><rect x="1.5" y="3" width="15" height="12" rx="2" fill="' + spec.colour +
      '" fill-opacity="' + Math.max(spec.fill, 0.15) + '" stroke="' + spec.colour + '" stroke-width="1.5"' + dash + "/></svg>";
  }
  function dress(layer, spec) {
    var tip = [spec.name, spec.tooltip].filter(Boolean).join("\n");
    if (tip) { layer.bindTooltip(text("div", "qw-text", tip), { sticky: spec.kind !== "marker", direction: "top", offset: [0, -8] }); }
    if (spec.popup) {
      var box = document.createElement("div");
      if (spec.name) { box.appendChild(text("b", "qw-text", spec.name)); }
      box.appendChild(text("div", "qw-text", spec.popup));
      layer.bindPopup(box, { maxWidth: 320 });
    }
    layer.addTo(groupOf(spec));
  }
  function marker(spec) {
    bounds.extend(spec.at);
    if (spec.shape === "dot" && !spec.label) {
      return L.circleMarker(spec.at, { radius: 3, color: data.outline, weight: 1, fillColor: spec.colour, fillOpacity: 1 });
    }
    var box = document.createElement("div");
    box.innerHTML = glyph(spec, 22);
    if (spec.label) { box.appendChild(text("span", "qw-label", spec.label)); }
    return L.marker(spec.at, {
      icon: L.divIcon({ className: "qw-marker", html: box, iconSize: [22, 22] }), keyboard: !!spec.popup, title: "", alt: spec.name
    });
  }

  data.layers.forEach(function (spec) {
    var style = { color: spec.colour, weight: spec.width || 1.8, dashArray: spec.dashed ? "7 6" : null, fillOpacity: spec.fill || 0, smoothFactor: 0.3 };
    if (spec.kind === "marker") { dress(marker(spec), spec); return; }
    (spec.kind === "line" ? spec.places : spec.rings[0]).forEach(function (p) { bounds.extend(p); });
    dress(spec.kind === "line" ? L.polyline(spec.places, style) : L.polygon(spec.rings, style), spec);
  });

  /* graticule: parallels and meridians at round steps, labelled at the edge */
  var net = L.layerGroup().addTo(map), steps = [30, 20, 10, 5, 2, 1, 30 / 60, 20 / 60, 10 / 60, 5 / 60, 2 / 60, 1 / 60, 0.5 / 60, 0.2 / 60, 0.1 / 60, 0.05 / 60, 0.02 / 60, 0.01 / 60];
  map.createPane("net").style.zIndex = 210;
  map.getPane("net").style.pointerEvents = "none";
  function degrees(value, positive, negative, step) {
    var side = value < -1e-9 ? negative : positive, size = Math.abs(value) + 1e-9, whole = Math.floor(size);
    var digits = step < 0.1 / 60 - 1e-9 ? 2 : step < 1 / 60 - 1e-9 ? 1 : 0;
    return whole + "\u00b0" + (step < 1 ? ((size - whole) * 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0") + "\u2032" : "") + " " + side;
  }
  function drawNet() {
    var b = map.getBounds(), size = map.getSize(), span = b.getEast() - b.getWest(), step = steps[0], renderer = { pane: "net", interactive: false, color: data.net, weight: 1 };
    net.clearLayers();
    steps.forEach(function (s) { if (span / s <= Math.max(2, size.x / 170)) { step = s; } });
    function label(at, value, className) {
      L.marker(at, { pane: "net", interactive: false, keyboard: false, icon: L.divIcon({ className: "qw-net " + className, html: escaped(value), iconSize: null }) }).addTo(net);
    }
    for (var i = Math.ceil(b.getWest() / step); i * step <= b.getEast(); i++) {
      L.polyline([[b.getSouth(), i * step], [b.getNorth(), i * step]], renderer).addTo(net);
      label([b.getSouth(), i * step], degrees(((i * step + 540) % 360) - 180, "E", "W", step), "qw-below");
    }
    for (var j = Math.ceil(b.getSouth() / step); j * step <= b.getNorth(); j++) {
      L.polyline([[j * step, b.getWest()], [j * step, b.getEast()]], renderer).addTo(net);
      label([j * step, b.getEast()], degrees(j * step, "N", "S", step), "qw-beside");
    }
  }

  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  var legend = {};
  Object.keys(groups).forEach(function (name) { legend[swatches[name] + '<span class="qw-name">' + escaped(name) + "</span>"] = groups[name]; });
  if (Object.keys(legend).length) { L.control.layers(null, legend, { collapsed: map.getSize().x < 520 }).addTo(map); }
  var north = L.control({ position: "topleft" });
  north.onAdd = function () {
    var box = text("div", "qw-north leaflet-bar", "");
    box.innerHTML = '<svg width="16" height="26" viewBox="0 0 16 26" aria-hidden="true"><path d="M8 0 L14 14 L8 10.5 L2 14 Z" fill="currentColor"/></svg>';
    box.appendChild(text("b", "", "N"));
    box.title = "north is up";
    return box;
  };
  north.addTo(map);
  if (data.title) {
    var head = L.control({ position: "topright" });
    head.onAdd = function () { return text("div", "qw-title", data.title); };
    head.addTo(map);
    var corner = head.getContainer().parentNode;
    corner.insertBefore(head.getContainer(), corner.firstChild);
  }
  map.on("moveend resize", drawNet);
  if (bounds.isValid()) { map.fitBounds(bounds, { padding: [36, 36], maxZoom: 19, animate: false }); }
  drawNet();
}
