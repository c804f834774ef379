// Builds the page. Text from the data only ever becomes text nodes and attribute values: nothing is parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

// Control, bidi and zero-width characters are shown as their code points: a name must not be able to hide or turn text.
export function visible(text) {
  return String(text).replace(HIDDEN, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);
}

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) {
        node.addEventListener(event, handler);
      }
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) {
      node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
    }
  }
  return node;
}

export const el = (name, attributes, ...children) => build(document.createElement(name), attributes, children);
export const svg = (name, attributes, ...children) => build(document.createElementNS(SVG, name), attributes, children);
export const find = (id) => document.getElementById(id);

export function fill(node, ...children) {
  node.replaceChildren();
  return build(node, {}, children);
}

export function button(text, action, attributes = {}) {
  return el("button", { type: "button", ...attributes, on: { click: action } }, text);
}

export function table(heads, rows, caption) {
  return el("table", {},
    caption ? el("caption", {}, caption) : null,
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) =>
      el("td", typeof cell === "number" ? { class: "number" } : {}, typeof cell === "number" ? figure(cell) : cell))))));
}

export function figure(value) {
  return Number.isInteger(value) ? value.toLocaleString("en-GB") : value.toLocaleString("en-GB", { maximumSignificantDigits: 4 });
}

export function notice(text) {
  const place = find("notice");
  place.hidden = !text;
  fill(place, text || "");
}

// Runs an action; what goes wrong is said on the page.
export async function guarded(work) {
  notice("");
  document.body.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (error) {
    notice(error.message || "Something went wrong.");
    return null;
  } finally {
    document.body.removeAttribute("aria-busy");
  }
}

// Answers come in any order: of several questions for one place, only the newest may still draw there.
export function newest() {
  let last = 0;
  return () => {
    last += 1;
    const mine = last;
    return () => mine === last;
  };
}

export function mark(type) {
  return el("img", { class: "mark", alt: "", src: `/v1/symbols/${encodeURIComponent(type)}`, width: 22, height: 22 });
}
