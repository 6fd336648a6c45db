/** Which parts of the page are shown. */

/** Longer than the pause between the presses of a double tap, of slow fingers too. */
const SETTLING_MS = 700;

let settling = 0;

/** @typedef {"asking" | "unavailable" | "previewing" | "recording" | "reviewing" | "sending" | "processing"} Stage */

/**
 * The second press of a double tap shall not reach what lies under the finger only since the first: taps wait a moment.
 * The keyboard goes on at the heading of the new stage where what had it is gone.
 * @param {HTMLElement} root
 * @param {Stage} stage
 */
export function show(root, stage) {
  const focused = document.activeElement;
  const headings = [...root.querySelectorAll("h2[tabindex]")];
  root.dataset.stage = stage;
  root.classList.add("is-settling");
  clearTimeout(settling);
  settling = setTimeout(() => root.classList.remove("is-settling"), SETTLING_MS);
  for (const element of root.querySelectorAll("[data-stages]")) {
    element.hidden = !element.dataset.stages.split(" ").includes(stage);
  }
  if (focused !== document.body && !isShown(focused)) headings.find(isShown)?.focus({ preventScroll: true });
}

function isShown(element) {
  return element.getClientRects().length > 0;
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
