// One pair: both sides with what differs marked, and what each comparison weighs as bars with their figures.

import { el, svg } from "./dom.js";

const WIDTH = 300;
const ROW = 22;

function values(side) {
  const found = new Map();
  for (const record of side.records) {
    for (const [name, said] of Object.entries(record.properties)) {
      found.set(name, new Set([...(found.get(name) || []), ...said.map(String)]));
    }
  }
  return found;
}

function cell(said, other) {
  return el("td", {}, [...(said || [])].map((one) =>
    el("span", { class: other?.has(one) ? "said same" : "said differs" }, other?.has(one) ? one : el("mark", {}, one))));
}

function origin(side) {
  return el("p", { class: "hint" }, `${side.source} ${side.reference}: ${side.members} source item${side.members === 1 ? "" : "s"} in its entity. `,
    side.records.map((one) => `${one.file}, row ${one.row}${one.grading ? `, ${one.grading}` : ""}`).join("; "));
}

export function sides(pair) {
  const [left, right] = [values(pair.left), values(pair.right)];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  const row = (name) => el("tr", {}, el("th", { scope: "row" }, name.replaceAll("_", " ")),
    cell(left.get(name), right.get(name)), cell(right.get(name), left.get(name)));
  return el("div", {},
    el("table", { class: "pair" }, el("caption", {}, "What both say; marked: what the other does not say"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "property"),
        el("th", { scope: "col" }, `${pair.left.source} ${pair.left.reference}`),
        el("th", { scope: "col" }, `${pair.right.source} ${pair.right.reference}`))),
      el("tbody", {}, names.map(row))),
    origin(pair.left), origin(pair.right));
}

function bars(lines, total) {
  let at = 0;
  const steps = lines.map((line) => {
    const from = at;
    at += line.bits;
    return { ...line, from, to: at };
  });
  const ends = [0, total, ...steps.flatMap((step) => [step.from, step.to])];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = (bits) => ((bits - low) / Math.max(1e-9, high - low)) * WIDTH;
  return steps.map((step) => ({ ...step, x: x(Math.min(step.from, step.to)), width: Math.max(1, Math.abs(x(step.to) - x(step.from))), zero: x(0) }));
}

// Every bar stands in a row of a table with its words and figure: the picture says nothing that the text does not.
export function waterfall(explained) {
  const row = (bar) => el("tr", {}, el("th", { scope: "row" }, bar.feature), el("td", {}, bar.level),
    el("td", { class: "number" }, `${bar.bits > 0 ? "+" : ""}${bar.bits.toFixed(1)}`),
    el("td", { class: "bar" }, svg("svg", { viewBox: `0 0 ${WIDTH} ${ROW}`, "aria-hidden": "true", preserveAspectRatio: "none" },
      svg("line", { x1: bar.zero, x2: bar.zero, y1: 0, y2: ROW, class: "zero" }),
      svg("rect", { x: bar.x, y: 4, width: bar.width, height: ROW - 8, class: bar.bits < 0 ? "against" : "for" }))));
  const bar = `Joined without asking above ${explained.auto.toFixed(1)}, put to a person above ${explained.review.toFixed(1)}.`;
  const weights = explained.standing ? "Weights of the last run." : "Weights of the model file: no run has fitted this type.";
  return el("div", {},
    el("table", { class: "waterfall" },
      el("caption", {}, `What it weighs: ${explained.bits.toFixed(1)} bits for this pair, ${explained.mean_bits.toFixed(1)} over both entities. ${bar} ${weights}`),
      el("thead", {}, el("tr", {}, ["compared", "how it came out", "bits", "from left to right"].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, bars(explained.lines, explained.bits).map(row))));
}
