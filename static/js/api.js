/** Calls of the site's JSON API, with the session and its CSRF token. */

import { csrfToken, renewQuietly, renewSession } from "./session.js";

/** What the site answers when it refuses; `message` is a sentence for people. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status HTTP status; 0 if there was no answer
   * @param {string} code stable name of the error
   */
  constructor(message, status, code) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
  }
}

/**
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body] sent as JSON
 * @param {{isQuiet?: boolean, goesOn?: boolean}} [options] `isQuiet`: nobody pressed anything, so nobody is asked
 *   anything; `goesOn`: this page shows what comes of it, so it stays also when it belongs to somebody else now
 * @returns {Promise<any>} the answer's JSON; null if it has none
 * @throws {Refusal}
 */
export async function call(method, url, body, { isQuiet = false, goesOn = false } = {}) {
  const before = document.body.dataset.user;
  const renew = isQuiet ? renewQuietly : renewSession;
  try {
    return await callOnce(method, url, body);
  } catch (error) {
    // A page may be older than the last log-in or log-out.
    if (!(await renew(error.code))) throw error;
  }
  // A new token may be good for nobody: then logging in is still to do.
  const answer = await callOnce(method, url, body).catch(async (error) => {
    if (error.code !== "not_signed_in" || !(await renew(error.code))) throw error;
    return callOnce(method, url, body);
  });
  // What the page offers was for the one before.
  if (!goesOn && before && before !== document.body.dataset.user) setTimeout(() => location.reload());
  return answer;
}

async function callOnce(method, url, body) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await answerOf(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  const json = isJson(response) && text ? JSON.parse(text) : null;
  if (response.ok) return json;
  const error = json?.error;
  throw new Refusal(
    error?.message ?? `The site answered with an error (${response.status}).`,
    response.status,
    error?.code ?? "",
  );
}

/**
 * @param {string} url
 * @returns {Promise<string>} HTML of a page or of a part of one
 * @throws {Refusal}
 */
export async function fetchPage(url) {
  const response = await answerOf(url, { headers: { Accept: "text/html" } });
  if (!response.ok)
    throw new Refusal(`The site answered with an error (${response.status}).`, response.status, "");
  return response.text();
}

async function answerOf(url, options) {
  try {
    return await fetch(url, { credentials: "same-origin", ...options });
  } catch {
    throw new Refusal("The site cannot be reached. Check your connection and try again.", 0, "unreachable");
  }
}

function isJson(response) {
  return (response.headers.get("Content-Type") ?? "").includes("json");
}
