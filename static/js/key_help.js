/** Keys of a page: what a press means there, and the sheet that explains the keys and can switch letters off. */

import { isDialogOpen, makeSheet } from "./dialogs.js";
import { actionOf } from "./keys.js";
import { preference, remember } from "./preferences.js";

/**
 * @param {HTMLDialogElement} sheet made by `_keys_sheet.html`
 * @returns {HTMLDialogElement}
 */
export function makeKeySheet(sheet) {
  const box = sheet.querySelector("[data-letters]");
  box.checked = hasLetters();
  box.addEventListener("change", () => remember("letters", box.checked ? "on" : "off"));
  return makeSheet(sheet);
}

/**
 * @param {KeyboardEvent} event
 * @param {Record<string, import("./keys.js").KeyAction>} keys
 * @returns {import("./keys.js").KeyAction | null} null: leave the key to the browser
 */
export function pressedAction(event, keys) {
  if (isDialogOpen()) return null;
  const at = /** @type {Element} */ (event.target);
  const focus = {
    isTyping: at.matches("textarea, select, input:not([type='range'], [type='checkbox'])"),
    // The browser's own controls of a video sit inside it.
    isSlider: at.matches("input[type='range'], video"),
    isPressable: at.matches("a, summary, video, input[type='checkbox'], button:not(.item-tap)"),
  };
  return actionOf(keys, event, focus, hasLetters());
}

function hasLetters() {
  return preference("letters", "on") === "on";
}
