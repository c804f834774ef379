// The chart's tab: which entities it starts from, expanding, undoing, and its printed forms.

import { address, get } from "./api.js";
import { drawChart } from "./chart.js";
import { button, el, fill, figure, guarded } from "./dom.js";
import { emit, marked } from "./state.js";

const LIMIT = 160;
const MAX_STARTS = 50;
let starts = [];
let hops = 1;
let history = [];

function remember() {
  history.push({ starts: [...starts], hops });
}

export function chartOf(uids, around = 1) {
  remember();
  starts = Array.isArray(uids) ? uids.slice(0, MAX_STARTS) : [uids];
  hops = around;
  emit("view", "chart");
}

export function addToChart(uid) {
  if (!starts.includes(uid)) {
    remember();
    starts = [...starts, uid].slice(-MAX_STARTS);
    hops = 1;
  }
  emit("view", "chart");
}

function undo() {
  const before = history.pop();
  if (before) {
    ({ starts, hops } = before);
    emit("view", "chart");
  }
}

const printed = (form) => address("/v1/charts", { uid: starts, hops, limit: LIMIT, format: form });

function tools(drawn) {
  const out = (form, text) => el("a", { class: "button", href: printed(form), target: "_blank", rel: "noopener" }, text);
  return el("div", { class: "row tools" },
    button("Undo", undo, { disabled: !history.length, title: "Back to before the last step (U)" }),
    button("Fit", () => drawn.fit(), { title: "Show all of it (F)" }),
    button("Closer", () => drawn.zoom(0.8), { title: "+" }), button("Farther", () => drawn.zoom(1.25), { title: "-" }),
    button("Clear", () => { remember(); starts = []; emit("view", "chart"); }),
    out("html", "Open as page"), out("svg", "Print form (SVG)"), out("graphml", "GraphML"));
}

async function show(view) {
  const { content } = await get("/v1/charts", { uid: starts, hops, limit: LIMIT, format: "json" });
  marked(content.paper.marking);
  const drawn = drawChart(content, {
    select: (uid) => emit("entity", uid),
    expand: (uid) => addToChart(uid),
  });
  const note = `${figure(content.items.length)} entities, ${figure(content.links.length)} lines`
    + (content.truncated ? "; a limit cut it, there is more" : "");
  fill(view, tools(drawn),
    el("p", { class: "hint" }, `${note}. Click for details, double-click (or E) to expand, drag to move; solid is confirmed, `
      + "dashed unconfirmed, dotted tentative."),
    drawn.node);
  drawn.node.addEventListener("keydown", (event) => {
    const action = { u: undo, f: () => drawn.fit(), "+": () => drawn.zoom(0.8), "-": () => drawn.zoom(1.25) }[event.key];
    action?.();
  });
  drawn.fit();
}

export function chartView(view) {
  if (!starts.length) {
    fill(view, el("h2", {}, "Link chart"), el("p", {}, "Search for an entity, open it, then choose Chart."),
      history.length ? button("Undo", undo) : null);
    return;
  }
  guarded(() => show(view));
}
