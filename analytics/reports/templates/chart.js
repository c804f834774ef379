"use strict";
(function () {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const nodes = new vis.DataSet(data.nodes);
  const edges = new vis.DataSet(data.edges);
  const font = "Arial, Helvetica, sans-serif";
  const network = new vis.Network(byId("chart"), { nodes, edges }, {
    physics: { enabled: false },
    groups: data.groups,
    nodes: { font: { face: font, size: 14, strokeWidth: 4, strokeColor: "#ffffff" } },
    edges: {
      font: { face: font, size: 11, strokeWidth: 4, strokeColor: "#ffffff", color: "#333333" },
      selectionWidth: 1, hoverWidth: 0.6, chosen: true
    },
    interaction: { hover: true, multiselect: true, tooltipDelay: 250, keyboard: { enabled: true, bindToWindow: false } }
  });
  const ends = new Map(data.edges.map((edge) => [edge.id, [edge.from, edge.to]]));
  const colours = new Map(data.edges.map((edge) => [edge.id, edge.color]));
  const words = new Map(data.edges.map((edge) => [edge.id, edge.label]));
  const rows = new Map(all("tr[data-item]").map((row) => [row.dataset.item, row]));
  const lines = new Map(all("tr[data-line]").map((row) => [row.dataset.line, row]));

  function whole() {
    network.fit({ animation: false, maxZoomLevel: 1.15 });
    network.moveTo({ scale: 0.92 * network.getScale() }); // it looks at the symbols, and words stick out
  }

  function dim(keptNodes, keptEdges) {
    nodes.update(data.nodes.map((node) => ({ id: node.id, opacity: !keptNodes || keptNodes.has(node.id) ? 1 : 0.18 })));
    edges.update(data.edges.map((edge) => {
      const kept = !keptEdges || keptEdges.has(edge.id);
      return { id: edge.id, color: { ...colours.get(edge.id), opacity: kept ? 1 : 0.12 }, font: { color: kept ? "#333333" : "#d6d6d6" } };
    }));
  }

  function show(items) {
    const chosen = new Set(items);
    rows.forEach((row, id) => row.classList.toggle("chosen", chosen.has(id)));
    if (!chosen.size) { dim(null, null); describe(null); return; }
    const near = new Set(chosen);
    const kept = new Set();
    ends.forEach(([from, to], id) => {
      if (chosen.has(from) || chosen.has(to)) { kept.add(id); near.add(from); near.add(to); }
    });
    dim(near, kept);
    describe(chosen.size === 1 ? items[0] : null);
  }

  function choose(items, zoom) {
    network.selectNodes(items, false);
    show(items);
    if (items.length === 1) network.focus(items[0], { scale: Math.max(network.getScale(), 0.9), animation: false });
    else if (zoom && items.length) network.fit({ nodes: items, animation: false, maxZoomLevel: 1.1 });
  }

  function jump(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "name";
    button.textContent = rows.get(item).querySelector(".name").textContent;
    button.addEventListener("click", () => choose([item]));
    return button;
  }

  function describe(item) {
    const box = byId("selected");
    box.replaceChildren();
    if (item === null) {
      box.textContent = "Nothing selected. Click an item on the chart or its name in the table.";
      return;
    }
    const title = document.createElement("h3");
    title.append(rows.get(item).querySelector(".icon").cloneNode(true), " ", jump(item));
    const list = document.createElement("ul");
    ends.forEach(([from, to], id) => {
      if (from !== item && to !== item) return;
      const entry = document.createElement("li");
      const text = lines.get(id).querySelector(".summary").textContent;
      entry.append(from === item ? text + " \u2192 " : text + " \u2190 ", jump(from === item ? to : from));
      list.append(entry);
    });
    box.append(title, ...all(".values", rows.get(item)).map((values) => values.cloneNode(true)), list);
  }

  function tab(name) {
    all(".tabs button").forEach((button) => {
      const on = button.dataset.pane === name;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
    });
    all(".panes section").forEach((pane) => { pane.hidden = pane.id !== "pane-" + name; });
  }

  function search(text) {
    const wanted = text.trim().toLocaleLowerCase();
    const found = [];
    rows.forEach((row, id) => {
      const hit = !wanted || row.textContent.toLocaleLowerCase().includes(wanted);
      row.classList.toggle("hidden", !hit);
      if (hit && wanted) found.push(id);
    });
    lines.forEach((row) => {
      row.classList.toggle("hidden", Boolean(wanted) && !row.textContent.toLocaleLowerCase().includes(wanted));
    });
    byId("found").textContent = wanted ? found.length + " of " + rows.size + " items match" : "";
    network.selectNodes(found, false);
    show(found);
  }

  network.on("click", (event) => show(event.nodes));
  network.on("selectNode", () => tab("selected"));
  all("[data-choose]").forEach((button) => button.addEventListener("click", () => choose([button.dataset.choose])));
  all("[data-type]").forEach((button) => button.addEventListener("click", () => {
    choose(data.nodes.filter((node) => node.group.split(" ")[0] === button.dataset.type).map((node) => node.id), true);
  }));
  all("[data-lines]").forEach((button) => button.addEventListener("click", () => {
    const kept = new Set(button.dataset.lines.split(" "));
    const near = new Set();
    kept.forEach((id) => (ends.get(id) || []).forEach((end) => near.add(end)));
    dim(near, kept);
  }));
  const tabs = all(".tabs button");
  tabs.forEach((button, at) => {
    button.addEventListener("click", () => tab(button.dataset.pane));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(at + step + tabs.length) % tabs.length];
      tab(next.dataset.pane);
      next.focus();
    });
  });
  byId("search").addEventListener("input", (event) => search(event.target.value));
  byId("fit").addEventListener("click", whole);
  byId("clear").addEventListener("click", () => { byId("search").value = ""; search(""); network.unselectAll(); });
  byId("words").addEventListener("change", (event) => {
    edges.update(data.edges.map((edge) => ({ id: edge.id, label: event.target.checked ? words.get(edge.id) : "" })));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") { byId("clear").click(); document.activeElement.blur(); return; }
    if (event.target.matches("input")) return;
    if (event.key === "/") { event.preventDefault(); byId("search").focus(); }
    else if (event.key === "f") byId("fit").click();
    else if (event.key === "t") { tab("items"); byId("tab-items").focus(); }
    else if (event.key === "l") { tab("legend"); byId("tab-legend").focus(); }
  });
  tab("legend");
  describe(null);
  network.once("afterDrawing", () => { whole(); document.body.dataset.drawn = "yes"; });
})();
