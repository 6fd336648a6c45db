/** What keys do on each page. Pure; the help sheet of the page lists the same keys. */

/** @typedef {"next" | "previous" | "pause" | "back" | "forward" | "mute" | "like" | "captions" | "comments" | "reply" | "share" | "fullscreen" | "help"} KeyAction */

/** @type {Record<string, KeyAction>} */
export const FEED_KEYS = {
  arrowdown: "next",
  j: "next",
  pagedown: "next",
  arrowup: "previous",
  k: "previous",
  pageup: "previous",
  " ": "pause",
  arrowleft: "back",
  arrowright: "forward",
  m: "mute",
  l: "like",
  c: "captions",
  o: "comments",
  r: "reply",
  s: "share",
  "?": "help",
};
/** @type {Record<string, KeyAction>} */
export const WATCH_KEYS = {
  " ": "pause",
  k: "pause",
  arrowleft: "back",
  j: "back",
  arrowright: "forward",
  l: "forward",
  m: "mute",
  f: "fullscreen",
  c: "captions",
  "?": "help",
};
/** Keys that buttons and links need for themselves. */
const PRESSES = new Set([" ", "Enter"]);

/**
 * @typedef {object} Focus what has the focus
 * @property {boolean} [isTyping]
 * @property {boolean} [isSlider]
 * @property {boolean} [isPressable]
 */

/**
 * @param {Record<string, KeyAction>} keys
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean}} event
 * @param {Focus} [focus]
 * @param {boolean} [hasCharacters] whether single characters are keys: who dictates switches them off (WCAG 2.1.4)
 * @returns {KeyAction | null} null: leave the key to the browser
 */
export function actionOf(keys, event, focus = {}, hasCharacters = true) {
  if (event.ctrlKey || event.metaKey || event.altKey || focus.isTyping) return null;
  if (focus.isPressable && PRESSES.has(event.key)) return null;
  if (focus.isSlider && event.key.startsWith("Arrow")) return null;
  const isCharacter = event.key.length === 1 && event.key !== " ";
  if (isCharacter && !hasCharacters) return null;
  return keys[event.key.toLowerCase()] ?? null;
}
