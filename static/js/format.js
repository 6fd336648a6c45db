/** Numbers as people read them. Pure. */

/**
 * @param {number} ms
 * @returns {string} such as 0:07, 12:30 or 1:02:03
 */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor((Number.isFinite(ms) ? ms : 0) / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * @param {number} count
 * @returns {string} such as 950, 1.2K or 3M
 */
export function short(count) {
  for (const [size, letter] of [
    [1_000_000, "M"],
    [1_000, "K"],
  ]) {
    if (count >= size) {
      const shown = count / size;
      return `${shown < 10 ? Math.floor(shown * 10) / 10 : Math.floor(shown)}${letter}`;
    }
  }
  return String(count);
}

/**
 * @param {number} count
 * @param {string} one the thing, in the singular
 * @param {string} [many]
 * @returns {string} such as "1 comment" or "3 replies"
 */
export function counted(count, one, many = `${one}s`) {
  return `${short(count)} ${count === 1 ? one : many}`;
}
