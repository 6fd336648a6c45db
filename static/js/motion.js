/** Whether somebody asked their device for less motion: nothing moves or plays then before they ask for it. */

/** @returns {boolean} */
export function wantsStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
