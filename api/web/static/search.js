// The search box and its hits.

import { get } from "./api.js";
import { button, el, fill, figure, find, guarded, mark, newest } from "./dom.js";
import { emit, marked, typeLabel } from "./state.js";

export function hitLine(entity, note) {
  const label = el("span", { class: "hit-text" },
    el("strong", {}, entity.caption || "(no name)"),
    el("small", {}, [typeLabel(entity.type), entity.kind, note].filter(Boolean).join(" · ")));
  return el("li", {}, el("button", { type: "button", class: "hit", on: { click: () => emit("entity", entity.uid) } },
    mark(entity.type), label));
}

async function search(text, cursor, list) {
  const page = await get("/v1/search", { q: text, cursor, limit: 20 });
  marked(page.marking);
  for (const hit of page.hits) {
    list.append(hitLine(hit.entity, hit.entity.sources.join(", ")));
  }
  return page;
}

const ask = newest();

// What was found before goes at once: a hit must not be opened as if it answered the new words.
async function firstPage(text) {
  const wanted = ask();
  fill(find("results"));
  const list = el("ol", { class: "hits" });
  const page = await search(text, null, list);
  if (!wanted()) {
    return;
  }
  const count = page.total === 0
    ? "Nothing found: fewer words, or another spelling, may help."
    : `${figure(page.total)}${page.complete ? "" : "+"} found`;
  fill(find("results"), el("p", { class: "hint" }, count), list, more(text, page, list));
}

function more(text, page, list) {
  if (!page.next) {
    return null;
  }
  const place = el("p", {});
  fill(place, button("More", () => guarded(async () => {
    place.replaceWith(more(text, await search(text, page.next, list), list) || "");
  })));
  return place;
}

export function startSearch() {
  find("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(() => firstPage(find("search-text").value.trim()));
  });
}
