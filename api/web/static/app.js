// Sign-in, tabs and what hangs together; every view is a module of its own.

import { get, post, remove, setCsrf } from "./api.js";
import { chartView } from "./chart-view.js";
import { documentsView } from "./documents.js";
import { button, el, fill, find, guarded, notice } from "./dom.js";
import { showEntity } from "./entity.js";
import { loadsView } from "./loads.js";
import { pathView } from "./paths.js";
import { communitiesView, ranksView } from "./ranks.js";
import { reviewView } from "./review.js";
import { startSearch } from "./search.js";
import { clearMarking, has, on, state } from "./state.js";

const VIEWS = [
  { id: "documents", label: "Documents", role: "reader", open: documentsView },
  { id: "chart", label: "Chart", role: "reader", open: chartView },
  { id: "path", label: "Path", role: "reader", open: pathView },
  { id: "ranks", label: "Ranks", role: "reader", open: ranksView },
  { id: "communities", label: "Communities", role: "reader", open: communitiesView },
  { id: "review", label: "Review", role: "reader", open: reviewView },
  { id: "loads", label: "Loads", role: "loader", open: loadsView },
];
let leave = null;

function openView(id) {
  const view = VIEWS.find((one) => one.id === id && has(one.role));
  if (!view) {
    return;
  }
  leave?.();
  for (const tab of find("tabs").children) {
    const chosen = tab.dataset.view === id;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  const place = el("section", {}); // a new one each time: a late answer of the view before is drawn into nothing
  fill(find("view"), place);
  leave = view.open(place) || null;
}

function showTabs() {
  const tabs = VIEWS.filter((view) => has(view.role)).map((view) =>
    button(view.label, () => openView(view.id), { role: "tab", "data-view": view.id, id: `tab-${view.id}` }));
  fill(find("tabs"), tabs);
  find("tabs").onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
      next.focus();
      next.click();
    }
  };
}

function showWho() {
  const { name, organisation, purpose, reason, operation } = state.session;
  fill(find("who"),
    el("span", { class: "name" }, `${name}${organisation ? ` · ${organisation}` : ""}`),
    el("span", { class: "why", title: reason }, [purpose, operation, reason].filter(Boolean).join(" · ")),
    button("Sign out", () => guarded(async () => {
      await remove("/v1/session");
      showSignIn();
    })));
}

async function enter(session) {
  state.session = session;
  setCsrf(session.csrf);
  state.style = await get("/v1/style");
  find("sign-in").hidden = true;
  for (const id of ["work", "tabs", "who"]) {
    find(id).hidden = false;
  }
  find("find").hidden = !has("reader");
  find("panel").hidden = !has("reader");
  showTabs();
  showWho();
  openView(has("reader") ? "documents" : "loads");
  (has("reader") ? find("search-text") : find("view")).focus();
}

function showSignIn() {
  leave?.();
  leave = null;
  state.session = null;
  clearMarking();
  for (const id of ["work", "tabs", "who"]) {
    find(id).hidden = true;
  }
  for (const id of ["view", "panel", "results"]) {
    fill(find(id));
  }
  find("sign-in").hidden = false;
  guarded(showWays);
}

// With a name and password kept here, with the provider of the organisation, or with either.
async function showWays() {
  const { passwords, provider } = await get("/v1/session/ways");
  const shown = { local: passwords, "with-password": passwords, "with-provider": Boolean(provider) };
  for (const [id, there] of Object.entries(shown)) {
    find(id).hidden = !there;
    find(id).disabled = !there; // what is hidden must not stop the form
  }
  find("with-password").type = passwords ? "submit" : "button"; // Enter takes the first that submits
  fill(find("with-provider"), provider ? `Sign in with ${provider}` : "");
}

find("sign-in-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const values = Object.fromEntries(new FormData(form));
  const withProvider = event.submitter === find("with-provider");
  guarded(async () => {
    if (withProvider) {
      if (!values.reason.trim()) {
        notice("Say why you read: a reason in your own words.");
        return;
      }
      const { purpose, reason, operation } = values;
      location.assign((await post("/v1/session/provider", { purpose, reason, operation })).location);
      return;
    }
    const session = await post("/v1/session", values);
    form.elements.password.value = "";
    await enter(session);
  });
});
document.addEventListener("signed-out", () => {
  showSignIn();
  notice("The session has ended: sign in again.");
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && state.session) {
    event.preventDefault();
    find("search-text").focus();
  }
});
on("view", openView);
on("entity", (uid) => guarded(() => showEntity(uid)));
startSearch();

try {
  const session = await get("/v1/session");
  if (session.purpose) {
    await enter(session);
  } else {
    showSignIn();
  }
} catch {
  showSignIn();
}
