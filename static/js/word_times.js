/** Which word is spoken when. Pure; times are milliseconds. */

/** @typedef {{start: number, end: number}} Span */

/** A word stays marked through a pause as long as this. */
const PAUSE_MS = 400;

/**
 * The place of the word that is spoken at a time; words are in order.
 * @param {Span[]} words
 * @param {number} ms
 * @returns {number} -1: none
 */
export function wordAt(words, ms) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle].start <= ms) low = middle + 1;
    else high = middle;
  }
  const place = low - 1;
  return place >= 0 && ms <= words[place].end + PAUSE_MS ? place : -1;
}
