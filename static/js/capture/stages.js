/** Which parts of the page are shown. */

/** @typedef {"asking" | "unavailable" | "previewing" | "recording" | "reviewing" | "sending" | "processing"} Stage */

/**
 * @param {HTMLElement} root
 * @param {Stage} stage
 */
export function show(root, stage) {
  root.dataset.stage = stage;
  for (const element of root.querySelectorAll("[data-stages]")) {
    element.hidden = !element.dataset.stages.split(" ").includes(stage);
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} name
 * @returns {any} the element that the script uses under this name
 */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/**
 * Show a sentence, or nothing.
 * @param {HTMLElement} element
 * @param {string} words
 */
export function say(element, words) {
  element.textContent = words;
  element.hidden = !words;
}
