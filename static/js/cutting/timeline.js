/** The bar below the player: what is kept, where the player is, and two handles for the first and last moment. */

import { timeInWords } from "./times.js";

const SHORTEST_MS = 100;

export class Timeline {
  /**
   * @param {HTMLElement} form
   * @param {{durationMs: number, onSeek: (ms: number) => void, onTrim: (fromMs: number, toMs: number) => void}} options
   */
  constructor(form, { durationMs, onSeek, onTrim }) {
    this.durationMs = durationMs;
    this.onSeek = onSeek;
    this.onTrim = onTrim;
    this.track = form.querySelector("[data-track]");
    this.playhead = form.querySelector("[data-playhead]");
    this.from = form.querySelector("[data-from]");
    this.to = form.querySelector("[data-to]");
    this.fromSeconds = form.elements.start_s;
    this.toSeconds = form.elements.end_s;
    for (const handle of [this.from, this.to]) handle.addEventListener("input", () => speak(handle));
    this.from.addEventListener("input", () => this.onSeek(Number(this.from.value)));
    this.to.addEventListener("input", () => this.onSeek(Math.max(0, Number(this.to.value) - SHORTEST_MS)));
    this.from.addEventListener("change", () =>
      this.#trim(Number(this.from.value), Number(this.to.value), true),
    );
    this.to.addEventListener("change", () =>
      this.#trim(Number(this.from.value), Number(this.to.value), false),
    );
    this.fromSeconds.addEventListener("change", () => this.#readSeconds(true));
    this.toSeconds.addEventListener("change", () => this.#readSeconds(false));
    this.track.addEventListener("pointerdown", (event) => this.#scrub(event));
  }

  /**
   * @param {import("./plan.js").Range[]} ranges
   * @param {number} fromMs
   * @param {number} toMs
   */
  show(ranges, fromMs, toMs) {
    for (const block of this.track.querySelectorAll(".timeline-block")) block.remove();
    for (const [startMs, endMs] of ranges) {
      const block = document.createElement("div");
      block.className = "timeline-block";
      block.style.left = this.#percent(startMs);
      block.style.width = this.#percent(endMs - startMs);
      this.track.prepend(block);
    }
    this.from.value = fromMs;
    this.to.value = toMs;
    for (const handle of [this.from, this.to]) speak(handle);
    this.fromSeconds.value = fromMs / 1000;
    this.toSeconds.value = toMs / 1000;
  }

  /** @param {number} timeMs */
  showPlayhead(timeMs) {
    this.playhead.style.left = this.#percent(Math.min(timeMs, this.durationMs));
  }

  #percent(ms) {
    return `${(100 * ms) / this.durationMs}%`;
  }

  #readSeconds(isFrom) {
    const fromMs = Math.round(Number(this.fromSeconds.value) * 1000) || 0;
    const toMs =
      this.toSeconds.value === "" ? this.durationMs : Math.round(Number(this.toSeconds.value) * 1000);
    this.#trim(fromMs, toMs, isFrom);
  }

  /** The handle that was moved stops before the other one. The last step of a slider is the very end. */
  #trim(fromMs, toMs, isFrom) {
    const endMs = toMs > this.durationMs - 10 ? this.durationMs : Math.max(SHORTEST_MS, toMs);
    const startMs = Math.max(0, Math.min(fromMs, this.durationMs - SHORTEST_MS));
    if (isFrom) this.onTrim(Math.min(startMs, endMs - SHORTEST_MS), endMs);
    else this.onTrim(startMs, Math.max(endMs, startMs + SHORTEST_MS));
  }

  #scrub(event) {
    const seek = (moved) => {
      const box = this.track.getBoundingClientRect();
      const share = Math.max(0, Math.min(1, (moved.clientX - box.left) / box.width));
      this.onSeek(Math.round(share * this.durationMs));
    };
    seek(event);
    this.track.setPointerCapture(event.pointerId);
    this.track.addEventListener("pointermove", seek);
    const end = () => this.track.removeEventListener("pointermove", seek);
    this.track.addEventListener("pointerup", end, { once: true });
    this.track.addEventListener("pointercancel", end, { once: true });
  }
}

/** What a screen reader says of a handle: its value is in milliseconds. */
function speak(handle) {
  handle.setAttribute("aria-valuetext", timeInWords(Number(handle.value)));
}
