// The panel of one entity: what its records say together, the records themselves, and where to go from here.

import { entityPath, get, reportAddress } from "./api.js";
import { button, el, fill, find, guarded, mark, newest, table } from "./dom.js";
import { addToChart, chartOf } from "./chart-view.js";
import { emit, marked, state, typeLabel } from "./state.js";

const REPORTED = new Set(["Business", "Person", "Organisation", "OrganisedCrimeGroup", "Unknown"]);

const ask = newest();

// The entity shown before goes at once: its buttons must not act while another is on its way.
export async function showEntity(uid) {
  const wanted = ask();
  fill(find("panel"));
  const answer = await get(entityPath(uid));
  if (!wanted()) {
    return;
  }
  marked(answer.marking);
  const { entity } = answer;
  const evidence = el("div", {});
  const facts = Object.entries(entity.properties).map(([name, values]) => [name.replaceAll("_", " "), values.join("; ")]);
  fill(find("panel"),
    el("h2", {}, mark(entity.type), " ", entity.caption || "(no name)"),
    el("p", { class: "hint" }, [typeLabel(entity.type), entity.kind, entity.marking].filter(Boolean).join(" · ")),
    actions(entity),
    table(["property", "value"], facts),
    el("p", { class: "hint" }, `${entity.records} record(s) of ${entity.sources.join(", ")}`,
      entity.gradings.length ? ` · graded ${entity.gradings.join(", ")}` : ""),
    table(["source", "its reference"], answer.origins.map((origin) => [origin.source, origin.reference]), "Source items"),
    el("p", {}, button("Show the evidence", () => guarded(() => showEvidence(entity.uid, evidence)))),
    evidence);
  find("panel").scrollTop = 0;
}

function actions(entity) {
  const end = (which, text) => button(text, () => {
    state.ends[which] = { uid: entity.uid, caption: entity.caption, type: entity.type };
    emit("view", "path");
  });
  return el("div", { class: "actions" },
    button("Chart", () => chartOf(entity.uid)),
    button("Add to chart", () => addToChart(entity.uid)),
    end("from", "Path from here"),
    end("to", "Path to here"),
    REPORTED.has(entity.type)
      ? el("a", { class: "button", href: reportAddress(entity.uid), target: "_blank", rel: "noopener" }, "Business-chain report")
      : null);
}

async function showEvidence(uid, place) {
  const answer = await get(`${entityPath(uid)}/evidence`);
  marked(answer.marking);
  const owners = new Map(answer.sources.map((one) => [one.source, one]));
  fill(place, answer.records.map((record) => recordCard(record, owners.get(record.source))),
    answer.truncated ? el("p", { class: "hint" }, "There are more records than are shown.") : null);
}

function recordCard(record, owner) {
  const handling = [record.marking, record.handling, ...record.conditions, record.compartment].filter(Boolean).join(" · ");
  const grading = record.grading ? `${record.grading.scheme} ${record.grading.code}: ${record.grading.words}` : "not graded";
  return el("details", { class: "record" },
    el("summary", {}, `${record.source} ${record.reference}`, el("small", {}, ` ${record.file}, row ${record.row}`)),
    el("p", {}, handling), el("p", {}, grading),
    el("p", { class: "hint" }, `known ${record.known_at.slice(0, 10)}`,
      record.originator ? `, originator ${record.originator}` : ""),
    owner ? el("p", { class: "hint" }, `owned by ${owner.organisation}`, owner.contact ? `, ask ${owner.contact}` : "",
      owner.lawful_basis ? `, held for ${owner.lawful_basis}` : "") : null,
    table(["as received", ""], Object.entries(record.original).map(([name, value]) => [name, String(value)])));
}
