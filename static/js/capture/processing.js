/** The work on a new video, shown live. */

import { call } from "../api.js";
import { shownSteps, stepWords } from "../step_words.js";

const PAUSE_MS = 1000;
const LONG_PAUSE_MS = 5000;
const FINISHED = new Set(["ready", "failed"]);

/**
 * Ask for the video until the work ends.
 * @param {string} url
 * @param {(video: any) => void} onVideo
 */
export function follow(url, onVideo) {
  async function look() {
    let pause = PAUSE_MS;
    try {
      const video = await call("GET", url);
      onVideo(video);
      if (FINISHED.has(video.state)) return;
    } catch (error) {
      // A deleted video does not come back; anything else may.
      if (error.status === 404) return;
      pause = LONG_PAUSE_MS;
    }
    setTimeout(look, pause);
  }
  look();
}

/**
 * @param {HTMLElement} list
 * @param {HTMLTemplateElement} template
 * @param {{state: string, steps: import("../step_words.js").Step[]}} video
 */
export function showSteps(list, template, video) {
  const steps = shownSteps(video);
  for (const row of [...list.children])
    if (!steps.some(({ kind }) => kind === row.dataset.step)) row.remove();
  for (const step of steps) {
    let row = list.querySelector(`[data-step="${step.kind}"]`);
    if (!row) {
      row = template.content.firstElementChild.cloneNode(true);
      row.dataset.step = step.kind;
      row.querySelector("[data-label]").textContent = step.label;
      row.querySelector("progress").setAttribute("aria-label", step.label);
      list.append(row);
    }
    row.dataset.state = step.state;
    row.querySelector("[data-words]").textContent = stepWords(step);
    const progress = row.querySelector("progress");
    progress.hidden = step.state !== "running" || !step.progress;
    progress.value = step.progress;
  }
}
