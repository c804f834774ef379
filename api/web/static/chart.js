// Draws a chart that the server laid out: marks, lines with strength and direction, labels. Pan, zoom, drag, keyboard.

import { svg, visible } from "./dom.js";
import { state, typeLabel } from "./state.js";

const MARK = 27;
const GAP = 30;
const LABEL = 26;
const MANY = 70; // lines beyond which labels are shown only near the pointer

const short = (text) => (text.length > LABEL ? `${text.slice(0, LABEL - 1)}…` : text);

function offsets(links) {
  const pairs = new Map();
  for (const link of links) {
    const key = [link.source, link.target].sort().join(" ");
    pairs.set(key, [...(pairs.get(key) || []), link]);
  }
  const found = new Map();
  for (const group of pairs.values()) {
    group.forEach((link, place) => found.set(link, (place - (group.length - 1) / 2) * GAP));
  }
  return found;
}

function curve(a, b, offset, flip) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = Math.hypot(dx, dy) || 1;
  const bend = flip ? -offset : offset;
  const middle = { x: (a.x + b.x) / 2 - (dy / length) * 2 * bend, y: (a.y + b.y) / 2 + (dx / length) * 2 * bend };
  const cut = (from, to) => {
    const far = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    return { x: from.x + ((to.x - from.x) / far) * MARK, y: from.y + ((to.y - from.y) / far) * MARK };
  };
  const start = cut(a, middle);
  const end = cut(b, middle);
  const at = (t) => ({
    x: (1 - t) ** 2 * start.x + 2 * t * (1 - t) * middle.x + t ** 2 * end.x,
    y: (1 - t) ** 2 * start.y + 2 * t * (1 - t) * middle.y + t ** 2 * end.y,
  });
  return { d: `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`, end, middle, at };
}

function arrow({ end, middle }) {
  const far = Math.hypot(end.x - middle.x, end.y - middle.y) || 1;
  const x = (end.x - middle.x) / far;
  const y = (end.y - middle.y) / far;
  const base = { x: end.x - x * 10, y: end.y - y * 10 };
  return `${end.x},${end.y} ${base.x - y * 4.5},${base.y + x * 4.5} ${base.x + y * 4.5},${base.y - x * 4.5}`;
}

// The label stands nearer to the end that is farther from the start, where lines lie less close together.
function outwardOf(link, hops) {
  const step = hops.get(link.target) - hops.get(link.source);
  return step === 0 ? 0.5 : step > 0 ? 0.6 : 0.4;
}

function makeLine(link, offset, spots, outward) {
  const look = link.inferred ? state.style.inferred : state.style.lines[link.strength];
  const colour = link.inferred ? look.colour : state.style.links[link.type]?.colour || "#555555";
  const path = svg("path", {
    class: "line", stroke: colour, "stroke-width": link.count > 1 ? 2.8 : 1.6, "stroke-dasharray": look.dash.join(" ") || null,
  });
  const head = link.directed ? svg("polygon", { fill: colour }) : null;
  const text = svg("text", { class: "line-label" }, link.label);
  const hover = svg("title", {}, `${link.summary}\n${link.sources.join(", ")} ${link.gradings.join(", ")}`.trim());
  const node = svg("g", { class: "link" }, hover, path, head, text);
  const place = () => {
    const drawn = curve(spots.get(link.source), spots.get(link.target), offset, link.source > link.target);
    path.setAttribute("d", drawn.d);
    head?.setAttribute("points", arrow(drawn));
    const spot = drawn.at(outward);
    text.setAttribute("x", spot.x);
    text.setAttribute("y", spot.y + 3.5);
  };
  place();
  return { link, node, place };
}

