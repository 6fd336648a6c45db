/**
 * The session of an open page, after people logged in or out in another tab or for too long did nothing: log in in
 * place, then what was wanted can be tried again. The codes are those of docs/architecture.md, "Errors".
 */

import { ask, openDialog } from "./dialogs.js";

/** nginx says so in front of the site, and not in JSON. */
const TOO_OFTEN = "Too many tries within a minute.";

/** One question at a time, however many calls were refused meanwhile. */
let asking = /** @type {Promise<boolean> | null} */ (null);

/** @returns {string} for the header X-CSRFToken */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
}

/**
 * Make the session fit for what was refused, with the person's help where needed.
 * @param {string} code of the refusal
 * @returns {Promise<boolean>} whether the same may be tried again
 */
export function renewSession(code) {
  if (code !== "not_signed_in" && code !== "csrf_failed") return Promise.resolve(false);
  asking ??= renew(code).finally(() => {
    asking = null;
  });
  return asking;
}

/**
 * The same for what nobody pressed: without a question, and so neither as somebody else nor with a log-in.
 * @param {string} code of the refusal
 * @returns {Promise<boolean>} whether the same may be tried again
 */
export async function renewQuietly(code) {
  return code === "csrf_failed" && renewToken(() => false);
}

function renew(code) {
  if (code === "not_signed_in") return logIn();
  return renewToken((user) => ask(`You are logged in as @${user} now.`, `Go on as @${user}`));
}

/** @param {(user: string) => boolean | Promise<boolean>} mayBe nobody does something in another's name unknowingly */
async function renewToken(mayBe) {
  const session = await fetchJson("/api/session/", {}).catch(() => null);
  if (!session?.ok) return false;
  const { user } = session.body;
  const before = document.body.dataset.user;
  const isOther = user && before && user !== before;
  if (isOther && !(await mayBe(user))) return false;
  take(session.body);
  return true;
}

/** @param {{user: string | null, csrf_token: string}} session */
function take({ user, csrf_token }) {
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", csrf_token);
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]'))
    field.value = csrf_token;
  if (user) document.body.dataset.user = user;
}

/** @returns {Promise<boolean>} whether somebody is logged in now */
async function logIn() {
  const { loginUrl } = document.body.dataset;
  const answer = await fetch(`${loginUrl}?part=1`, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return false;
  const form = document
    .createRange()
    .createContextualFragment(await answer.text())
    .querySelector("form");
  const fault = document.createElement("p");
  fault.className = "field-error";
  fault.setAttribute("role", "alert");
  form.classList.remove("card");
  // What was begun on this page waits for the log-in.
  for (const link of form.querySelectorAll("a")) link.target = "_blank";
  form.querySelector("[type='submit']").before(fault);
  return openDialog("Log in to go on", [form], (dialog) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const session = await send(form, loginUrl, fault);
      if (!session) return;
      take(session);
      dialog.close("done");
    });
  });
}

/** @returns {Promise<{user: string | null, csrf_token: string} | null>} null: refused, and the form says why */
async function send(form, url, fault) {
  const button = form.querySelector("[type='submit']");
  button.disabled = true;
  fault.textContent = "";
  try {
    const { ok, status, body } = await fetchJson(url, { method: "POST", body: new FormData(form) });
    if (ok) return body;
    const sentence = status === 429 ? TOO_OFTEN : `The site answered with an error (${status}).`;
    fault.textContent = body?.error?.message ?? `${sentence} Try again in a moment.`;
  } catch {
    fault.textContent = "The site cannot be reached. Check your connection and try again.";
  } finally {
    button.disabled = false;
  }
  return null;
}

async function fetchJson(url, options) {
  const answer = await fetch(url, {
    credentials: "same-origin",
    headers: { Accept: "application/json" },
    ...options,
  });
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  return { ok: answer.ok, status: answer.status, body: isJson ? await answer.json() : null };
}
