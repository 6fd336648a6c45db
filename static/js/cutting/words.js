/**
 * The words and pauses on the page: choosing them by pointer and keyboard, and showing what is removed.
 * A checked box is a word that stays in the cut, as a screen reader says it. (The plain form ticks what it names.)
 */

/** @typedef {[number, number]} Choice First and last number of the chosen items. */

/** Keys that remove or restore what is chosen; the page knows all but the first. */
const ACTS = new Set([" ", "Delete", "Backspace"]);

export class Words {
  /**
   * @param {HTMLElement} container
   * @param {import("./plan.js").Item[]} items
   * @param {{onChoose: () => void, onSeek: (ms: number) => void, onPlay: () => void, onToggle: () => void}} listeners
   */
  constructor(container, items, listeners) {
    this.container = container;
    this.items = items;
    this.listeners = listeners;
    this.labels = [...container.querySelectorAll(".item")];
    this.boxes = this.labels.map((label) => label.querySelector("input"));
    /** @type {{anchor: number, focus: number} | null} */
    this.chosen = null;
    this.nowAt = -1;
    this.boxes.forEach((box, number) => {
      box.tabIndex = number === 0 ? 0 : -1;
    });
    this.lineBoxes = [...container.querySelectorAll(".line-time input")];
    container.addEventListener("click", (event) => this.#onClick(event));
    container.addEventListener("pointerdown", (event) => this.#onPointerDown(event));
    container.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest("[data-words], [role=toolbar], [data-timeline], .cut-transport"))
        this.clear();
    });
  }

  /** @returns {Choice | null} */
  get choice() {
    if (!this.chosen) return null;
    const { anchor, focus } = this.chosen;
    return [Math.min(anchor, focus), Math.max(anchor, focus)];
  }

  /** @param {import("./edits.js").Edit} edit */
  show({ removed, fromMs, toMs }) {
    this.labels.forEach((label, number) => {
      const [startMs, endMs] = this.items[number];
      const isOutside = endMs <= fromMs || startMs >= toMs;
      this.boxes[number].checked = !removed.has(number) && !isOutside;
      label.classList.toggle("is-removed", removed.has(number));
      label.classList.toggle("is-outside", isOutside);
    });
  }

  /**
   * Mark the word that is said.
   * @param {number} timeMs
   */
  showNow(timeMs) {
    const now = lastStarted(this.items, timeMs);
    if (now === this.nowAt) return;
    this.labels[this.nowAt]?.classList.remove("is-now");
    this.labels[now]?.classList.add("is-now");
    this.nowAt = now;
  }

  clear() {
    if (!this.chosen) return;
    this.chosen = null;
    this.#showChoice();
  }

  /**
   * @param {number} anchor
   * @param {number} focus
   */
  choose(anchor, focus) {
    const last = this.items.length - 1;
    this.chosen = { anchor: clamp(anchor, last), focus: clamp(focus, last) };
    this.#showChoice();
  }

  #showChoice() {
    const [first, last] = this.choice ?? [-1, -2];
    this.labels.forEach((label, number) => {
      label.classList.toggle("is-chosen", number >= first && number <= last);
      label.classList.toggle("is-first", number === first);
      label.classList.toggle("is-last", number === last);
    });
    this.listeners.onChoose();
  }

  /** Labels tick their boxes on a click; here a click chooses, and so does the time of a line. */
  #onClick(event) {
    if (event.target.closest("label")) event.preventDefault();
    const number = this.#numberAt(event.target);
    // A click without a pointer is that of a screen reader on the box.
    if (number !== null && event.detail === 0 && event.target === this.boxes[number]) {
      this.choose(number, number);
      this.listeners.onToggle();
      return;
    }
    const line = event.target.closest(".line-time")?.closest(".line");
    if (!line) return;
    const numbers = [...line.querySelectorAll(".item")].map((label) => this.labels.indexOf(label));
    this.choose(numbers[0], numbers.at(-1));
    this.listeners.onSeek(this.items[numbers[0]][0]);
  }

  #onPointerDown(event) {
    const number = this.#numberAt(event.target);
    if (number === null || event.button !== 0) return;
    const anchor = event.shiftKey && this.chosen ? this.chosen.anchor : number;
    let hasMoved = false;
    const move = (moved) => {
      const under = this.#nearest(moved.clientX, moved.clientY);
      if (under === null || (under === number && !hasMoved)) return;
      hasMoved = true;
      this.choose(anchor, under);
    };
    const end = (ended) => {
      for (const [type, listener] of listeners) document.removeEventListener(type, listener);
      if (ended.type === "pointercancel" || hasMoved) return;
      this.choose(anchor, number);
      this.#focus(number);
      if (!event.shiftKey) this.listeners.onSeek(this.items[number][0]);
    };
    const listeners = [
      ["pointermove", move],
      ["pointerup", end],
      ["pointercancel", end],
    ];
    for (const [type, listener] of listeners) document.addEventListener(type, listener);
  }

  #onKey(event) {
    const number = this.#numberAt(event.target);
    if (number === null) return this.#onLineKey(event);
    // What acts on the choice acts on the word that has the keyboard, where nothing is chosen.
    if (!this.chosen && ACTS.has(event.key)) this.choose(number, number);
    const target = this.#targetOf(event.key, number);
    if (target !== null) {
      event.preventDefault();
      const anchor = event.shiftKey && this.chosen ? this.chosen.anchor : event.shiftKey ? number : target;
      this.choose(anchor, target);
      this.#focus(target);
    } else if (event.key === "Escape") {
      this.clear();
    } else if (event.key === " ") {
      event.preventDefault();
      this.listeners.onToggle();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.listeners.onSeek(this.items[number][0]);
      this.listeners.onPlay();
    }
  }

  /** A line's box chooses the line; it does not tick. */
  #onLineKey(event) {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    event.target.closest(".line-time")?.click();
  }

  #targetOf(key, number) {
    const last = this.items.length - 1;
    const steps = { ArrowLeft: number - 1, ArrowRight: number + 1, Home: 0, End: last };
    if (key in steps) return clamp(steps[key], last);
    if (key !== "ArrowUp" && key !== "ArrowDown") return null;
    return this.#above(number, key === "ArrowUp" ? -1 : 1);
  }

  /** The item of the next row of text that is nearest to this one. */
  #above(number, direction) {
    const from = this.labels[number].getBoundingClientRect();
    let best = number;
    let bestDistance = Number.POSITIVE_INFINITY;
    let row = null;
    for (let other = number + direction; this.labels[other]; other += direction) {
      const box = this.labels[other].getBoundingClientRect();
      if (Math.abs(box.top - from.top) < box.height / 2) continue;
      row ??= box.top;
      if (Math.abs(box.top - row) > box.height / 2) break;
      const distance = Math.abs(box.left - from.left);
      if (distance < bestDistance) [best, bestDistance] = [other, distance];
    }
    return best;
  }

  #focus(number) {
    for (const box of this.container.querySelectorAll('.item input[tabindex="0"]')) box.tabIndex = -1;
    this.boxes[number].tabIndex = 0;
    this.boxes[number].focus({ preventScroll: false });
  }

  /** The item at a point of the window; beside and between the words of a line the nearest one. */
  #nearest(x, y) {
    const element = document.elementFromPoint(x, y);
    const line = element?.closest(".line");
    if (!line || element.closest(".item")) return this.#numberAt(element);
    const distanceOf = (label) => {
      const box = label.getBoundingClientRect();
      return Math.hypot(
        Math.max(box.left - x, 0, x - box.right),
        // A row that is near in height goes before a word that is near in width.
        4 * Math.max(box.top - y, 0, y - box.bottom),
      );
    };
    const labels = [...line.querySelectorAll(".item")];
    return this.#numberAt(
      labels.reduce((best, label) => (distanceOf(label) < distanceOf(best) ? label : best)),
    );
  }

  #numberAt(element) {
    const label = element?.closest?.(".item");
    const number = label ? this.labels.indexOf(label) : -1;
    return number >= 0 ? number : null;
  }
}

function clamp(number, last) {
  return Math.max(0, Math.min(last, number));
}

/**
 * The last item that has begun, or -1.
 * @param {import("./plan.js").Item[]} items
 * @param {number} timeMs
 */
export function lastStarted(items, timeMs) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle][0] <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
