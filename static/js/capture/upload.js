/** Sends a recording to the site in pieces, and goes on where it was interrupted. */

import { csrfToken } from "../session.js";
import { isPassing, stalledProblem, uploadProblem } from "./messages.js";

const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, 10_000, 30_000];
const IDLE_MS = 30_000;
const STALLS_MAX = 4;
const CANCEL_MS = 4000;
const GONE = new Set([404, 410]);

/**
 * @typedef {object} Events
 * @property {(sentBytes: number, totalBytes: number) => void} onProgress
 * @property {() => void} onOffline it goes on by itself when the device is online again
 * @property {(problem: import("./messages.js").Problem) => void} onProblem it waits for `start` or `cancel`
 * @property {(videoName: string) => void} onSuccess
 */

export class Upload {
  /**
   * @param {any} tus the library
   * @param {Blob} blob
   * @param {{endpoint: string, chunkBytes: number, metadata: Record<string, string>}} options
   * @param {Events} events
   */
  constructor(tus, blob, { endpoint, chunkBytes, metadata }, events) {
    this.tus = tus;
    this.blob = blob;
    this.events = events;
    this.endpoint = new URL(endpoint, location.href).href;
    this.chunkBytes = chunkBytes;
    this.metadata = metadata;
    this.url = "";
    this.stalls = 0;
    this.isWaitingForNetwork = false;
    this.isEnded = false;
    this.onOnline = () => this.isWaitingForNetwork && this.start();
    window.addEventListener("online", this.onOnline);
  }

  /** Begin, or go on where the site says it is. */
  start() {
    this.isEnded = false;
    this.isWaitingForNetwork = false;
    this.upload?.abort();
    this.upload = new this.tus.Upload(this.blob, this.#options());
    this.upload.start();
  }

  /**
   * Stop, and have the site forget what it has.
   * @returns {Promise<void>} never rejected, and soon over: what cannot be removed now expires
   */
  async cancel() {
    this.#end();
    const patience = new Promise((resolve) => setTimeout(resolve, CANCEL_MS));
    await Promise.race([this.#terminate(), patience]);
  }

  async #terminate() {
    try {
      await this.upload.abort(true);
    } catch (error) {
      // Too late: the last byte had arrived.
      if (statusOf(error) === 409) await this.#succeed();
    }
  }

  #options() {
    return {
      endpoint: this.endpoint,
      uploadUrl: this.url || null,
      chunkSize: this.chunkBytes,
      retryDelays: RETRY_DELAYS_MS,
      metadata: this.metadata,
      // Nothing is kept for another visit: the recording itself would not be there any more.
      fingerprint: async () => null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        this.url = this.upload.url;
      },
      onBeforeRequest: (request) => {
        request.setHeader("X-CSRFToken", csrfToken());
        this.#watch();
      },
      onAfterResponse: (request, response) => {
        this.#stopWatching();
        keepUpload(request, response);
      },
      onProgress: (sent, total) => {
        this.#watch();
        this.stalls = sent > (this.sent ?? 0) ? 0 : this.stalls;
        this.sent = sent;
        this.events.onProgress(sent, total);
      },
      onShouldRetry: (error) => {
        this.#stopWatching();
        return isPassing(statusOf(error)) && navigator.onLine !== false;
      },
      onError: (error) => this.#fail(error),
      onSuccess: ({ lastResponse }) => this.#succeed(lastResponse.getHeader("Video-Name")),
    };
  }

  #fail(error) {
    this.#stopWatching();
    const status = statusOf(error);
    if (isPassing(status) && navigator.onLine === false) {
      this.isWaitingForNetwork = true;
      this.events.onOffline();
    } else {
      this.events.onProblem(uploadProblem(status, refusalOf(error)));
    }
  }

  /** @param {string} [name] of the video; asked for if the answer that told it was lost */
  async #succeed(name) {
    this.#end();
    let video = name;
    if (!video) {
      const answer = await fetch(this.url, { credentials: "same-origin" }).catch(() => null);
      video = answer?.ok ? (await answer.json()).video : "";
    }
    if (video) this.events.onSuccess(video);
    else this.events.onProblem(uploadProblem(0));
  }

  #end() {
    this.isEnded = true;
    this.isWaitingForNetwork = false;
    window.removeEventListener("online", this.onOnline);
    this.#stopWatching();
  }

  /** The library has no time limit of its own: a connection that died silently would hang for ever. */
  #watch() {
    clearTimeout(this.watchdog);
    if (this.isEnded) return;
    this.watchdog = setTimeout(() => {
      this.stalls += 1;
      if (this.stalls < STALLS_MAX) return this.start();
      this.upload.abort();
      this.stalls = 0;
      this.events.onProblem(stalledProblem());
    }, IDLE_MS);
  }

  #stopWatching() {
    clearTimeout(this.watchdog);
  }
}

/** The library answers any refusal of HEAD by sending everything anew; only what is really gone deserves that. */
function keepUpload(request, response) {
  const status = response.getStatus();
  if (request.getMethod() !== "HEAD" || status < 400 || status === 423 || GONE.has(status)) return;
  throw Object.assign(new Error(`HEAD was refused with ${status}`), { status });
}

function statusOf(error) {
  return error.originalResponse?.getStatus() ?? error.causingError?.status ?? 0;
}

/** @returns {{code?: string, message?: string}} what the site said */
function refusalOf(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).error;
  } catch {
    return {};
  }
}
