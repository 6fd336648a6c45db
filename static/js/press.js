/** One press or two quick ones. */

const PAUSE_MS = 260;

/**
 * @template T
 * @param {{once: (target: T) => void, twice: (target: T) => void}} handlers
 * @returns {(target: T) => void} to be called at each press
 */
export function makePress({ once, twice }) {
  let timer = 0;
  return (target) => {
    if (timer) {
      clearTimeout(timer);
      timer = 0;
      twice(target);
      return;
    }
    timer = setTimeout(() => {
      timer = 0;
      once(target);
    }, PAUSE_MS);
  };
}