function makeItem(item, spots, actions) {
  const name = `${typeLabel(item.type)}: ${visible(item.caption)}`;
  const node = svg("g", { class: item.hop === 0 ? "item start" : "item", tabindex: 0, role: "button", "aria-label": name },
    svg("title", {}, name),
    item.hop === 0 ? svg("circle", { class: "ring", r: 31 }) : null,
    svg("image", { href: `/v1/symbols/${encodeURIComponent(item.type)}`, x: -32, y: -32, width: 64, height: 64 }),
    svg("text", { class: "item-label", y: 42 }, short(item.label)));
  const place = () => {
    const spot = spots.get(item.uid);
    node.setAttribute("transform", `translate(${spot.x} ${spot.y})`);
  };
  node.addEventListener("dblclick", () => actions.expand(item.uid));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      actions.select(item.uid);
    } else if (event.key === "e") {
      actions.expand(item.uid);
    }
  });
  place();
  return { item, node, place };
}

// Pointer work on the whole picture: an item that is dragged moves, the ground that is dragged pans, the wheel zooms.
function listen(root, box, move, actions) {
  let held = null;
  const point = (event) => {
    const matrix = root.getScreenCTM();
    return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : { x: 0, y: 0 };
  };
  root.addEventListener("pointerdown", (event) => {
    const uid = event.target.closest(".item")?.dataset.uid || null;
    held = { uid, from: point(event), moved: false };
  });
  root.addEventListener("pointermove", (event) => {
    if (!held) {
      return;
    }
    const now = point(event);
    const dx = now.x - held.from.x;
    const dy = now.y - held.from.y;
    if (!held.moved) {
      if (Math.hypot(dx, dy) < 4) {
        return;
      }
      held.moved = true; // captured only now: a captured click would not reach its item
      root.setPointerCapture(event.pointerId);
    }
    if (held.uid) {
      move(held.uid, dx, dy);
      held.from = now;
    } else {
      box.shift(-dx, -dy);
    }
  });
  root.addEventListener("pointerup", () => {
    if (held?.uid && !held.moved) {
      actions.select(held.uid);
    }
    held = null;
  });
  root.addEventListener("wheel", (event) => {
    event.preventDefault();
    box.zoom(event.deltaY > 0 ? 1.12 : 0.89, point(event));
  }, { passive: false });
}

function makeBox(root, spots) {
  let [x, y, width, height] = [0, 0, 100, 100];
  const apply = () => root.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  return {
    fit() {
      const xs = [...spots.values()].map((spot) => spot.x);
      const ys = [...spots.values()].map((spot) => spot.y);
      x = Math.min(...xs) - 110;
      y = Math.min(...ys) - 70;
      width = Math.max(...xs) - x + 110;
      height = Math.max(...ys) - y + 90;
      apply();
    },
    shift(dx, dy) {
      x += dx;
      y += dy;
      apply();
    },
    zoom(factor, about = { x: x + width / 2, y: y + height / 2 }) {
      x = about.x - (about.x - x) * factor;
      y = about.y - (about.y - y) * factor;
      width *= factor;
      height *= factor;
      apply();
    },
  };
}

export function drawChart(content, actions) {
  const spots = new Map(content.items.map((item) => [item.uid, { x: item.x, y: item.y }]));
  const hops = new Map(content.items.map((item) => [item.uid, item.hop]));
  const bent = offsets(content.links);
  const lines = content.links.map((link) => makeLine(link, bent.get(link), spots, outwardOf(link, hops)));
  const items = content.items.map((item) => makeItem(item, spots, actions));
  const root = svg("svg", {
    class: lines.length > MANY ? "chart many" : "chart", role: "group", "aria-label": "Link chart", tabindex: 0,
  }, lines.map((line) => line.node), items.map((item) => item.node));
  for (const item of items) {
    item.node.dataset.uid = item.item.uid;
  }
  const move = (uid, dx, dy) => {
    const spot = spots.get(uid);
    spot.x += dx;
    spot.y += dy;
    items.find((one) => one.item.uid === uid).place();
    lines.filter((one) => one.link.source === uid || one.link.target === uid).forEach((one) => one.place());
  };
  const box = makeBox(root, spots);
  listen(root, box, move, actions);
  return { node: root, fit: box.fit, zoom: (factor) => box.zoom(factor) };
}

