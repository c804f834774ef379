// Rankings and communities, each with what it says and what it does not.

import { get } from "./api.js";
import { button, el, fill, guarded, table } from "./dom.js";
import { emit, marked, state, typeLabel } from "./state.js";

const link = (row) => button(row.caption || "(no name)", () => emit("entity", row.uid), { class: "link" });

async function showRanking(place, form) {
  const { measure, type } = Object.fromEntries(new FormData(form));
  const answer = await get(`/v1/measures/${encodeURIComponent(measure)}`, { type, top: 25 });
  marked(answer.marking);
  const rows = answer.rows.map((row) => [row.rank, link(row), typeLabel(row.type), row.value, row.records]);
  fill(place,
    el("p", {}, answer.says), el("p", { class: "hint" }, `What it does not tell: ${answer.does_not_say}`),
    table(["rank", "entity", "type", "value", "records"], rows,
      `${answer.measure} (${answer.method}) on ${answer.entities} entities and ${answer.links} links that you may see`));
}

export function ranksView(view) {
  guarded(async () => {
    const { measures } = await get("/v1/measures");
    const place = el("div", { "aria-live": "polite" });
    const form = el("form", { class: "row" },
      el("label", {}, "Measure ", el("select", { name: "measure" },
        measures.map((one) => el("option", { value: one.name, title: one.description }, one.name.replaceAll("_", " "))))),
      el("label", {}, "Among ", el("select", { name: "type" }, el("option", { value: "" }, "all types"),
        Object.keys(state.style.items).map((type) => el("option", { value: type }, typeLabel(type))))),
      el("button", { type: "submit" }, "Rank"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      guarded(() => showRanking(place, form));
    });
    fill(view, el("h2", {}, "Who stands out?"), form, place);
    await showRanking(place, form);
  });
}

const ACTORS = ["Person", "Business", "Organisation", "OrganisedCrimeGroup", "Unknown"];

async function showCommunities(place, form) {
  const among = new FormData(form).get("among") === "actors" ? ACTORS : [];
  const answer = await get("/v1/communities", { entity_type: among, top: 30 });
  marked(answer.marking);
  const rows = answer.communities.map((one) => [
    one.label, one.size,
    el("span", {}, one.members.slice(0, 4).flatMap((member) => [link(member), " · "]).slice(0, -1)),
    el("span", {}, one.groups.map((group) => el("span", {}, link(group), ` ${group.here} of ${group.known} `))),
  ]);
  fill(place, table(["no.", "size", "best joined", "recorded groups"], rows,
    `${answer.total} communities, modularity ${answer.modularity.toFixed(3)}, ${answer.alone} without a link`));
}

export function communitiesView(view) {
  const place = el("div", { "aria-live": "polite" });
  const form = el("form", { class: "row" },
    el("label", {}, "Among ", el("select", { name: "among" },
      el("option", { value: "actors" }, "people, businesses and groups"), el("option", { value: "" }, "everything"))),
    el("button", { type: "submit" }, "Find"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(() => showCommunities(place, form));
  });
  fill(view, el("h2", {}, "Communities"),
    el("p", { class: "hint" }, "Computed from links that you may see: an indicator, not an organised crime group."),
    form, place);
  guarded(() => showCommunities(place, form));
}
