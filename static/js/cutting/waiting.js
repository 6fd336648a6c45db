/** Tells when the words of a video are written. */

import { call } from "../api.js";

const POLL_MS = 3000;
const WORDS = new Set(["transcribe", "captions"]);
const OPEN = new Set(["waiting", "running"]);

/**
 * @param {string} address of the video in the API
 * @param {HTMLElement} sign shown when the words are there
 */
export async function waitForWords(address, sign) {
  let isOpen = true;
  while (isOpen) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const video = await call("GET", address).catch(() => null);
    isOpen = !video || video.steps.some((step) => WORDS.has(step.kind) && OPEN.has(step.state));
  }
  sign.hidden = false;
}
