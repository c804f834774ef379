// Loading files, and the progress of one's own loads.

import { get, post, remove, upload } from "./api.js";
import { button, el, fill, figure, guarded, table } from "./dom.js";

const EVERY_MS = 2000;

function progress(job) {
  const { step, done, total } = job.progress;
  if (job.state !== "running" && job.state !== "cancelling") {
    return el("span", {}, job.error || summary(job.result));
  }
  return el("span", {}, el("progress", total ? { value: done, max: total } : {}), " ",
    step ? `${step} ${figure(done || 0)}${total ? ` of ${figure(total)}` : ""}` : "starting");
}

function summary(result) {
  const names = ["read", "loaded", "unchanged", "quarantined", "waiting"].filter((name) => name in result);
  return names.map((name) => `${name} ${figure(result[name])}`).join(", ");
}

function jobRow(job, refresh) {
  const open = job.state === "queued" || job.state === "running";
  const stop = () => guarded(async () => {
    await remove(`/v1/jobs/${encodeURIComponent(job.id)}`);
    await refresh();
  });
  return [job.file, job.source, job.state, progress(job), open ? button("Cancel", stop) : ""];
}

function forms(sources, inbox, refresh) {
  const choose = () => el("select", { name: "source" },
    sources.map((source) => el("option", { value: source.name, title: source.description }, source.name)));
  const send = el("form", { class: "row" }, el("label", {}, "Send a file ", el("input", { name: "file", type: "file", required: true })),
    el("label", {}, "source ", choose()), el("label", {}, "mapping ", el("input", { name: "mapping", type: "file", accept: ".yaml,.yml" })),
    el("button", { type: "submit" }, "Load"));
  send.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(send);
    if (!send.elements.mapping.files.length) {
      data.delete("mapping");
    }
    guarded(async () => {
      await upload("/v1/ingest/files", data);
      await refresh();
    });
  });
  const take = el("form", { class: "row" },
    el("label", {}, "From the inbox ", el("select", { name: "name" }, inbox.map((one) => el("option", { value: one.name }, one.name)))),
    el("label", {}, "source ", choose()), el("button", { type: "submit", disabled: !inbox.length }, "Load"));
  take.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(async () => {
      await post("/v1/ingest/inbox", Object.fromEntries(new FormData(take)));
      await refresh();
    });
  });
  return [send, take];
}

export function loadsView(view) {
  const list = el("div", { "aria-live": "polite" });
  const refresh = async () => {
    const { jobs } = await get("/v1/jobs");
    fill(list, jobs.length ? table(["file", "source", "state", "progress", ""], jobs.map((job) => jobRow(job, refresh)))
      : el("p", { class: "hint" }, "No loads yet."));
  };
  guarded(async () => {
    const [{ sources }, { entries }] = await Promise.all([get("/v1/ingest/sources"), get("/v1/ingest/inbox")]);
    fill(view, el("h2", {}, "Loads"), forms(sources, entries, refresh), list);
    await refresh();
  });
  const timer = setInterval(() => refresh().catch(() => clearInterval(timer)), EVERY_MS);
  return () => clearInterval(timer);
}
