/** Times of the cut page. Pure. */

/**
 * @param {number} ms
 * @returns {string} such as 0:07.4, to a tenth of a second
 */
export function preciseClock(ms) {
  const tenths = Math.round(ms / 100);
  const seconds = String(Math.floor(tenths / 10) % 60).padStart(2, "0");
  return `${Math.floor(tenths / 600)}:${seconds}.${tenths % 10}`;
}
