/**
 * Keeps what is chosen on the server while it is being chosen: a reload, a crash, another device lose nothing.
 *
 * Until the server has confirmed it, it is in this tab as well: a reload may read the page before the server has
 * what was sent as the old page went.
 */

import { call } from "../api.js";
import { csrfToken } from "../session.js";

const PAUSE_MS = 500;
const NOT_KEPT = {
  not_signed_in: "Not kept: you are logged out.",
  csrf_failed: "Not kept: somebody else is logged in.",
};

/** @typedef {{chosen: any, at: number}} Unsent `at`: milliseconds since 1970 of this device */

export class Draft {
  /**
   * @param {string} address
   * @param {() => object | null} read what is chosen now; null: nothing, so that nothing needs to be kept
   * @param {(words: string) => void} tell why nothing is kept, or "" once something is
   */
  constructor(address, read, tell) {
    this.address = address;
    this.read = read;
    this.tell = tell;
    this.timer = 0;
    this.unsent = new Note(`videostream.draft ${document.body.dataset.user} ${address}`);
    window.addEventListener("pagehide", () => this.#flush());
  }

  /**
   * @param {number} ageMs of what the server had as it made this page; NaN: it had nothing
   * @returns {{chosen: any} | null} what this tab knows better than the server; `chosen` null: nothing is chosen
   */
  newer(ageMs) {
    this.unsent.value = newerThan(ageMs, performance.timeOrigin, this.unsent.value);
    return this.unsent.value;
  }

  get isUnsent() {
    return this.unsent.value !== null;
  }

  /** Kept a moment later, once for several changes in a row. */
  changed() {
    this.unsent.value = { chosen: this.read(), at: Date.now() };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#send(), PAUSE_MS);
  }

  /** Nothing more to keep. */
  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.unsent.value = null;
  }

  async #send() {
    this.timer = 0;
    const chosen = this.read();
    try {
      await call(chosen ? "PUT" : "DELETE", this.address, chosen ?? undefined, { isQuiet: true });
      this.tell("");
      if (!this.timer) this.unsent.value = null;
    } catch (error) {
      // What could not be kept now is kept with the next change; the page and this tab still have it.
      this.tell(NOT_KEPT[error.code] ?? "");
    }
  }

  /** The page goes: what waits is sent so that it outlives the page. */
  #flush() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    const chosen = this.read();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    fetch(this.address, {
      method: chosen ? "PUT" : "DELETE",
      headers,
      body: chosen ? JSON.stringify(chosen) : undefined,
      keepalive: true,
      credentials: "same-origin",
    }).catch(() => {});
  }
}

/**
 * Ages and not times are compared, for the clocks of the server and of this device may differ. Pure.
 * @param {number} ageMs of what the server had; NaN: nothing
 * @param {number} nowMs when the page was asked for, by this device's clock
 * @param {Unsent | null} unsent
 * @returns {{chosen: any} | null} `unsent`, if it is the newer one
 */
export function newerThan(ageMs, nowMs, unsent) {
  if (!unsent) return null;
  return Number.isNaN(ageMs) || nowMs - unsent.at <= ageMs ? unsent : null;
}

/** One value of this tab that a reload leaves. Browsers that keep nothing have none. */
class Note {
  constructor(key) {
    this.key = key;
  }

  /** @returns {any} null: none */
  get value() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    } catch {
      return null;
    }
  }

  set value(value) {
    try {
      if (value === null) sessionStorage.removeItem(this.key);
      else sessionStorage.setItem(this.key, JSON.stringify(value));
    } catch {
      // Storage is off or full: the server keeps it a moment later.
    }
  }
}
