/** Dialogs: sheets that come from below on phones and from the side on wide screens, and questions in the middle. */

import { icon } from "./icons.js";

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

/**
 * A dialog of its own in the middle of the page; a press beside it does not close it, for words may stand in it.
 * @param {string} title
 * @param {Node[]} content
 * @param {(dialog: HTMLDialogElement) => void} onOpen its `close("done")` ends it well
 * @returns {Promise<boolean>} whether it ended well; else it was closed
 */
export function openDialog(title, content, onOpen) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = document.createElement("h2");
  heading.textContent = title;
  heading.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  const close = button("icon-button dialog-close", "");
  close.setAttribute("aria-label", "Close");
  close.append(icon("close"));
  close.addEventListener("click", () => dialog.close());
  dialog.append(heading, ...content, close);
  document.body.append(dialog);
  // Keys in here mean nothing to the page.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  onOpen(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "done");
    });
  });
}

/**
 * @param {string} question
 * @param {string} yes what the button says
 * @returns {Promise<boolean>}
 */
export function ask(question, yes) {
  const accept = button("button button-primary", yes);
  return openDialog(question, [accept], (dialog) => {
    accept.addEventListener("click", () => dialog.close("done"));
  });
}

function button(className, words) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = words;
  return element;
}
