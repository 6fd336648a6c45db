/** The player of the cut page: plays the source as it is, or as the cut will be, skipping what is removed. */

import { clock } from "../format.js";
import { changeIcon } from "../icons.js";
import { keptBefore, lengthMs, nextKept } from "./plan.js";

/** Skip this much before a range ends: a frame shown after it would flash what is removed. */
const LEAD_MS = 15;

export class Playback {
  /**
   * @param {HTMLElement} form
   * @param {{durationMs: number, onTime: (timeMs: number) => void}} options
   */
  constructor(form, { durationMs, onTime }) {
    this.video = form.querySelector("[data-player]");
    this.button = form.querySelector('[data-action="play"]');
    this.previewButton = form.querySelector('[data-action="preview"]');
    this.previewLabel = form.querySelector("[data-preview-label]");
    this.position = form.querySelector("[data-position]");
    this.length = form.querySelector("[data-length]");
    this.durationMs = durationMs;
    this.onTime = onTime;
    /** @type {import("./plan.js").Range[]} */
    this.ranges = [[0, durationMs]];
    this.isPreview = false;
    this.video.controls = false;
    this.video.addEventListener("click", () => this.toggle());
    for (const type of ["play", "pause", "ended"]) this.video.addEventListener(type, () => this.#onState());
    for (const type of ["timeupdate", "seeking", "seeked"])
      this.video.addEventListener(type, () => this.show());
  }

  /** Where the source is, in milliseconds. */
  get timeMs() {
    return Math.round(this.video.currentTime * 1000);
  }

  /** @param {number} ms */
  seek(ms) {
    // A hair behind the start: a player that rounds down would show the frame before.
    this.video.currentTime = (ms + 1) / 1000;
  }

  pause() {
    this.video.pause();
  }

  toggle() {
    if (this.video.paused) this.#play();
    else this.pause();
  }

  /** From the beginning of the cut, skipping what is removed; a second call ends that. */
  preview() {
    if (this.isPreview) {
      this.pause();
      this.#setPreview(false);
      return;
    }
    if (this.ranges.length === 0) return;
    this.#setPreview(true);
    this.seek(this.ranges[0][0]);
    this.#play();
  }

  #play() {
    this.video.play().catch(() => {});
  }

  #setPreview(isPreview) {
    this.isPreview = isPreview;
    this.previewButton.setAttribute("aria-pressed", String(isPreview));
    this.previewLabel.textContent = isPreview ? "Stop the preview" : "Preview the cut";
    this.show();
  }

  #onState() {
    const isPlaying = !this.video.paused;
    changeIcon(this.button, isPlaying ? "pause" : "play");
    this.button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    if (this.video.ended) this.#setPreview(false);
    if (isPlaying) this.#follow();
  }

  /** Look at every frame; in a tab that is not seen, at every timeupdate. */
  #follow() {
    if (this.video.paused) return;
    this.show();
    requestAnimationFrame(() => this.#follow());
  }

  /** Show where the player is; in a preview, skip what is removed. */
  show() {
    if (this.isPreview && !this.video.paused && !this.video.seeking) this.#skip();
    const timeMs = this.timeMs;
    this.position.textContent = clock(this.isPreview ? keptBefore(this.ranges, timeMs) : timeMs);
    this.length.textContent = clock(this.isPreview ? lengthMs(this.ranges) : this.durationMs);
    this.onTime(timeMs);
  }

  #skip() {
    const aheadMs = this.timeMs + LEAD_MS;
    const nextMs = nextKept(this.ranges, aheadMs);
    if (nextMs === null) {
      this.pause();
      this.#setPreview(false);
    } else if (nextMs > aheadMs) {
      this.seek(nextMs);
    }
  }
}
