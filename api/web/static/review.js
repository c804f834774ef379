// Review: pairs that a person has to look at, one explained beside the list, decided with keys and a reason.

import { address, get, post } from "./api.js";
import { button, el, fill, find, guarded, notice } from "./dom.js";
import { sides, waterfall } from "./review-pair.js";
import { has, marked, typeLabel } from "./state.js";

const STATES = ["open", "accepted", "rejected", "left unsure", "superseded"];
const BANDS = ["review", "automatic", "person"];
const TYPES = ["Person", "Business", "Phone", "Vehicle", "Account", "Location", "OnlineIdentity", "OrganisedCrimeGroup"];
const VERDICTS = { a: "same", r: "different", u: "unsure" };
const PAGE = 25;

function filters(changed) {
  const choose = (name, label, values, words = (one) => one) => el("label", {}, `${label} `,
    el("select", { name, on: { change: changed } }, el("option", { value: "" }, "any"),
      values.map((one) => el("option", { value: one, selected: one === "open" }, words(one)))));
  return el("form", { class: "row", id: "review-filters", on: { submit: (event) => event.preventDefault() } },
    choose("state", "State", STATES), choose("type", "Type", TYPES, typeLabel), choose("band", "Band", BANDS),
    el("label", {}, "Source ", el("input", { name: "source", maxlength: 100, size: 12, on: { change: changed } })));
}

class Review {
  constructor(view) {
    this.pairs = [];
    this.at = 0;
    this.next = null;
    this.asked = 0;
    this.last = null;
    this.form = filters(() => this.load());
    this.list = el("div", { id: "review-list" });
    this.place = el("div", { id: "review-pair", "aria-live": "polite" });
    this.actions = this.actionsForm(); // not drawn anew with each pair: what is being typed stays
    this.count = el("p", { class: "hint", role: "status" });
    fill(view, el("h2", {}, "Who is who: review"), this.form, this.count,
      el("p", { class: "hint" }, "Keys: a same, r different, u unsure, arrow up and down for the next pair."),
      el("div", { class: "review" }, this.list, el("div", {}, this.actions, this.place)));
    this.keys = (event) => this.key(event);
    document.addEventListener("keydown", this.keys);
    find("work").classList.add("wide"); // the panel of an entity is not needed here
    this.load();
  }

  close() {
    document.removeEventListener("keydown", this.keys);
    find("work").classList.remove("wide");
  }

  load(more = false) {
    return guarded(async () => {
      const query = { ...Object.fromEntries(new FormData(this.form)), limit: PAGE, cursor: more ? this.next : "" };
      const asked = this.asked += 1;
      const found = await get(address("/v1/identity/queue", query));
      if (asked !== this.asked) {
        return; // a later question has been asked meanwhile
      }
      this.pairs = more ? [...this.pairs, ...found.pairs] : found.pairs;
      this.next = found.next;
      this.at = more ? this.at : Math.min(this.at, Math.max(0, this.pairs.length - 1));
      fill(this.count, `${this.pairs.length} of ${found.total} pairs`);
      this.show();
    });
  }

  show() {
    const rows = this.pairs.map((pair, at) => el("tr", { class: at === this.at ? "chosen" : null },
      el("td", {}, button([pair.left, pair.right].map((end) => `${end.name} (${end.source} ${end.reference})`).join(" / "),
        () => this.choose(at), { class: "link", "aria-current": at === this.at ? "true" : null })),
      el("td", {}, typeLabel(pair.entity_type)),
      el("td", { class: "number" }, pair.score === null ? "" : pair.score.toFixed(2)),
      el("td", { class: "number" }, String(pair.effect)), el("td", {}, pair.state)));
    const heads = ["pair", "type", "score", "effect", "state"].map((head) => el("th", { scope: "col" }, head));
    fill(this.list, rows.length
      ? el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows))
      : el("p", { class: "hint" }, "No pair waits here."),
    this.next ? button("More", () => this.load(true)) : null);
    this.explain();
  }

  choose(at) {
    this.at = at;
    this.show();
    this.list.querySelector(".chosen button")?.focus();
  }

  explain() {
    const pair = this.pairs[this.at];
    fill(this.place);
    this.actions.hidden = !pair && !this.last;
    if (has("reviewer")) {
      this.confirming.hidden = !pair?.proposed_by;
      this.undoing.hidden = !this.last;
    }
    if (!pair) {
      return;
    }
    guarded(async () => {
      const said = await get(address("/v1/identity/pairs", { left: pair.left.origin, right: pair.right.origin }));
      if (this.pairs[this.at] !== pair) {
        return;
      }
      marked(said.marking);
      fill(this.place, el("h3", {}, `${pair.left.name} / ${pair.right.name}`),
        said.warnings.map((line) => el("p", { class: "warning" }, `Beware: ${line}`)),
        sides(said), said.explanation ? waterfall(said.explanation) : null,
        said.why_not.length ? [el("h3", {}, "Why not"), el("ul", {}, said.why_not.map((line) => el("li", {}, line)))] : null);
    });
  }

  actionsForm() {
    if (!has("reviewer")) {
      return el("p", { class: "hint" }, "Your account may look, but not decide.");
    }
    const decide = (verdict) => () => this.decide(verdict);
    this.confirming = button("Confirm", () => this.confirm(this.pairs[this.at]));
    this.undoing = button("Undo last", () => this.undo());
    return el("form", { class: "row", id: "review-actions", on: { submit: (event) => event.preventDefault() } },
      el("label", {}, "Reason ", el("input", { name: "reason", id: "review-reason", maxlength: 500, required: true, size: 34 })),
      button("Same (a)", decide("same")), button("Different (r)", decide("different")), button("Unsure (u)", decide("unsure")),
      this.confirming, this.undoing);
  }

  reason() {
    const field = find("review-reason");
    if (!field || !field.value.trim()) {
      notice("Say why: the reason is kept with the decision.");
      field?.focus();
      return null;
    }
    return field.value.trim();
  }

  act(work, words) {
    const reason = this.reason();
    return reason && guarded(async () => {
      const done = await work(reason);
      find("review-reason").value = "";
      await this.load();
      notice([words, done.waits ? "A second person has to confirm it." : "", done.note].filter(Boolean).join(" "));
    });
  }

  decide(verdict) {
    const pair = this.pairs[this.at];
    return pair && this.act(async (reason) => {
      const pairs = [{ left: pair.left.origin, right: pair.right.origin }];
      const done = await post("/v1/identity/judgements", { pairs, verdict, reason });
      this.last = done.decision;
      return done;
    }, `Put down: ${verdict}.`);
  }

  confirm(pair) {
    const path = `/v1/identity/decisions/${encodeURIComponent(pair.decision)}/confirm`;
    return this.act((reason) => post(path, { reason }), "Confirmed.");
  }

  undo() {
    const path = `/v1/identity/decisions/${encodeURIComponent(this.last)}/undo`;
    return this.act(async (reason) => {
      const done = await post(path, { reason });
      this.last = null;
      return done;
    }, "Taken back.");
  }

  key(event) {
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("[role=tab]")) {
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.pairs[this.at + step]) {
      event.preventDefault();
      this.choose(this.at + step);
    } else if (VERDICTS[event.key] && has("reviewer") && this.pairs[this.at]) {
      event.preventDefault();
      this.decide(VERDICTS[event.key]);
    }
  }
}

export function reviewView(view) {
  const review = new Review(view);
  return () => review.close();
}
