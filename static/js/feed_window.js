/** Which videos of the feed are alive. Pure. */

/** Never more: phones have few decoders, and paused players count. */
export const PLAYERS_MAX = 3;

/**
 * @param {number} current
 * @param {number} count
 * @returns {{previous: number | null, current: number, next: number | null}} places in the feed
 */
export function windowAround(current, count) {
  return {
    previous: current > 0 ? current - 1 : null,
    current,
    next: current + 1 < count ? current + 1 : null,
  };
}

/**
 * Give each wanted place a player: who has one keeps it, the rest get those that are free.
 * @param {(string | null)[]} holders for each player the video it holds
 * @param {string[]} wanted videos in order of importance, at most as many as there are players
 * @returns {(string | null)[]} for each player the video it shall hold
 */
export function assign(holders, wanted) {
  const result = holders.map((name) => (name !== null && wanted.includes(name) ? name : null));
  for (const name of wanted) {
    if (result.includes(name)) continue;
    const free = result.indexOf(null);
    if (free < 0) break;
    result[free] = name;
  }
  return result;
}
