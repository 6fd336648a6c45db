/**
 * Which parts of a video are kept when items are chosen: the same rules as cutting/plan.py, for the live preview.
 * All times are integer milliseconds.
 */

/** @typedef {[number, number, string]} Item Start, end and text; a pause has no text. */
/** @typedef {[number, number]} Range Start and end, the end not included. */

export const PADDING_MS = 120;
export const SHORTEST_MS = 50;

/**
 * The kept items and the silence between neighbours that are both kept; a kept word beside a removed neighbour takes at most
 * PADDING_MS and at most half of the silence there with it.
 * @param {Item[]} items
 * @param {boolean[]} isKept
 * @param {number} durationMs
 * @returns {Range[]}
 */
export function rangesOfItems(items, isKept, durationMs) {
  if (items.length === 0) {
    return [[0, durationMs]];
  }
  const ranges = [];
  for (const [first, last] of runs(isKept)) {
    const isEnd = last === items.length - 1;
    const startMs = first === 0 ? 0 : items[first][0] - roomMs(items, first, first - 1);
    const endMs = isEnd ? durationMs : items[last][1] + roomMs(items, last, last + 1);
    ranges.push([startMs, endMs]);
  }
  return seen(united(ranges));
}

/**
 * The part of the ranges between two times.
 * @param {Range[]} ranges
 * @param {number} fromMs
 * @param {number} toMs
 * @returns {Range[]}
 */
export function overlap(ranges, fromMs, toMs) {
  const clipped = ranges.map(([start, end]) => [Math.max(start, fromMs), Math.min(end, toMs)]);
  return seen(clipped.filter(([start, end]) => start < end));
}

/**
 * How long the cut will be.
 * @param {Range[]} ranges
 */
export function lengthMs(ranges) {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0);
}

/**
 * Where playback that skips what is removed goes on: the time itself where it is kept, else the start of the next range,
 * or null behind the last one.
 * @param {Range[]} ranges
 * @param {number} timeMs
 * @returns {number | null}
 */
export function nextKept(ranges, timeMs) {
  const range = ranges.find(([, end]) => timeMs < end);
  return range ? Math.max(timeMs, range[0]) : null;
}

/**
 * How much of the cut lies before a time of the source.
 * @param {Range[]} ranges
 * @param {number} timeMs
 */
export function keptBefore(ranges, timeMs) {
  return lengthMs(overlapAll(ranges, timeMs));
}

function overlapAll(ranges, timeMs) {
  return ranges.filter(([start]) => start < timeMs).map(([start, end]) => [start, Math.min(end, timeMs)]);
}

function* runs(isKept) {
  let first = -1;
  for (let index = 0; index <= isKept.length; index += 1) {
    if (isKept[index] && first < 0) {
      first = index;
    } else if (!isKept[index] && first >= 0) {
      yield [first, index - 1];
      first = -1;
    }
  }
}

function roomMs(items, index, neighbourIndex) {
  if (isPause(items[index])) {
    return 0;
  }
  const neighbour = items[neighbourIndex];
  const gapMs = items[Math.max(index, neighbourIndex)][0] - items[Math.min(index, neighbourIndex)][1];
  const silenceMs = isPause(neighbour) ? neighbour[1] - neighbour[0] : Math.max(gapMs, 0);
  return Math.min(PADDING_MS, Math.floor(silenceMs / 2));
}

/**
 * @param {Item} item
 */
export function isPause(item) {
  return item[2] === "";
}

function united(ranges) {
  const joined = [];
  for (const [start, end] of ranges) {
    const last = joined.at(-1);
    if (last && start <= last[1]) {
      last[1] = Math.max(last[1], end);
    } else {
      joined.push([start, end]);
    }
  }
  return joined;
}

function seen(ranges) {
  return ranges.filter(([start, end]) => end - start >= SHORTEST_MS);
}
