/** Keeps what is chosen on the server while it is being chosen: a reload, a crash, another device lose nothing. */

import { call } from "../api.js";
import { csrfToken } from "../session.js";

const PAUSE_MS = 500;

export class Draft {
  /**
   * @param {string} address
   * @param {() => object | null} read what is chosen now; null: nothing, so that nothing needs to be kept
   */
  constructor(address, read) {
    this.address = address;
    this.read = read;
    this.timer = 0;
    window.addEventListener("pagehide", () => this.#flush());
  }

  /** Kept a moment later, once for several changes in a row. */
  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = 0;
      const chosen = this.read();
      // What could not be kept now is kept with the next change; the page itself still has it.
      call(chosen ? "PUT" : "DELETE", this.address, chosen ?? undefined).catch(() => {});
    }, PAUSE_MS);
  }

  /** Nothing more to keep. */
  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  /** The page goes: what waits is sent so that it outlives the page. */
  #flush() {
    if (!this.timer) return;
    this.forget();
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
