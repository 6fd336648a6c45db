/** One recording of a camera's stream. */

import { chooseType, needsConstantSize } from "./formats.js";

const TIMESLICE_MS = 1000;
const KEY_FRAME_MS = 2000; // so that the site can cut it into segments without encoding it again
const VIDEO_BITS_PER_SECOND = 2_500_000;
const TICK_MS = 200;
// Stopping takes a moment, and the site refuses what is longer than the limit.
const MARGIN_MS = 700;

/** @typedef {"person" | "limit" | "lost" | "error" | "turned"} EndReason */

export class Recording {
  /**
   * @param {MediaStream} stream
   * @param {{limitMs: number, onTime: (ms: number) => void, onEnd: (blob: Blob, ms: number, reason: EndReason) => void}} options
   */
  constructor(stream, { limitMs, onTime, onEnd }) {
    this.limitMs = limitMs;
    this.onTime = onTime;
    this.onEnd = onEnd;
    this.chunks = [];
    this.reason = /** @type {EndReason} */ ("error");
    this.startedAt = 0;
    this.recorder = new MediaRecorder(stream, {
      mimeType: chooseType((type) => MediaRecorder.isTypeSupported(type)),
      videoBitsPerSecond: VIDEO_BITS_PER_SECOND,
      videoKeyFrameIntervalDuration: KEY_FRAME_MS,
    });
    this.recorder.addEventListener("dataavailable", ({ data }) => data.size && this.chunks.push(data));
    this.recorder.addEventListener("stop", () => this.#finish());
  }

  /** @throws {DOMException} where the browser cannot record this stream */
  start() {
    this.recorder.start(TIMESLICE_MS);
    this.startedAt = performance.now();
    this.timer = setInterval(() => this.#tick(), TICK_MS);
    this.onTime(0);
  }

  /** @param {EndReason} reason */
  stop(reason) {
    if (this.recorder.state === "inactive") return;
    this.reason = reason;
    this.recorder.stop();
  }

  get needsConstantSize() {
    return needsConstantSize(this.recorder.mimeType);
  }

  get elapsedMs() {
    return performance.now() - this.startedAt;
  }

  #tick() {
    this.onTime(this.elapsedMs);
    if (this.elapsedMs >= this.limitMs - MARGIN_MS) this.stop("limit");
  }

  #finish() {
    clearInterval(this.timer);
    // The recorder knows what it really made: asked for WebM with H.264, Chromium makes Matroska.
    const type = this.recorder.mimeType.split(";")[0];
    this.onEnd(new Blob(this.chunks, { type }), this.elapsedMs, this.reason);
  }
}
