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

/**
 * @param {number} ms
 * @returns {string} such as "1 minute 7.4 seconds"
 */
export function timeInWords(ms) {
  const tenths = Math.round(ms / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = (tenths % 600) / 10;
  const said = `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return minutes ? `${minutes} ${minutes === 1 ? "minute" : "minutes"} ${said}` : said;
}
