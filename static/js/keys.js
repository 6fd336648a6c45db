/** What keys do in the feed. Pure; the help sheet of the page lists the same keys. */

/** @typedef {"next" | "previous" | "pause" | "back" | "forward" | "mute" | "like" | "captions" | "comments" | "reply" | "share" | "help"} FeedAction */

/** @type {Record<string, FeedAction>} */
const ACTIONS = {
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
/** Keys that buttons and links need for themselves. */
const PRESSES = new Set([" ", "Enter"]);

/**
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean}} event
 * @param {{isTyping?: boolean, isSlider?: boolean, isPressable?: boolean}} focus what has the focus
 * @returns {FeedAction | null} null: leave the key to the browser
 */
export function actionOf(event, focus = {}) {
  if (event.ctrlKey || event.metaKey || event.altKey || focus.isTyping) return null;
  if (focus.isPressable && PRESSES.has(event.key)) return null;
  if (focus.isSlider && event.key.startsWith("Arrow")) return null;
  return ACTIONS[event.key.toLowerCase()] ?? null;
}
