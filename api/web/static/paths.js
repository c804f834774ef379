// What joins two entities: shortest paths, and business-link paths.

import { get } from "./api.js";
import { button, el, fill, guarded, mark, newest } from "./dom.js";
import { chartOf } from "./chart-view.js";
import { emit, marked, state } from "./state.js";

function endBox(which, label) {
  const end = state.ends[which];
  return el("div", { class: "end" }, el("span", { class: "hint" }, label),
    end ? el("span", {}, mark(end.type), " ", end.caption) : el("em", {}, "choose it in an entity's panel"));
}

function entityButton(entity) {
  return el("button", { type: "button", class: "chip", on: { click: () => emit("entity", entity.uid) } },
    mark(entity.type), entity.caption || "(no name)");
}

function shortestPath(path) {
  return el("article", { class: "card" },
    el("h3", {}, `${path.length} link${path.length === 1 ? "" : "s"}`),
    el("p", {}, path.entities.map(entityButton)),
    el("ol", {}, path.steps.map((step) => el("li", {}, step.text, " ", el("small", {}, step.gradings.join(", "))))),
    button("Chart of this path", () => chartOf(path.entities.map((entity) => entity.uid), 0)));
}

function businessPath(path) {
  const joins = path.steps.flatMap((step) => step.joins.map((join) =>
    el("li", {}, el("strong", {}, `${join.kind}: `), join.texts.join("; "))));
  return el("article", { class: "card" },
    el("h3", {}, `cost ${path.cost} (lower says more)`), el("p", {}, path.actors.map(entityButton)), el("ol", {}, joins));
}

const ask = newest();

async function search(place, address, shape) {
  const { from, to } = state.ends;
  const wanted = ask();
  const answer = await get(address, { source: from.uid, target: to.uid, k: 5 });
  if (!wanted()) {
    return;
  }
  marked(answer.marking);
  const notes = [
    answer.paths.length ? "" : "No path in what you may see.",
    answer.left_out?.length ? `Not walked, because they join everybody: ${answer.left_out.join(", ")}.` : "",
    answer.truncated ? "The search met a limit: there may be more." : "",
  ].filter(Boolean);
  fill(place, notes.map((note) => el("p", { class: "hint" }, note)), answer.paths.map(shape));
}

export function pathView(view) {
  const place = el("div", { "aria-live": "polite" });
  const ready = state.ends.from && state.ends.to;
  fill(view,
    el("h2", {}, "What joins them?"),
    el("div", { class: "ends" }, endBox("from", "from"), endBox("to", "to")),
    el("p", {},
      button("Shortest paths", () => guarded(() => search(place, "/v1/paths", shortestPath)), { disabled: !ready }), " ",
      button("Business-link paths", () => guarded(() => search(place, "/v1/business-links", businessPath)), { disabled: !ready })),
    place);
  if (ready) {
    guarded(() => search(place, "/v1/paths", shortestPath));
  }
}
