// The live map: told what to show over a web channel, tells what the hand did. Nothing here reaches a network.
"use strict";

function readout(map) {
  const control = L.control({ position: "bottomright" });
  control.onAdd = () => {
    const box = L.DomUtil.create("div", "qw-readout");
    const show = (p) => {
      const lat = Math.abs(p.lat).toFixed(5) + "° " + (p.lat >= 0 ? "N" : "S");
      const lon = Math.abs(L.Util.wrapNum(p.lng, [-180, 180], true)).toFixed(5) + "° " + (p.lng >= 0 ? "E" : "W");
      box.textContent = lat + "   " + lon;
    };
    map.on("mousemove", (e) => show(e.latlng));
    map.on("move", () => show(map.getCenter()));
    show(map.getCenter());
    return box;
  };
  return control;
}

function start(bridge) {
  const map = L.map("map", {
    preferCanvas: true, renderer: L.canvas({ padding: 0.3, tolerance: 5 }), zoomControl: false, attributionControl: false,
    zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, doubleClickZoom: true, worldCopyJump: true,
    minZoom: 2, maxZoom: 21, zoomSnap: 0.5, zoomDelta: 1, wheelPxPerZoomLevel: 90, center: [30, 10], zoom: 3, pmIgnore: false,
  });
  const tell = (what, ...rest) => bridge.told(JSON.stringify([what, ...rest]));
  Layers.map = map;
  Layers.onEvent = (what, name, id, p) => tell(what, name, id, p.lng, p.lat);
  Edit.start(map, tell);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  readout(map).addTo(map);
  map.on("click", (e) => { if (!Edit.busy()) tell("place_clicked", e.latlng.lng, e.latlng.lat); });
  map.on("contextmenu", (e) => { if (!Edit.busy()) tell("right_clicked", "", "", e.latlng.lng, e.latlng.lat); });
  const far = () => map.getContainer().classList.toggle("qw-far", map.getZoom() < 11);
  map.on("zoomend", far);
  far();
  let quiet = 0;
  map.on("moveend", () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => { const c = map.getCenter(); tell("view_changed", c.lng, c.lat, map.getZoom()); }, 50);
  });

  // A box that was to be shown whole stays whole when the map changes its size, until a hand moves the map.
  let whole = null;
  const byHand = () => { whole = null; };
  map.on("dragstart dblclick", byHand);
  map.getContainer().addEventListener("wheel", byHand, { passive: true });

  const commands = {
    theme(tokens) {
      for (const [name, value] of Object.entries(tokens)) document.documentElement.style.setProperty("--" + name, value);
      Layers.tokens = tokens;
      Layers.looks = looksOf(tokens);
      Base.recolour(tokens, map);
      if (!Base.layer) Base.add(map);
      Layers.repaint();
    },
    setLayer(name, collection, style) { Layers.set(name, collection, style); },
    removeLayer(name) { Layers.remove(name); },
    showGroup(prefix, shown) { Layers.show(prefix, shown); },
    fit(west, south, east, north, zoom) {
      whole = () => {
        const size = map.getSize(), margin = Math.min(48, size.x / 8, size.y / 8);
        map.fitBounds([[south, west], [north, east]], { padding: [margin, margin], maxZoom: zoom });
      };
      whole();
    },
    view(lon, lat, zoom) { byHand(); map.setView([lat, lon], zoom ?? map.getZoom()); },
    pan(lon, lat) { byHand(); map.panTo([lat, lon], { animate: false }); },
    zoom(by) { byHand(); map.setZoom(map.getZoom() + by); },
    draw(kind) { if (kind) Edit.draw(kind); else Edit.stopDrawing(); },
    edit(name, id) { if (name) Edit.edit(name, id); else Edit.stop(); },
    pixelsOf(token, places) {
      tell("answer", token, places.map(([lon, lat]) => { const p = map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }));
    },
    painted(token) {
      let told = false;
      const once = () => { if (!told) tell("answer", token, told = true); };
      requestAnimationFrame(() => requestAnimationFrame(once));
      setTimeout(once, 1500); // a map that is not on show paints nothing
    },
  };
  bridge.command.connect((text) => {
    for (const [name, ...rest] of JSON.parse(text)) commands[name](...rest);
  });
  window.addEventListener("resize", () => { map.invalidateSize({ pan: false }); if (whole) whole(); });
  Base.load().then(() => tell("ready"));
}

new QWebChannel(qt.webChannelTransport, (channel) => start(channel.objects.bridge));
