// Charts and reports that were kept (the demo's, for one). Each is shown in a sandbox of its own.

import { get } from "./api.js";
import { button, el, fill, figure, guarded } from "./dom.js";
import { emit, marked } from "./state.js";

const address = (output) => `/v1/outputs/${encodeURIComponent(output.name)}`;

function show(place, output) {
  marked(output.marking);
  fill(place,
    el("p", { class: "row" }, el("strong", {}, output.title),
      output.subject ? button("Open in the workspace", () => emit("entity", output.subject)) : null,
      el("a", { class: "button", href: address(output), target: "_blank", rel: "noopener" }, "Open in its own tab")),
    el("iframe", { class: "document", sandbox: "allow-scripts", src: address(output), title: output.title }));
}

export function documentsView(view) {
  guarded(async () => {
    const [{ outputs }, stats] = await Promise.all([get("/v1/outputs"), get("/v1/stats")]);
    const place = el("div", { class: "grow" });
    const readable = outputs.filter((output) => /\.(html|svg)$/.test(output.name));
    const list = readable.map((output) => el("li", {}, button(output.title, () => show(place, output), { class: "chip" })));
    const counts = Object.entries(stats.by_type).map(([type, count]) => `${type} ${figure(count)}`).join(" · ");
    fill(view,
      el("p", { class: "hint", title: counts }, `You may see ${figure(stats.entities)} entities and ${figure(stats.links)} links.`),
      readable.length ? el("ul", { class: "chips" }, list)
        : el("p", {}, "No chart or report has been kept yet. Search for a person or business, then open its chart or report."),
      place);
    if (readable.length) {
      show(place, readable[0]);
    }
  });
}
