/**
 * What is removed so far, with undo and redo. Pure: every change makes a new state.
 */

import { isPause } from "./plan.js";

/**
 * @typedef {object} Edit
 * @property {ReadonlySet<number>} removed Numbers of removed items.
 * @property {number} fromMs Nothing before it is kept.
 * @property {number} toMs Nothing from it on is kept.
 */

/**
 * @param {number} durationMs
 * @returns {Edit}
 */
export function untouched(durationMs) {
  return { removed: new Set(), fromMs: 0, toMs: durationMs };
}

/**
 * Removes the items; with words also the pause behind them if there is one on both sides, so that one is left, not two.
 * @param {Edit} edit
 * @param {import("./plan.js").Item[]} items
 * @param {number} first
 * @param {number} last
 * @returns {Edit}
 */
export function remove(edit, items, first, last) {
  const between =
    first > 0 && last < items.length - 1 && isPause(items[first - 1]) && isPause(items[last + 1]);
  const isWords = !isPause(items[first]) && !isPause(items[last]);
  return {
    ...edit,
    removed: new Set([...edit.removed, ...numbers(first, between && isWords ? last + 1 : last)]),
  };
}

/**
 * @param {Edit} edit
 * @param {number} first
 * @param {number} last
 * @returns {Edit}
 */
export function restore(edit, first, last) {
  const back = new Set(numbers(first, last));
  return { ...edit, removed: new Set([...edit.removed].filter((number) => !back.has(number))) };
}

/**
 * @param {Edit} edit
 * @param {number} count How many items there are.
 * @param {number} first
 * @param {number} last
 * @returns {Edit}
 */
export function keepOnly(edit, count, first, last) {
  return { ...edit, removed: new Set([...numbers(0, first - 1), ...numbers(last + 1, count - 1)]) };
}

/**
 * Whether every one of the items is removed.
 * @param {Edit} edit
 * @param {number} first
 * @param {number} last
 */
export function areRemoved(edit, first, last) {
  return numbers(first, last).every((number) => edit.removed.has(number));
}

/**
 * @param {Edit} one
 * @param {Edit} other
 */
export function areEqual(one, other) {
  const sameTimes = one.fromMs === other.fromMs && one.toMs === other.toMs;
  return (
    sameTimes &&
    one.removed.size === other.removed.size &&
    [...one.removed].every((n) => other.removed.has(n))
  );
}

/** Edits made one after the other; `undo` and `redo` walk among them. */
export class History {
  /** @param {Edit} edit */
  constructor(edit) {
    this.past = [];
    this.now = edit;
    this.future = [];
  }

  /** @param {Edit} edit */
  add(edit) {
    if (!areEqual(edit, this.now)) {
      this.past.push(this.now);
      this.now = edit;
      this.future = [];
    }
  }

  undo() {
    if (this.past.length > 0) {
      this.future.push(this.now);
      this.now = this.past.pop();
    }
  }

  redo() {
    if (this.future.length > 0) {
      this.past.push(this.now);
      this.now = this.future.pop();
    }
  }
}

function numbers(first, last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
}
