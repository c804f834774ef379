// Talks to the server. The session is a cookie that scripts cannot read; changes carry the session's CSRF value.

let csrf = "";

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || "The server does not answer.");
    this.status = status;
  }
}

export function setCsrf(value) {
  csrf = value;
}

export function address(path, query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) {
      if (one !== undefined && one !== null && one !== "") {
        parameters.append(name, String(one));
      }
    }
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

async function call(method, path, options = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") {
    headers["X-CSRF-Token"] = csrf;
  }
  let body = options.form;
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.json);
  }
  const answer = await fetch(path, { method, headers, body, credentials: "same-origin" });
  if (answer.status === 204) {
    return null;
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    if (answer.status === 401 && path !== "/v1/session") {
      document.dispatchEvent(new CustomEvent("signed-out"));
    }
    throw new ApiError(answer.status, content);
  }
  return content;
}

export const get = (path, query) => call("GET", address(path, query));
export const post = (path, json) => call("POST", path, { json });
export const upload = (path, form) => call("POST", path, { form });
export const remove = (path) => call("DELETE", path);
export const entityPath = (uid) => `/v1/entities/${encodeURIComponent(uid)}`;
export const reportAddress = (uid) => `/v1/reports/business/${encodeURIComponent(uid)}?format=html`;
