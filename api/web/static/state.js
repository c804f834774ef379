// What the parts of the page share: who is signed in, the looks of types, the chart, and which entity is shown.

import { find, fill } from "./dom.js";

export const state = {
  session: null,
  style: null,
  ends: { from: null, to: null },
};

const listeners = new Map();

export function on(event, action) {
  listeners.set(event, [...(listeners.get(event) || []), action]);
}

export function emit(event, value) {
  for (const action of listeners.get(event) || []) {
    action(value);
  }
}

// The banner shows the highest marking of what has been on the page since sign-in: it never goes down by itself.
const RANK = ["", "OFFICIAL", "OFFICIAL-SENSITIVE"];
let highest = 0;

export function marked(marking) {
  highest = Math.max(highest, RANK.indexOf(marking || ""), 0);
  for (const id of ["banner", "banner-below"]) {
    fill(find(id), RANK[highest] || "\u00a0");
    find(id).classList.toggle("marked", highest > 0);
  }
}

export function clearMarking() {
  highest = 0;
  marked("");
}

export const typeLabel = (type) => state.style?.items[type]?.label || type;
export const has = (role) => Boolean(state.session?.roles.includes(role));
