/** Orders a cut and shows how it is made. */

import { call } from "../api.js";
import { shownSteps } from "../step_words.js";

const POLL_MS = 700;

/**
 * @param {{form: HTMLElement, body: object, onAccepted: () => void}} order
 * @throws {import("../api.js").Refusal} with a sentence for people
 */
export async function make({ form, body, onAccepted }) {
  const { name, url } = await call("POST", form.dataset.cutsApi, body, { goesOn: true });
  const board = new Board(form, url);
  onAccepted();
  await board.follow(`${form.dataset.videosApi}${name}/`);
}

/** The list of steps and what can be done when they end. */
class Board {
  constructor(form, url) {
    this.title = form.querySelector("[data-progress-title]");
    this.list = form.querySelector("[data-steps]");
    this.result = form.querySelector("[data-result]");
    this.another = form.querySelector('[data-action="another"]');
    this.result.href = url;
    this.result.hidden = true;
    this.another.hidden = true;
    this.list.replaceChildren();
    this.title.textContent = "Your cut is being made";
  }

  /** Until nothing more happens to the video. Short failures of the network are waited out. */
  async follow(address) {
    let state = "processing";
    while (state === "processing" || state === "playable") {
      try {
        const video = await call("GET", address);
        this.show(video);
        state = video.state;
      } catch (error) {
        if (error.status >= 400) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  show(video) {
    const { state } = video;
    this.list.replaceChildren(...shownSteps(video).map(stepRow));
    const canPlay = state === "playable" || state === "ready";
    const titles = {
      playable: "Your cut can be watched",
      ready: "Your cut is ready",
      failed: "This cut could not be made",
    };
    this.title.textContent = titles[state] ?? "Your cut is being made";
    this.result.hidden = !canPlay;
    this.another.hidden = !canPlay && state !== "failed";
  }
}

/** @param {{label: string, state: string, progress: number, error: string}} step */
function stepRow({ label, state, progress, error }) {
  const row = document.createElement("li");
  row.className = `cut-step is-${state}`;
  const name = document.createElement("span");
  name.textContent = label;
  row.append(name);
  if (state === "running") {
    const bar = document.createElement("progress");
    bar.className = "progress";
    bar.max = 100;
    bar.value = progress;
    row.append(bar);
  }
  if (error) {
    const reason = document.createElement("span");
    reason.className = "muted small";
    reason.textContent = error;
    row.append(reason);
  }
  return row;
}
