/** Sheets: dialogs that come from below on phones and from the side on wide screens. */

/**
 * Let a dialog be closed by its close button and by a press beside it.
 * @param {HTMLDialogElement} dialog
 * @returns {HTMLDialogElement}
 */
export function makeSheet(dialog) {
  dialog.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target === dialog || target.closest("[data-close]")) dialog.close();
  });
  return dialog;
}

/** @returns {boolean} whether a dialog has the keyboard */
export function isDialogOpen() {
  return document.querySelector("dialog[open]") !== null;
}
