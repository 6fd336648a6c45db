/** A short message that goes away by itself. */

const SHOWN_MS = 3000;

/** @param {string} message */
export function toast(message) {
  document.querySelector(".toast")?.remove();
  const element = document.createElement("div");
  element.className = "toast";
  element.setAttribute("role", "status");
  element.textContent = message;
  // What is outside an open dialog cannot be seen.
  (document.querySelector("dialog[open]") ?? document.body).append(element);
  setTimeout(() => element.remove(), SHOWN_MS);
}
